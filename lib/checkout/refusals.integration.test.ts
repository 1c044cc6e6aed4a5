import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { merchantPrice, merchantProduct, product, purchase, user } from '@/db/schema'
import type { ErrorCode } from '@/lib/contract/types'
import {
  type Answer,
  inParallel,
  newVisitor,
  openShop,
  type Shop,
  someone,
  type WorkshopOnSale,
} from '@/sandbox/testing/shop'

let shop: Shop
let workshop: WorkshopOnSale

beforeAll(async () => {
  shop = await openShop({ ALLOWED_ORIGIN: 'https://egghead.io' })
  workshop = await shop.sell({
    coupons: { member: 'MEMBERS_ONLY', earlyBird: 'BIRD', ppp: { IN: 'INDIA' } },
    discounts: [
      { code: 'MEMBERS_ONLY', amountOff: 10_000 },
      { code: 'BIRD', amountOff: 7500 },
      { code: 'INDIA', percentOff: 60 },
    ],
  })
})
afterAll(() => shop.stop())
afterEach(() => shop.stripe.setFaults({}))

const path = '/api/workshop/checkout'

/** Every refusal has the same shape, is nobody else's to keep, and can be found in the log. */
function expectRefusal(answer: Answer, status: number, code: ErrorCode, sentence?: string | RegExp) {
  expect(answer.body).toMatchObject({ code })
  expect(answer.status).toBe(status)
  expect(answer.body.error).toMatch(sentence ?? /\w.*\.$/)
  expect(answer.headers.get('cache-control')).toBe('private, no-store')
  expect(answer.headers.get('x-request-id')).toBe(answer.body.requestId)
  expect(shop.logs()).toContain(`"requestId":"${answer.body.requestId}"`)
}

/** Runs `work`, in which nothing may be written and Stripe may not be asked for a session. */
async function expectNothingWritten(productId: string, priceId: string, work: () => Promise<void>) {
  const before = [await shop.checkouts(productId), shop.sessionCalls(priceId)]
  await work()
  expect([await shop.checkouts(productId), shop.sessionCalls(priceId)]).toEqual(before)
}

const refused = (
  request: object,
  ...rest: Parameters<typeof expectRefusal> extends [Answer, ...infer R] ? R : never
) =>
  expectNothingWritten(workshop.productId, workshop.priceId, async () =>
    expectRefusal(await shop.register({ productId: workshop.productId, ...request }), ...rest),
  )

describe('invalid_request', () => {
  const mistakes: [path: string, request: object][] = [
    ['quantity', { quantity: 0 }],
    ['quantity', { quantity: 101 }],
    ['quantity', { quantity: -1 }],
    ['quantity', { quantity: 1.5 }],
    ['quantity', { quantity: '2' }],
    ['quantity', { quantity: null }],
    ['productId', { productId: '' }],
    ['productId', { productId: 7 }],
    ['productId', { productId: undefined }],
    ['productId', { productId: 'x'.repeat(192) }],
    ['email', { email: 'not an address' }],
    ['email', { email: { $ne: '' } }],
    ['couponCode', { couponCode: 'x'.repeat(201) }],
    ['couponCode', { couponCode: ['BIRD'] }],
    ['attemptId', { attemptId: 'not-a-uuid' }],
    ['uiMode', { uiMode: 'elements' }],
    ['allowDuplicate', { allowDuplicate: 'yes' }],
    ['metadata', { metadata: 'name' }],
    ['metadata.name', { metadata: { name: 'a\u0000b' } }],
    ['metadata.name', { metadata: { name: 'half of a smile \ud83d' } }],
    ['metadata.name', { metadata: { name: 'x'.repeat(501) } }],
  ]
  test.for(mistakes)('names %s in %j', async ([field, request]) => {
    const answer = await shop.register({ productId: workshop.productId, ...request })
    expectRefusal(answer, 400, 'invalid_request')
    expect(answer.body.issues).toMatchObject([{ path: field, message: expect.any(String) }])
  })

  test.for(['', '{', '[]', 'null', '"text"', '{"productId":"\xff'])(
    'is said of the body %j',
    async (body) => {
      const bytes = Buffer.from(body, 'latin1')
      const headers = { 'Content-Type': 'application/json' }
      expectRefusal(await shop.send(path, { method: 'POST', headers, body: bytes }), 400, 'invalid_request')
    },
  )

  test('leaves nothing behind', () => refused({ quantity: 0 }, 400, 'invalid_request'))
})

