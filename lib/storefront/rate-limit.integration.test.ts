import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openDatabase } from '@/db/client'
import { migrate } from '@/db/migrate'
import { rateLimit } from '@/db/schema'
import { createTestDatabase, type TestDatabase } from '@/sandbox/testing/database'

const APP = 'https://shop.example.com'
let server: TestDatabase

beforeAll(async () => {
  server = await createTestDatabase()
  await migrate(server.url)
})
afterAll(() => server.drop())

beforeEach(() => {
  vi.resetModules()
  vi.stubEnv('DATABASE_URL', server.url)
  vi.stubEnv('NEXT_PUBLIC_APP_URL', APP)
  vi.stubEnv('STRIPE_SECRET_KEY', 'sk_test_unused')
  vi.stubEnv('STRIPE_WEBHOOK_SECRET', 'whsec_unused')
  vi.stubEnv('LOG_LEVEL', 'silent')
  // An hour, so that no window ends in the middle of a test.
  vi.stubEnv('RATE_LIMIT', '3/3600')
})
afterEach(async () => {
  const { commerce } = await import('@/lib/commerce')
  await commerce().handle.close()
  vi.unstubAllEnvs()
  const { db, close } = openDatabase(server.url)
  await db.delete(rateLimit)
  await close()
})

const context = <T>(params: T) => ({ params: Promise.resolve(params) })

async function checkout(headers: Record<string, string>, body: object = {}) {
  const { checkoutRoute } = await import('./checkout-handlers')
  const request = new Request(`${APP}/api/workshop/checkout`, {
    method: 'POST',
    headers: { Origin: APP, 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ productId: 'prod_nobody_knows', ...body }),
  })
  return checkoutRoute.POST(request, context({}))
}

async function confirm(headers: Record<string, string>) {
  const { statusRoute } = await import('./status-handlers')
  const sessionId = 'cs_test_nobodyknowsthissession'
  const request = new Request(`${APP}/api/workshop/checkout/${sessionId}`, {
    method: 'POST',
    headers: { Origin: APP, ...headers },
  })
  return statusRoute.POST(request, context({ sessionId }))
}

async function statuses(count: number, send: (i: number) => Promise<Response>) {
  const found: number[] = []
  for (let i = 0; i < count; i++) found.push((await send(i)).status)
  return found
}

describe('POST /api/workshop/checkout', () => {
  it('refuses an address that the named header carries, with when to come back', async () => {
    vi.stubEnv('CLIENT_IP_HEADER', 'x-real-ip')
    const send = () => checkout({ 'X-Real-IP': '192.0.2.1' })
    expect(await statuses(3, send)).toEqual([404, 404, 404])
    const refused = await send()
    expect(refused.status).toBe(429)
    const retryAfter = Number(refused.headers.get('Retry-After'))
    expect(retryAfter).toBeGreaterThan(0)
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      'ratelimit-limit': '3',
      'ratelimit-remaining': '0',
      'ratelimit-reset': String(retryAfter),
      'cache-control': 'private, no-store',
    })
    expect(await refused.json()).toMatchObject({ code: 'rate_limited', retryAfter })
    expect((await checkout({ 'X-Real-IP': '192.0.2.2' })).status).toBe(404)
  })

  it('believes no forwarded address where no header is named', async () => {
    const send = () => checkout({ 'X-Forwarded-For': '192.0.2.1', 'X-Real-IP': '192.0.2.1' })
    expect(await statuses(5, send)).toEqual([404, 404, 404, 404, 404])
  })

  it('is not escaped by a forged header beside the named one', async () => {
    vi.stubEnv('CLIENT_IP_HEADER', 'x-real-ip')
    const send = (i: number) => checkout({ 'X-Real-IP': '192.0.2.1', 'X-Forwarded-For': `198.51.100.${i}` })
    expect(await statuses(4, send)).toEqual([404, 404, 404, 429])
  })

  it('honours X-Forwarded-For where it is the named one', async () => {
    vi.stubEnv('CLIENT_IP_HEADER', 'x-forwarded-for')
    const send = () => checkout({ 'X-Forwarded-For': '192.0.2.1, 10.0.0.1' })
    expect(await statuses(4, send)).toEqual([404, 404, 404, 429])
  })

  it('counts an e-mail from wherever it comes', async () => {
    vi.stubEnv('CLIENT_IP_HEADER', 'x-real-ip')
    const send = (i: number) => checkout({ 'X-Real-IP': `192.0.2.${i}` }, { email: 'ada@example.com' })
    expect(await statuses(4, send)).toEqual([404, 404, 404, 429])
  })

  it('sends a form back to its page', async () => {
    vi.stubEnv('CLIENT_IP_HEADER', 'x-real-ip')
    const { checkoutRoute } = await import('./checkout-handlers')
    const send = () =>
      checkoutRoute.POST(
        new Request(`${APP}/api/workshop/checkout`, {
          method: 'POST',
          headers: { Origin: APP, 'X-Real-IP': '192.0.2.1' },
          body: new URLSearchParams({ productId: 'prod_nobody_knows', 'metadata.workshopSlug': 'own' }),
        }),
        context({}),
      )
    for (let i = 0; i < 3; i++) await send()
    expect((await send()).headers.get('Location')).toBe(`${APP}/workshop/own?checkout_error=rate_limited`)
  })

  it('counts nothing where it is off', async () => {
    vi.stubEnv('CLIENT_IP_HEADER', 'x-real-ip')
    vi.stubEnv('RATE_LIMIT', 'off')
    expect(await statuses(5, () => checkout({ 'X-Real-IP': '192.0.2.1' }))).toEqual([404, 404, 404, 404, 404])
  })
})

