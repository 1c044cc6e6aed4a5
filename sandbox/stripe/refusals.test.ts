import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { client, type Harness, PRICE, PRODUCT, refusalOf, startHarness } from './harness'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.close())

type Params = Partial<Stripe.Checkout.SessionCreateParams>
const now = () => Math.floor(Date.now() / 1000)

describe('keys', () => {
  it('are needed, and must be test keys', async () => {
    const live = await refusalOf(client(harness.sandbox.port, 'sk_live_1234567890').balance.retrieve())
    expect(live).toBeInstanceOf(Stripe.errors.StripeAuthenticationError)
    expect(live.statusCode).toBe(401)
    expect(live.message).toContain('Invalid API Key provided: sk_live_')
    expect(live.message).not.toContain('1234567890')
    const none = await fetch(`${harness.sandbox.url}/v1/balance`)
    expect(none.status).toBe(401)
    expect(await none.json()).toMatchObject({
      error: {
        type: 'invalid_request_error',
        message: expect.stringContaining('did not provide an API key'),
      },
    })
  })
})

describe('a refusal', () => {
  it('has Stripe’s body and headers', async () => {
    const response = await fetch(`${harness.sandbox.url}/v1/prices/price_nope`, {
      headers: { Authorization: 'Bearer sk_test_x' },
    })
    expect(response.status).toBe(404)
    expect(response.headers.get('Request-Id')).toMatch(/^req_/)
    expect(response.headers.get('Stripe-Version')).toBe('2026-10-28.endive')
    expect(await response.json()).toEqual({
      error: {
        code: 'resource_missing',
        doc_url: 'https://stripe.com/docs/error-codes/resource-missing',
        message: "No such price: 'price_nope'",
        param: 'id',
        request_log_url: expect.stringContaining('https://dashboard.stripe.com/test/logs/req_'),
        type: 'invalid_request_error',
      },
    })
  })

  it('meets unknown addresses', async () => {
    const response = await fetch(`${harness.sandbox.url}/v1/nothing`, {
      headers: { Authorization: 'Bearer sk_test_x' },
    })
    expect(response.status).toBe(404)
    expect((await response.json()).error.message).toContain('Unrecognized request URL (GET: /v1/nothing)')
  })
})

const META_51 = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v']))

/** name, what is sent, and what the refusal must say: message, code, param. */
const SESSIONS: [string, unknown, RegExp, string | undefined, string | undefined][] = [
  [
    'an unknown parameter',
    { payment_method_types: ['card'] },
    /^Received unknown parameter: payment_method_types$/,
    'parameter_unknown',
    'payment_method_types',
  ],
  [
    'an unknown nested one',
    { line_items: [{ price: PRICE, quantity: 1, amount: 3 }] },
    /line_items\[0\]\[amount\]/,
    'parameter_unknown',
    'line_items[0][amount]',
  ],
  ['no mode', { mode: undefined }, /^Missing required param: mode\.$/, 'parameter_missing', 'mode'],
  [
    'no line items',
    { line_items: undefined },
    /^Missing required param: line_items/,
    'parameter_missing',
    'line_items',
  ],
  ['no success_url', { success_url: undefined }, /success_url/, 'parameter_missing', 'success_url'],
  [
    'a mode that is none',
    { mode: 'gift' },
    /^Invalid mode: must be one of payment, setup, or subscription$/,
    undefined,
    'mode',
  ],
  [
    'customer with customer_email',
    { customer: 'cus_1', customer_email: 'a@b.co' },
    /^You may only specify one of these parameters: customer, customer_email\.$/,
    undefined,
    'customer',
  ],
  [
    'customer with customer_creation',
    { customer: 'cus_1', customer_creation: 'always' },
    /customer, customer_creation/,
    undefined,
    'customer',
  ],
  [
    'discounts with allow_promotion_codes',
    { allow_promotion_codes: false, discounts: [{ coupon: 'X' }] },
    /^You may only specify one of these parameters: allow_promotion_codes, discounts\.$/,
    undefined,
    'allow_promotion_codes',
  ],
  [
    'two discounts',
    { discounts: [{ coupon: 'X' }, { coupon: 'Y' }] },
    /one discount/,
    undefined,
    'discounts',
  ],
  [
    'success_url on an embedded page',
    { ui_mode: 'embedded_page', cancel_url: undefined, return_url: 'https://a.test' },
    /success_url/,
    undefined,
    'success_url',
  ],
  ['return_url on a hosted page', { return_url: 'https://a.test' }, /return_url/, undefined, 'return_url'],
  [
    'an unknown price',
    { line_items: [{ price: 'price_x', quantity: 1 }] },
    /^No such price: 'price_x'$/,
    'resource_missing',
    'line_items[0][price]',
  ],
  [
    'an unknown coupon',
    { discounts: [{ coupon: 'NOPE' }] },
    /^No such coupon: 'NOPE'$/,
    'resource_missing',
    'discounts[0][coupon]',
  ],
  [
    'an unknown promotion code',
    { discounts: [{ promotion_code: 'promo_x' }] },
    /^No such promotion code: 'promo_x'$/,
    'resource_missing',
    'discounts[0][promotion_code]',
  ],
  [
    'an unknown customer',
    { customer: 'cus_x' },
    /^No such customer: 'cus_x'$/,
    'resource_missing',
    'customer',
  ],
  [
    'no quantity',
    { line_items: [{ price: PRICE }] },
    /^Quantity is required/,
    'parameter_missing',
    'line_items[0][quantity]',
  ],
  [
    'a quantity of none',
    { line_items: [{ price: PRICE, quantity: 0 }] },
    /greater than or equal to 1/,
    'parameter_invalid_integer',
    'line_items[0][quantity]',
  ],
  [
    'a quantity that is none',
    { line_items: [{ price: PRICE, quantity: 1.5 }] },
    /^Invalid integer: 1\.5$/,
    'parameter_invalid_integer',
    'line_items[0][quantity]',
  ],
  [
    'an e-mail that is none',
    { customer_email: 'ada' },
    /^Invalid email address: ada$/,
    'email_invalid',
    'customer_email',
  ],
  [
    'an empty e-mail',
    { customer_email: '' },
    /^You passed an empty string for 'customer_email'/,
    'parameter_invalid_empty',
    'customer_email',
  ],
  [
    'a long reference',
    { client_reference_id: 'x'.repeat(201) },
    /at most 200 characters/,
    undefined,
    'client_reference_id',
  ],
  ['an address that is none', { cancel_url: '/workshop' }, /^Not a valid URL/, 'url_invalid', 'cancel_url'],
  ['too many metadata', { metadata: META_51 }, /up to 50 keys/, undefined, 'metadata'],
  [
    'a long metadata key',
    { metadata: { ['k'.repeat(41)]: 'v' } },
    /keys can have up to 40 characters/,
    undefined,
    'metadata',
  ],
  [
    'a long metadata value',
    { metadata: { k: 'v'.repeat(501) } },
    /values can have up to 500 characters/,
    undefined,
    'metadata',
  ],
  [
    'too soon an end',
    { expires_at: now() + 29 * 60 },
    /^The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation\.$/,
    undefined,
    'expires_at',
  ],
  [
    'too late an end',
    { expires_at: now() + 25 * 3600 },
    /^The `expires_at` timestamp must be less than 24 hours from Checkout Session creation\.$/,
    undefined,
    'expires_at',
  ],
  [
    'too small an amount',
    { line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 49, product: PRODUCT } }] },
    /must add up to at least \$0\.50 usd/,
    'amount_too_small',
    undefined,
  ],
  [
    'too large an amount',
    {
      line_items: [
        { quantity: 11, price_data: { currency: 'usd', unit_amount: 10_000_000, product: PRODUCT } },
      ],
    },
    /must be no more than \$999,999\.99/,
    'amount_too_large',
    undefined,
  ],
]