describe('codes', () => {
  test('unknown', () => refused({ couponCode: 'NOSUCHCODE' }, 400, 'invalid_coupon', /NOSUCHCODE/))
  test.for(["' or 1=1", 'EARLY BIRD', 'FRÜHBUCHER', 'X'.repeat(65)])(
    'that no code looks like: %s, without a call to Stripe',
    async (couponCode) => {
      await shop.register({ productId: workshop.productId, couponCode: 'NOSUCHCODE' })
      shop.stripe.clearRequests()
      await refused({ couponCode }, 400, 'invalid_coupon')
      const offer = await shop.send(
        `/api/workshop/${workshop.slug}/offer?couponCode=${encodeURIComponent(couponCode)}`,
      )
      expect(offer).toMatchObject({ status: 200, body: { problem: { code: 'invalid_coupon' } } })
      expect(shop.stripe.requests().filter(({ path }) => path.includes('promotion_codes'))).toEqual([])
    },
  )
  test("another product's", () => refused({ couponCode: 'FRIENDS' }, 400, 'invalid_coupon'))
  test("a member's, asked for by nobody we know", () =>
    refused(
      { couponCode: 'MEMBERS_ONLY', email: 'grace@example.com' },
      400,
      'coupon_not_eligible',
      /yearly members/,
    ))
  test("an early bird's, too late", () => refused({ couponCode: 'BIRD' }, 400, 'coupon_not_eligible'))
  test("one of another workshop's tiers, which this one doesn't name", async () => {
    // At Stripe they are tied to no product.
    const codes = ['CLUB', 'RAISED_IN', 'EARLY']
    for (const code of codes) {
      await shop.client.coupons.create({ id: code, percent_off: 10, duration: 'once' })
      await shop.client.promotionCodes.create({ code, promotion: { type: 'coupon', coupon: code } })
    }
    await shop.sell({ coupons: { member: 'CLUB', ppp: { IN: 'RAISED_IN' }, earlyBird: 'EARLY' } })
    const { productId, slug } = await shop.sell()
    for (const couponCode of [...codes, 'club']) {
      const { status, body } = await shop.register({ productId, couponCode }, newVisitor({ as: 'yearly' }))
      expect([couponCode, status, body.code]).toEqual([couponCode, 400, 'invalid_coupon'])
      const offer = await shop.send(`/api/workshop/${slug}/offer?couponCode=${couponCode}`)
      expect(offer.body).toMatchObject({ tier: 'standard', problem: { code: 'invalid_coupon' } })
    }
    expect(await shop.checkouts(productId)).toEqual([])
  })
  test("another country's", () => refused({ couponCode: 'INDIA' }, 400, 'coupon_not_eligible', /India/))

  test('used up', async () => {
    const { productId, slug } = await shop.sell()
    await shop.client.coupons.create({ id: 'ONCE', percent_off: 10, duration: 'once' })
    await shop.client.promotionCodes.create({
      code: 'ONCE',
      promotion: { type: 'coupon', coupon: 'ONCE' },
      max_redemptions: 1,
    })
    await shop.buy({ productId, couponCode: 'ONCE' })
    // The server looked at the code a moment ago, and Stripe knows better.
    expectRefusal(await shop.register({ productId, couponCode: 'ONCE' }), 400, 'invalid_coupon', /ONCE/)
    // What was known of it is forgotten with that.
    const offer = await shop.send(`/api/workshop/${slug}/offer?couponCode=ONCE`)
    expect(offer.body).toMatchObject({ tier: 'standard', problem: { code: 'invalid_coupon' } })
  })

  test('that leaves less than Stripe takes', async () => {
    const { productId } = await shop.sell({
      discounts: [{ code: 'ALMOST_FREE', percentOff: 99.95, public: true }],
    })
    const answer = await shop.register({ productId, couponCode: 'ALMOST_FREE' })
    expectRefusal(answer, 400, 'invalid_coupon', /ALMOST_FREE leaves less/)
    await shop.checkout({ productId })
  })

  test("a customer's own is nobody else's", async () => {
    const { productId } = await shop.sell()
    const { client } = shop
    await client.coupons.create({ id: 'THEIRS', percent_off: 10, duration: 'once' })
    const customer = (await client.customers.create({ email: 'regular@example.com' })).id
    const promotion = { type: 'coupon', coupon: 'THEIRS' } as const
    await client.promotionCodes.create({ code: 'THEIRS', promotion, customer })
    expectRefusal(await shop.register({ productId, couponCode: 'THEIRS' }), 400, 'invalid_coupon', /THEIRS/)
  })

  test('only in the case that Stripe knows', () => refused({ couponCode: 'nosuch' }, 400, 'invalid_coupon'))
})