describe('POST /api/workshop/checkout?start', () => {
  it('is counted by address, apart from checkouts', async () => {
    vi.stubEnv('CLIENT_IP_HEADER', 'x-real-ip')
    const { checkoutRoute } = await import('./checkout-handlers')
    const address = { 'X-Real-IP': '192.0.2.1' }
    const start = () =>
      checkoutRoute.POST(
        new Request(`${APP}/api/workshop/checkout?start`, {
          method: 'POST',
          headers: { Origin: APP, ...address },
          body: 'product_1',
        }),
        context({}),
      )
    expect(await statuses(4, start)).toEqual([204, 204, 204, 429])
    expect((await checkout(address)).status).toBe(404)
  })
})

describe('POST /api/workshop/checkout/{sessionId}', () => {
  it('is nothing that another site may send', async () => {
    const refused = await confirm({ Origin: 'https://evil.example' })
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ code: 'forbidden_origin' })
  })

  it('is counted by address, apart from checkouts', async () => {
    vi.stubEnv('CLIENT_IP_HEADER', 'x-real-ip')
    const address = { 'X-Real-IP': '192.0.2.1' }
    expect(await statuses(4, () => confirm(address))).toEqual([404, 404, 404, 429])
    expect((await checkout(address)).status).toBe(404)
  })
})

describe('server to server', () => {
  const key = 'a-key-that-both-servers-hold-0123456789'
  beforeEach(() => {
    vi.stubEnv('COURSE_BUILDER_API_KEY', key)
    vi.stubEnv('CLIENT_IP_HEADER', 'x-real-ip')
  })

  async function vouched(buyer: object, change: object = {}) {
    const { serverCheckoutRoute } = await import('@/lib/commerce/server-routes')
    const { authorization } = await import('@/lib/http/bearer')
    const body = JSON.stringify({ productId: 'prod_nobody_knows', buyer, ...change })
    const headers = {
      'Content-Type': 'application/json',
      // Always the storefront's own.
      'X-Real-IP': '192.0.2.99',
      Authorization: await authorization({ key, method: 'jwt' }, APP, body),
    }
    const url = `${APP}/api/stripe/checkout-session`
    return serverCheckoutRoute.POST(new Request(url, { method: 'POST', headers, body }), context({}))
  }

  it('counts by the address that the storefront vouches for, and not by its own', async () => {
    expect(await statuses(4, () => vouched({ ip: '192.0.2.1' }))).toEqual([404, 404, 404, 429])
    // One IPv6 customer is one.
    expect(await statuses(4, (i) => vouched({ ip: `2001:db8:0:1::${i}` }))).toEqual([404, 404, 404, 429])
    expect((await vouched({ ip: '192.0.2.2' })).status).toBe(404)
  })

  it('counts by the verified e-mail, or by the one that was typed', async () => {
    const from = (i: number) => ({ ip: `192.0.2.${i}` })
    const verified = (i: number) => vouched({ ...from(i), email: 'ada@example.com' })
    expect(await statuses(4, verified)).toEqual([404, 404, 404, 429])
    const typed = (i: number) => vouched(from(100 + i), { email: 'ada@example.com' })
    expect(await statuses(4, typed)).toEqual([404, 404, 404, 429])
  })
})

describe('POST /api/stripe/webhook', () => {
  it('is never counted', async () => {
    vi.stubEnv('CLIENT_IP_HEADER', 'x-real-ip')
    const { webhookRoute } = await import('@/lib/commerce/webhook-route')
    const send = () =>
      webhookRoute.POST(
        new Request(`${APP}/api/stripe/webhook`, {
          method: 'POST',
          headers: { 'X-Real-IP': '192.0.2.1' },
          body: '{}',
        }),
        context({}),
      )
    expect(await statuses(6, send)).toEqual([400, 400, 400, 400, 400, 400])
  })
})
