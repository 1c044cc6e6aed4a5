import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newVisitor, openShop, type Shop, someone, type WorkshopOnSale } from '@/sandbox/testing/shop'

/** What a client sends beside its wish reaches Stripe in no form: every request asks for the same session as the honest one. */

let shop: Shop
let workshop: WorkshopOnSale
let honest: unknown

beforeAll(async () => {
  shop = await openShop({ LOG_LEVEL: 'warn' })
  workshop = await shop.sell({
    coupons: { member: 'MEMBER_TAMPER' },
    discounts: [{ code: 'MEMBER_TAMPER', amountOff: 10000 }],
  })
  honest = await sentToStripe({})
})
afterAll(() => shop.stop())

/** What Stripe was asked for, without what is new at every checkout. */
async function sentToStripe(change: object, headers: Record<string, string> = {}) {
  const before = shop.sessionCalls(workshop.priceId).length
  const answer = await shop.register(
    { productId: workshop.productId, email: 'ada@example.com', attemptId: randomUUID(), ...change },
    newVisitor(),
    headers,
  )
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  const calls = shop.sessionCalls(workshop.priceId).slice(before)
  expect(calls).toHaveLength(1)
  const text = JSON.stringify(calls[0]?.params)
  return JSON.parse(
    text
      .replace(/chk_[0-9a-f-]{36}/g, 'chk')
      .replace(/"expires_at":"?\d+"?/, '"expires_at":0')
      .replace(/visitor_[0-9a-f]{32}/g, 'visitor')
      .replace(/"requestId":"[0-9a-f-]{36}"/g, '"requestId":"request"'),
  )
}

const keys: Record<string, unknown> = {
  price: 'price_1',
  unit_amount: 1,
  amount: 1,
  amount_total: 1,
  currency: 'jpy',
  line_items: [{ price: 'price_1', quantity: 1 }],
  discounts: [{ coupon: 'MEMBER_TAMPER' }],
  coupon: 'MEMBER_TAMPER',
  promotion_code: 'MEMBER_TAMPER',
  allow_promotion_codes: true,
  customer: 'cus_1',
  customer_id: 'cus_1',
  customer_email: 'grace@example.com',
  customer_creation: 'if_required',
  userId: 'user_1',
  user: { id: 'user_1', email: 'grace@example.com' },
  viewer: { id: 'user_1', email: 'grace@example.com', member: true },
  buyer: { email: 'grace@example.com', member: true, country: 'IN', variant: 'x' },
  member: true,
  country: 'IN',
  purchaseId: 'purchase_1',
  upgradeFromPurchaseId: 'purchase_1',
  bulkCouponId: 'coupon_1',
  usedCouponId: 'coupon_1',
  success_url: 'https://evil.example',
  cancel_url: 'https://evil.example',
  return_url: 'https://evil.example',
  redirect: 'https://evil.example',
  fallbackUrl: 'https://evil.example',
  mode: 'subscription',
  expires_at: 1,
  client_reference_id: 'me',
  payment_intent_data: { metadata: { source: 'me' } },
  productName: 'Something else',
  tier: 'member',
  variant: 'control',
  visitorId: 'somebody',
  ip: '203.0.113.9',
  idempotencyKey: 'mine',
  __proto__: { member: true },
  constructor: { prototype: { member: true } },
}

describe('keys that nobody asked for', () => {
  test.each(Object.keys(keys))('%s changes nothing', async (name) => {
    expect(await sentToStripe({ [name]: keys[name] })).toEqual(honest)
  })

  test.each([
    'source',
    'userId',
    'productId',
    'product',
    'tier',
    'variant',
    'checkoutId',
    'siteName',
    'type',
    'bulk',
    'country',
    'usedCouponId',
    'upgradeFromPurchaseId',
    '__proto__',
  ])('metadata.%s changes nothing', async (name) => {
    const metadata = JSON.parse(`{"${name}":"forged"}`)
    expect(await sentToStripe({ metadata })).toEqual(await sentToStripe({ metadata: {} }))
  })

  test('a name that is too long for Stripe is refused, and one that looks like another key stays a name', async () => {
    const answer = await shop.register({ productId: workshop.productId, metadata: { name: 'x'.repeat(501) } })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    const params = await sentToStripe({ metadata: { name: 'source=me&userId=you' } })
    expect(params.metadata).toMatchObject({ source: 'egghead-next' })
  })
})

describe('headers', () => {
  test.each([
    ['X-Forwarded-Host', 'evil.example'],
    ['X-Forwarded-Proto', 'http'],
    ['Forwarded', 'host=evil.example;proto=http;for=203.0.113.1'],
    ['X-Original-URL', 'https://evil.example'],
    ['Referer', 'https://evil.example/workshop'],
    ['X-Forwarded-For', '203.0.113.1'],
    ['X-Vercel-IP-Country', 'IN'],
    ['CF-IPCountry', 'IN'],
    ['X-Middleware-Subrequest', 'proxy:proxy:proxy:proxy:proxy'],
    ['Authorization', 'Bearer me'],
    ['Cookie', 'user=admin; egghead_member=true'],
    ['X-HTTP-Method-Override', 'GET'],
    ['Idempotency-Key', 'mine'],
    ['Stripe-Account', 'acct_1'],
  ])('%s: %s changes nothing', async (name, value) => {
    expect(await sentToStripe({}, { [name]: value })).toEqual(honest)
  })
})

describe('what is no wish', () => {
  test.each([
    { quantity: 0 },
    { quantity: -1 },
    { quantity: 1.5 },
    { quantity: 101 },
    { quantity: 1e9 },
    { quantity: '2' },
    { quantity: null },
    { quantity: [1] },
    { productId: '' },
    { productId: ['x'] },
    { productId: { id: 'x' } },
    { productId: 'x\u0000' },
    { email: 'no address' },
    { email: 'a@b.co, c@d.co' },
    { email: 'a@b.co\r\nBcc: c@d.co' },
    { email: { $ne: '' } },
    { couponCode: ['MEMBER_TAMPER'] },
    { couponCode: 'x'.repeat(201) },
    { couponCode: 'x\u0000' },
    { attemptId: 'not-a-uuid' },
    { uiMode: 'elements' },
    { allowDuplicate: 'yes' },
    { metadata: 'text' },
  ])('%j is refused by the name of its field', async (change) => {
    const before = shop.stripe.requests().length
    const answer = await shop.register({ productId: workshop.productId, attemptId: randomUUID(), ...change })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect(JSON.stringify(answer.body.issues)).toContain(`"path":"${Object.keys(change)[0]}`)
    expect(shop.stripe.requests().length).toBe(before)
  })

  test('a member’s code from somebody who types a member’s address', async () => {
    const email = someone()
    await shop.buy({ productId: workshop.productId }, { email }, { as: 'yearly' })
    const answer = await shop.register({
      productId: workshop.productId,
      email: 'grace@example.com',
      couponCode: 'MEMBER_TAMPER',
    })
    expect(answer).toMatchObject({ status: 400, body: { code: 'coupon_not_eligible' } })
  })
})