describe('where it goes', () => {
  test('product_not_found', async () => {
    expectRefusal(await shop.register({ productId: 'prod_nobody_knows' }), 404, 'product_not_found')
    const offer = await shop.send('/api/workshop/nobody-knows/offer')
    expectRefusal(offer, 404, 'product_not_found')
  })

  test.for(['self-paced', 'membership'])('product_not_found: Course Builder’s own %s', async (type) => {
    const [id, slug] = [`product_${randomUUID()}`, `own-${randomUUID()}`]
    // It has no price that a workshop could be sold at: whoever asked for it would seem to find our checkout broken.
    await shop.db
      .insert(product)
      .values({ id, name: 'Theirs', type, status: 1, quantityAvailable: -1, fields: { slug } })
    expectRefusal(await shop.register({ productId: id }), 404, 'product_not_found')
    expectRefusal(await shop.send(`/api/workshop/${slug}/offer`), 404, 'product_not_found')
  })

  test('invalid_request: more than Stripe takes at once', async () => {
    const { productId } = await shop.sell({ price: { amount: 1_000_000, currency: 'usd' } })
    const answer = await shop.register({ productId, quantity: 100 })
    expectRefusal(answer, 400, 'invalid_request', 'choose fewer')
    expect(answer.body.issues).toMatchObject([{ path: 'quantity' }])
    await shop.checkout({ productId, quantity: 99 })
  })

  test('session_not_found costs Stripe nothing', async () => {
    shop.stripe.clearRequests()
    for (const id of ['cs_test_madeup', 'nonsense', 'cs_test_..%2Fx']) {
      expectRefusal(await shop.send(`${path}/${id}`), 404, 'session_not_found')
      expectRefusal(await shop.send(`${path}/${id}`, { method: 'POST' }), 404, 'session_not_found')
    }
    expect(shop.stripe.requests()).toEqual([])
  })

  test.for(['GET', 'PUT', 'PATCH', 'DELETE'])('method_not_allowed: %s', async (method) => {
    const answer = await shop.send(path, { method })
    expectRefusal(answer, 405, 'method_not_allowed')
    expect(answer.headers.get('allow')).toBe('POST, OPTIONS')
  })

  test('method_not_allowed names what each address takes', async () => {
    const allow = async (address: string, method: string) => {
      const answer = await shop.send(address, { method })
      expectRefusal(answer, 405, 'method_not_allowed')
      return answer.headers.get('allow')
    }
    expect(await allow('/api/workshop/claude-code/offer', 'POST')).toBe('GET, OPTIONS')
    expect(await allow(`${path}/cs_test_x`, 'DELETE')).toBe('GET, POST, OPTIONS')
    expect(await allow('/api/stripe/webhook', 'GET')).toBe('POST')
    expect(await allow('/api/health', 'POST')).toBe('GET')
  })
})

