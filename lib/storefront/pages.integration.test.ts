import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newVisitor, openShop, type Shop, someone } from '@/sandbox/testing/shop'

/** The pages as they leave the server: what stands beside them, and what must not stand in them. */

const PAGE = '/workshop/claude-code'
let shop: Shop

beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.stop())

async function page(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(shop.url + path, { headers })
  return { status: response.status, headers: response.headers, html: await response.text() }
}

describe('beside every answer', () => {
  test.each([
    ['/', 200],
    [PAGE, 200],
    [`${PAGE}/confirmation`, 200],
    [`${PAGE}/calendar.ics`, 200],
    ['/nowhere', 404],
    ['/api/workshop/claude-code/offer', 200],
    ['/api/workshop/checkout/cs_test_nobodys', 404],
  ])('%s: framed by nobody, and taken for nothing else than it is', async (path, status) => {
    const { headers, ...answer } = await page(path)
    expect(answer.status).toBe(status)
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    })
    expect(headers.get('x-powered-by')).toBeNull()
  })

  test.each([PAGE, `${PAGE}/confirmation`])(
    '%s: kept by no cache, for a known visitor either',
    async (path) => {
      const known = { Cookie: `workshop_visitor=${newVisitor().id}` }
      for (const headers of [{}, known])
        expect((await page(path, headers)).headers.get('cache-control')).toMatch(/private.*no-store/)
    },
  )

  test('a confirmation tells no other site its address, and no search engine', async () => {
    const { headers } = await page(`${PAGE}/confirmation?session_id=cs_test_nobodys`)
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-robots-tag')).toBe('noindex')
  })
})

describe('in a page', () => {
  test('what stands in its address is never a part of it', async () => {
    const evil = '"><script>alert(1)</script>'
    const query = new URLSearchParams({ checkout_error: evil, coupon: evil, checkout: evil })
    const { html } = await page(`${PAGE}?${query}`)
    expect(html).toContain('data-slot="checkout-error"')
    expect(html).not.toContain('<script>alert')
    const confirmation = await page(`${PAGE}/confirmation?${new URLSearchParams({ session_id: evil })}`)
    expect(confirmation.html).not.toContain('<script>alert')
  })

  test('codes that ask for a claim are told to nobody without one', async () => {
    for (const path of ['/', PAGE, '/workshop/typescript-at-scale'])
      expect((await page(path)).html).not.toMatch(/MEMBER|PPP_/)
  })

  test("another's registration shows their masked address, and no more of them", async () => {
    const { body } = await shop.send('/api/workshop/claude-code/offer')
    expect(body.sale).toBe('open')
    const email = someone('hidden.buyer')
    const sessionId = await shop.buy({ productId: 'prod_claude_code' }, { email, name: 'Hidden Buyer' })
    const { html } = await page(`${PAGE}/confirmation?session_id=${sessionId}`)
    expect(html).toContain('h••@example.com')
    expect(html).not.toMatch(/hidden\.buyer|Hidden Buyer|\bcus_|\bpi_/)
  })
})

test('a header that Next cannot read is answered, and no alarm', async () => {
  const headers = { RSC: '1', 'Next-Router-State-Tree': 'garbage' }
  // Next leads to an address that stands for these headers, and reads them there.
  expect((await page(PAGE, headers)).status).toBeGreaterThanOrEqual(400)
  expect(shop.logs()).toContain('"event":"page.refused"')
  expect(shop.logs()).not.toContain('"event":"page.failed"')
})