describe('a checkout session is refused with', () => {
  for (const [name, params, message, code, param] of SESSIONS)
    it(name, async () => {
      const refusal = await refusalOf(harness.makeSession(params as Params))
      expect(refusal).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError)
      expect(refusal.message).toMatch(message)
      expect(refusal.statusCode).toBe(400)
      expect(refusal.code).toBe(code)
      expect(refusal.param).toBe(param)
      expect(refusal.requestId).toMatch(/^req_/)
    })

  it('an inactive price', async () => {
    const price = await harness.stripe.prices.create({ product: PRODUCT, currency: 'usd', unit_amount: 900 })
    await harness.stripe.prices.update(price.id, { active: false })
    const refusal = await refusalOf(harness.makeSession({ line_items: [{ price: price.id, quantity: 1 }] }))
    expect(refusal.message).toBe('The price specified is inactive. This field only accepts active prices.')
  })

  it('a session that is not open is not expired again', async () => {
    const session = await harness.makeSession()
    await harness.stripe.checkout.sessions.expire(session.id)
    const refusal = await refusalOf(harness.stripe.checkout.sessions.expire(session.id))
    expect(refusal.message).toContain('status of `expired`')
    expect((await refusalOf(harness.stripe.checkout.sessions.retrieve('cs_nope'))).statusCode).toBe(404)
  })
})

describe('the catalogue refuses', () => {
  it('ids and codes that are taken', async () => {
    const { stripe } = harness
    await stripe.coupons.create({ id: 'TAKEN', percent_off: 10 })
    expect((await refusalOf(stripe.coupons.create({ id: 'TAKEN', percent_off: 10 }))).code).toBe(
      'resource_already_exists',
    )
    const promotion = { type: 'coupon', coupon: 'TAKEN' } as const
    const first = await stripe.promotionCodes.create({ code: 'DOUBLE', promotion })
    expect((await refusalOf(stripe.promotionCodes.create({ code: 'double', promotion }))).message).toContain(
      'already exists',
    )
    await stripe.promotionCodes.update(first.id, { active: false })
    expect((await stripe.promotionCodes.create({ code: 'DOUBLE', promotion })).active).toBe(true)
  })

  it('coupons that are neither or both', async () => {
    const { stripe } = harness
    expect((await refusalOf(stripe.coupons.create({ duration: 'once' }))).message).toContain(
      'percent_off or amount_off',
    )
    expect((await refusalOf(stripe.coupons.create({ amount_off: 5 }))).param).toBe('currency')
    expect((await refusalOf(stripe.coupons.create({ percent_off: 101 }))).param).toBe('percent_off')
  })
})