describe('how it comes', () => {
  const body = () => JSON.stringify({ productId: workshop.productId })

  test.for(['text/plain', 'multipart/form-data; boundary=x', 'application/xml', ''])(
    'unsupported_media_type: %j',
    async (type) => {
      const answer = await shop.send(path, {
        method: 'POST',
        headers: { 'Content-Type': type },
        body: Buffer.from(body()),
      })
      expectRefusal(answer, 415, 'unsupported_media_type')
    },
  )

  test('payload_too_large above 16 KB, and not at it', async () => {
    const sized = (bytes: number) => {
      const request = { productId: workshop.productId, padding: '' }
      request.padding = 'x'.repeat(bytes - JSON.stringify(request).length)
      return shop.register(request)
    }
    expect((await sized(16 * 1024)).status).toBe(200)
    expectRefusal(await sized(16 * 1024 + 1), 413, 'payload_too_large')
    expectRefusal(await sized(3_000_000), 413, 'payload_too_large')
  })

  test('payload_too_large where no length was told', async () => {
    const body = new Blob([new Uint8Array(400_000).fill(0x20)]).stream()
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
      duplex: 'half',
    }
    expectRefusal(await shop.send(path, init), 413, 'payload_too_large')
  })

  test.for([
    { Origin: 'https://evil.example' },
    { Origin: 'https://egghead.io.evil.example' },
    { Origin: 'null' },
    { 'Sec-Fetch-Site': 'cross-site' },
  ])('forbidden_origin: %j', (headers) =>
    expectNothingWritten(workshop.productId, workshop.priceId, async () => {
      const answer = await shop.register({ productId: workshop.productId }, newVisitor(), { ...headers })
      expectRefusal(answer, 403, 'forbidden_origin')
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    }),
  )

  test('our own page and an allowed origin may', async () => {
    const from = (origin: string) =>
      shop.register({ productId: workshop.productId }, newVisitor(), { Origin: origin })
    const own = await from(shop.url)
    expect(own.status).toBe(200)
    const allowed = await from('https://egghead.io')
    expect(allowed.status).toBe(200)
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://egghead.io')
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull()
  })

  test('a preflight is answered for an allowed origin alone', async () => {
    const ask = (origin: string) => shop.send(path, { method: 'OPTIONS', headers: { Origin: origin } })
    expect((await ask('https://egghead.io')).headers.get('access-control-allow-methods')).toBe(
      'POST, OPTIONS',
    )
    const foreign = await ask('https://evil.example')
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull()
    expect(foreign.headers.get('access-control-allow-methods')).toBeNull()
  })
})

describe('the sale', () => {
  const refusal = async (change: Parameters<Shop['sell']>[0]) => {
    const { productId, priceId } = await shop.sell(change)
    let answer: Answer | undefined
    await expectNothingWritten(productId, priceId, async () => {
      answer = await shop.register({ productId })
    })
    if (!answer) throw new Error('no answer')
    expect(answer.body.fallbackUrl).toBeUndefined()
    return answer
  }

  test('sold_out', async () => {
    const { productId } = await shop.sell({ capacity: 2 })
    await shop.buy({ productId })
    await shop.checkout({ productId })
    const answer = await shop.register({ productId })
    expectRefusal(answer, 409, 'sold_out', 'All 2 seats are taken.')
    expect(answer.body.fallbackUrl).toBeUndefined()
    expect(await shop.checkouts(productId)).toHaveLength(2)
  })

  test('sold_out for more seats than are left', async () => {
    const { productId } = await shop.sell({ capacity: 3 })
    await shop.buy({ productId, quantity: 2 })
    const answer = await shop.register({ productId, quantity: 2 })
    expectRefusal(
      answer,
      409,
      'sold_out',
      'Only 1 seat is left, and you asked for 2. Nothing was charged; choose one seat, then try again.',
    )
    expect((await shop.register({ productId })).status).toBe(200)
  })

  test('sale_not_open', async () => {
    const opens = new Date(Date.now() + 5 * 24 * 60 * 60 * 1000).toISOString()
    expectRefusal(await refusal({ openEnrollment: opens }), 409, 'sale_not_open', /opens on \d+ \w+\./)
  })

  test('sale_closed', async () => {
    const closed = new Date(Date.now() - 1000).toISOString()
    expectRefusal(await refusal({ closeEnrollment: closed }), 409, 'sale_closed', /closed on \d+ \w+\./)
  })

  test('sale_closed when the workshop is over', async () => {
    const times = { startsAt: '2020-01-01T10:00:00Z', endsAt: '2020-01-01T12:00:00Z' }
    expectRefusal(await refusal(times), 409, 'sale_closed')
  })

  test('at most ten seats for one visitor where seats are limited', async () => {
    const { productId } = await shop.sell({ capacity: 100 })
    const answer = await shop.register({ productId, quantity: 11 })
    expectRefusal(answer, 400, 'invalid_request')
    expect(answer.body.issues).toMatchObject([{ path: 'quantity' }])
  })

  test('rate_limited: one address holds no more than ten seats of a small workshop', async () => {
    const { productId } = await shop.sell({ capacity: 30 })
    const address = '203.0.113.7'
    const fill = () => shop.checkout({ productId, quantity: 5 }, newVisitor({ address }))
    await fill()
    await fill()
    const answer = await shop.register({ productId }, newVisitor({ address }))
    expectRefusal(answer, 429, 'rate_limited')
    expect(answer.headers.get('retry-after')).toBe(String(answer.body.retryAfter))
    expect((await shop.register({ productId }, newVisitor({ address: '203.0.113.8' }))).status).toBe(200)
  })
})

