import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type MysqlProxy, startMysqlProxy } from '@/sandbox/mysql/proxy'
import { newVisitor, openShop, type Shop, type Visitor } from '@/sandbox/testing/shop'
import { workshops } from '@/workshops.config'

/** The database is gone, and both sides are one process: what was told last is told again, then what is declared. */

const METRICS_TOKEN = 'metrics-token-of-the-outage-test'
let shop: Shop
let wire: MysqlProxy

beforeAll(async () => {
  shop = await openShop(
    { METRICS_TOKEN },
    {
      database: async (url) => {
        wire = await startMysqlProxy(url)
        return wire.url
      },
    },
  )
})
afterAll(async () => {
  await shop.stop()
  await wire.close()
})
afterEach(() => {
  wire.hooks.before = undefined
})

const breakDown = () => {
  wire.hooks.before = () => wire.cut()
  wire.cut()
}
const offer = (slug: string, { id, as }: Visitor, query = '') => {
  const cookies = [`workshop_visitor=${id}`, ...(as ? [`workshop_demo_viewer=${as}`] : [])]
  return shop.send(`/api/workshop/${slug}/offer${query}`, { headers: { Cookie: cookies.join('; ') } })
}

test('an offer that was told is told again, with a link of the visitor’s own; a price that was never theirs is not', async () => {
  const { slug, paymentLink } = await shop.sell({
    capacity: 9,
    coupons: { member: 'OUTAGE' },
    discounts: [{ code: 'OUTAGE', amountOff: 10_000 }],
  })
  const [first, later, member] = [newVisitor(), newVisitor(), newVisitor({ as: 'yearly' })]
  expect((await offer(slug, member)).body.tier).toBe('member')
  const before = await offer(slug, first)
  expect(before.body).toMatchObject({ tier: 'standard', seatsLeft: 9 })
  breakDown()
  const told = await offer(slug, later)
  const { fallbackUrl, ...rest } = told.body
  expect(told.status).toBe(200)
  expect(rest).toEqual(
    Object.fromEntries(Object.entries(before.body).filter(([key]) => key !== 'fallbackUrl')),
  )
  const link = new URL(String(fallbackUrl))
  expect(link.origin + link.pathname).toBe(paymentLink)
  expect(link.searchParams.get('client_reference_id')).toBe(`visitor_${later.id}`)
  expect(shop.logs()).toContain('"event":"offer.recalled"')
})

test('of a workshop that nobody asked about what is declared is told, for as many seats as were asked for', async () => {
  const declared = workshops.find(({ slug }) => slug === 'typescript-at-scale')
  if (!declared) throw new Error('it is not declared')
  breakDown()
  const { status, body } = await offer(declared.slug, newVisitor(), '?quantity=3')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    sale: 'open',
    tier: 'standard',
    total: { ...declared.price, amount: 3 * declared.price.amount },
  })
  const unknown = await offer('nobody-declared-this', newVisitor())
  expect(unknown.status).toBeGreaterThanOrEqual(500)
})

test('a checkout of what was last told as closed is refused so, and the log says by what', async () => {
  const { slug, productId } = await shop.sell({
    closeEnrollment: new Date(Date.now() - 60_000).toISOString(),
  })
  expect((await offer(slug, newVisitor())).body).toMatchObject({ sale: 'closed' })
  breakDown()
  const { status, body } = await shop.register({ productId })
  expect([status, body.code]).toEqual([409, 'sale_closed'])
  expect(body).not.toHaveProperty('fallbackUrl')
  const recalled = shop
    .logs()
    .split('\n')
    .find((line) => line.includes('"event":"checkout.recalled"'))
  expect(JSON.parse(recalled ?? '')).toMatchObject({ level: 'error', requestId: body.requestId })
})

test('the calendar of a buyer opens all the same', async () => {
  breakDown()
  const response = await fetch(`${shop.url}/workshop/typescript-at-scale/calendar.ics`)
  expect(response.status).toBe(200)
  expect(await response.text()).toMatch(/^BEGIN:VCALENDAR/)
})

test('a checkout that fails is told as what it is: to the buyer, in the log and in the count', async () => {
  const { productId, paymentLink } = await shop.sell()
  await shop.checkout({ productId })
  const failures = async () => {
    const headers = { Authorization: `Bearer ${METRICS_TOKEN}` }
    const text = await (await fetch(`${shop.url}/api/metrics`, { headers })).text()
    const [, count] =
      /^workshop_checkout_failures_total\{[^}]*code="unavailable"[^}]*\} (\d+)/m.exec(text) ?? []
    return Number(count ?? 0)
  }
  const before = await failures()
  breakDown()
  const { status, body } = await shop.register({ productId })
  expect(status).toBe(503)
  expect(body).toMatchObject({
    code: 'unavailable',
    fallbackUrl: expect.stringContaining(String(paymentLink)),
  })
  const failed = shop
    .logs()
    .split('\n')
    .find((line) => line.includes('"checkout.failed"') && line.includes(productId))
  expect(JSON.parse(failed ?? '')).toMatchObject({ code: 'unavailable' })
  wire.hooks.before = undefined
  await expect.poll(failures).toBe(before + 1)
})