describe('already_purchased', () => {
  test('is said to the verified viewer alone, who may buy another', async () => {
    const { productId, slug, priceId } = await shop.sell()
    const yearly = () => newVisitor({ as: 'yearly' })
    const sessionId = await shop.buy({ productId }, {}, yearly())
    await expectNothingWritten(productId, priceId, async () => {
      const answer = await shop.register({ productId }, yearly())
      expectRefusal(answer, 409, 'already_purchased', /grace@example\.com, bought on/)
      expect(answer.body.confirmationUrl).toBe(
        `${shop.url}/workshop/${slug}/confirmation?session_id=${sessionId}`,
      )
    })
    expect((await shop.register({ productId, allowDuplicate: true }, yearly())).status).toBe(200)
    // Whoever types the address is not told that it is known.
    expect((await shop.register({ productId, email: 'grace@example.com' })).status).toBe(200)
  })

  test('is no longer so after a refund', async () => {
    const { productId } = await shop.sell()
    const sessionId = await shop.buy({ productId }, {}, newVisitor({ as: 'member' }))
    shop.stripe.refund({ session: sessionId })
    await shop.delivered()
    expect((await shop.register({ productId }, newVisitor({ as: 'member' }))).status).toBe(200)
  })
})

describe('Stripe in trouble', () => {
  const seconds = async <T>(work: Promise<T>): Promise<[T, number]> => {
    const started = performance.now()
    return [await work, (performance.now() - started) / 1000]
  }
  const faults = {
    'answers 500': { failNext: { count: 9, status: 500 } },
    'answers 429': { failNext: { count: 9, status: 429 } },
    'cuts the connection': { failNext: { count: 9, status: 'cut' as const } },
    'refuses connections': { refuse: true },
    'never answers': { hang: true },
  }

  test.for(Object.entries(faults))('%s: the payment link, in time', async ([, fault]) => {
    const { productId, paymentLink } = await shop.sell()
    const email = someone()
    shop.stripe.setFaults(fault)
    const [answer, took] = await seconds(shop.register({ productId, email }))
    expectRefusal(answer, 502, 'stripe_error', 'Stripe is not answering right now.')
    expect(took).toBeLessThan(6.5)
    const fallback = new URL(String(answer.body.fallbackUrl))
    expect(fallback.origin + fallback.pathname).toBe(paymentLink)
    expect(fallback.searchParams.get('prefilled_email')).toBe(email)
    expect(fallback.search).not.toContain('undefined')
  })

  test('slow at every step: given up in time, with the payment link, and nothing payable left', async () => {
    const { productId, paymentLink } = await shop.sell({ capacity: 1 })
    shop.stripe.setFaults({ latencyMs: 2900 })
    const [answer, took] = await seconds(shop.register({ productId }))
    shop.stripe.setFaults({})
    expectRefusal(answer, 503, 'unavailable')
    expect(answer.body.fallbackUrl).toContain(paymentLink)
    expect(took).toBeLessThan(6.5)
    await expect
      .poll(async () => (await shop.checkouts(productId)).map(({ status }) => status), { timeout: 8000 })
      .toEqual(['expired'])
  })

  test('a code that the buyer has a claim to goes along to the payment link, one that they have not stays away', async () => {
    const { productId } = await shop.sell({
      coupons: { member: 'LINK_MEMBER' },
      discounts: [{ code: 'LINK_MEMBER', amountOff: 10_000 }],
    })
    shop.stripe.setFaults({ failNext: { count: 9, status: 500, path: 'checkout/sessions' } })
    const code = async (visitor: Parameters<typeof newVisitor>[0]) => {
      const { body } = await shop.register({ productId }, newVisitor(visitor))
      return new URL(String(body.fallbackUrl)).searchParams.get('prefilled_promo_code')
    }
    expect(await code({ as: 'yearly' })).toBe('LINK_MEMBER')
    expect(await code({})).toBeNull()
  })

  test('after a stored failure the same attempt gets a session', async () => {
    const { productId } = await shop.sell()
    const visitor = newVisitor()
    const request = { productId, attemptId: randomUUID() }
    shop.stripe.setFaults({ failNext: { count: 1, status: 500, path: 'checkout/sessions', store: true } })
    expectRefusal(await shop.register(request, visitor), 502, 'stripe_error')
    expect((await shop.register(request, visitor)).status).toBe(200)
  })

  test('a session that was made but never answered is the one that a retry gets', async () => {
    const { productId, priceId } = await shop.sell({ capacity: 1 })
    const visitor = newVisitor()
    const request = { productId, attemptId: randomUUID() }
    shop.stripe.setFaults({
      failNext: { count: 2, status: 'cut', path: 'checkout/sessions', method: 'POST', afterEffect: true },
    })
    expectRefusal(await shop.register(request, visitor), 502, 'stripe_error')
    shop.stripe.setFaults({})
    const sessionId = await shop.checkout(request, visitor)
    const { data } = await shop.client.checkout.sessions.list({ limit: 100, status: 'open' })
    expect(data.filter(({ metadata }) => metadata?.productId === productId).map(({ id }) => id)).toEqual([
      sessionId,
    ])
    expect(new Set(shop.sessionCalls(priceId).map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
  })

  test('gives the seat back where nobody has a session', async () => {
    const { productId } = await shop.sell({ capacity: 1 })
    shop.stripe.setFaults({ failNext: { count: 1, status: 500, path: 'checkout/sessions' } })
    expectRefusal(await shop.register({ productId }), 502, 'stripe_error')
    expect((await shop.register({ productId })).status).toBe(200)
  })

  test('fifty at once while Stripe fails: each is answered, none holds a seat', async () => {
    const { productId } = await shop.sell({ capacity: 60 })
    await shop.register({ productId, quantity: 1 }).then(({ status }) => expect(status).toBe(200))
    shop.stripe.setFaults({ failNext: { count: 1000, status: 503, path: 'checkout/sessions' } })
    const answers = await inParallel(Array(50).fill({ productId }), 25, (request) => shop.register(request))
    for (const answer of answers) expectRefusal(answer, 502, 'stripe_error')
    const holding = (await shop.checkouts(productId)).filter(({ status }) => status !== 'failed')
    expect(holding).toHaveLength(1)
  })
})

describe('misconfigured', () => {
  test('a price that is no longer active: the payment link', async () => {
    const { productId, priceId, paymentLink } = await shop.sell()
    await shop.client.prices.update(priceId, { active: false })
    const answer = await shop.register({ productId })
    expectRefusal(answer, 502, 'misconfigured', 'and we have been told. Nothing was charged')
    expect(answer.body.fallbackUrl).toContain(paymentLink)
  })

  test('a price that died since it was looked at; no offer is told from what was last heard of it', async () => {
    const { productId, priceId, slug } = await shop.sell()
    const offer = () => shop.send(`/api/workshop/${slug}/offer`)
    expect((await offer()).status).toBe(200)
    await shop.checkout({ productId })
    await shop.client.prices.update(priceId, { active: false })
    expectRefusal(await shop.register({ productId }), 502, 'misconfigured')
    expectRefusal(await offer(), 502, 'misconfigured')
  })

  test('nor from the declaration: what Stripe does not sell at is no outage', async () => {
    const { db, client } = shop
    const [declared] = await db
      .select({ priceId: merchantPrice.identifier })
      .from(merchantPrice)
      .innerJoin(merchantProduct, eq(merchantProduct.id, merchantPrice.merchantProductId))
      .where(eq(merchantProduct.productId, 'prod_typescript_at_scale'))
    await client.prices.update(declared?.priceId ?? '', { active: false })
    expectRefusal(await shop.send('/api/workshop/typescript-at-scale/offer'), 502, 'misconfigured')
  })
})

test('the database failing: the payment link that was last known', async () => {
  const { productId, paymentLink } = await shop.sell()
  await shop.checkout({ productId })
  await shop.db.execute(sql`rename table checkout_Session to checkout_Away`)
  try {
    const answer = await shop.register({ productId })
    expectRefusal(answer, 503, 'unavailable')
    expect(answer.body.fallbackUrl).toContain(paymentLink)
    expect(JSON.stringify(answer.body)).not.toMatch(/checkout_|select|insert/i)
  } finally {
    await shop.db.execute(sql`rename table checkout_Away to checkout_Session`)
  }
})

describe("a tier's code that is a promotion code too", () => {
  const sold = async (code: string, change: object) => {
    const workshop = await shop.sell({
      coupons: { earlyBird: code },
      earlyBirdEndDate: '2099-01-01',
      discounts: [{ code, amountOff: 7500 }],
    })
    const { data } = await shop.client.promotionCodes.list({ code })
    await shop.client.promotionCodes.update(data[0]?.id ?? '', { active: false })
    if (Object.keys(change).length > 0)
      await shop.client.promotionCodes.create({
        code,
        promotion: { type: 'coupon', coupon: code },
        ...change,
      })
    return workshop
  }
  const offerOf = async (slug: string) => (await shop.send(`/api/workshop/${slug}/offer`)).body

  test('switched off, so that nobody can type it at a payment link: our own sessions go on with the coupon', async () => {
    const { productId, slug } = await sold('SWITCHED_OFF', {})
    expect(await offerOf(slug)).toMatchObject({ tier: 'early-bird', total: { amount: 42_400 } })
    const sessionId = await shop.checkout({ productId })
    expect(await shop.checkoutOf(sessionId)).toMatchObject({ amountTotal: 42_400 })
  })

  test('used up: the coupon of the same name brings it not back', async () => {
    const { productId, slug, paymentLinkId } = await sold('USED_UP', { max_redemptions: 1 })
    await shop.stripe.pay(shop.stripe.openLink(paymentLinkId, { prefilled_promo_code: 'USED_UP' }).id)
    await shop.delivered()
    expect(await offerOf(slug)).toMatchObject({ tier: 'standard', total: { amount: 49_900 } })
    expectRefusal(await shop.register({ productId, couponCode: 'USED_UP' }), 400, 'invalid_coupon')
  })
})

test('an address that is spelled almost the same is another person’s', async () => {
  const { productId } = await shop.sell()
  // The table's collation doesn't see the accent: only one of the two can have the address there.
  await shop.db.update(user).set({ email: 'gräce@example.com' }).where(eq(user.email, 'grace@example.com'))
  const sessionId = await shop.buy({ productId }, { email: 'gräce@example.com' })
  const [{ email } = { email: '' }] = await shop.db
    .select({ email: user.email })
    .from(user)
    .innerJoin(purchase, eq(purchase.userId, user.id))
    .where(eq(purchase.id, (await shop.checkoutOf(sessionId)).purchaseId ?? ''))
  expect(email).toBe('gräce@example.com')
  const visitor = newVisitor({ as: 'yearly' })
  expect((await shop.register({ productId, attemptId: randomUUID() }, visitor)).status).toBe(200)
})

test('an e-mail that can be none is told to whoever typed it', async () => {
  const answer = await shop.register({ productId: workshop.productId, email: 'ada@localhost' })
  expectRefusal(
    answer,
    400,
    'invalid_request',
    /^This e-mail address doesn't look right\. Nothing was charged/,
  )
  expect(answer.body.issues).toMatchObject([{ path: 'email' }])
})

test('the same attempt twice while Stripe is slow is one session, or told as Stripe’s delay', async () => {
  const { productId } = await shop.sell()
  const visitor = newVisitor()
  const attemptId = randomUUID()
  // Its price is known, so that the session alone is waited for; past the moment at which the second gives up.
  await shop.checkout({ productId })
  shop.stripe.setFaults({ latencyMs: 3500 })
  const first = shop.register({ productId, attemptId }, visitor)
  await new Promise((resolve) => setTimeout(resolve, 300))
  const answers = await Promise.all([first, shop.register({ productId, attemptId }, visitor)])
  for (const { status, body } of answers)
    expect(status === 200 || body.code === 'stripe_error', JSON.stringify(body)).toBe(true)
  const told = new Set(answers.flatMap(({ body }) => body.sessionId ?? []))
  expect(told.size).toBe(1)
  const mine = (await shop.checkouts(productId)).filter(({ visitorId }) => visitorId === visitor.id)
  expect(mine).toMatchObject([{ status: 'open', sessionId: [...told][0] }])
  const open = Object.values(shop.stripe.snapshot().sessions).filter(
    ({ status, metadata }) => status === 'open' && metadata?.checkoutId === mine[0]?.id,
  )
  expect(open).toHaveLength(1)
})
