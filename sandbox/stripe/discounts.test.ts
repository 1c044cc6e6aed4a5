import type Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, PRICE, refusalOf, startHarness } from './harness'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
  harness.control.seed({
    products: [{ id: 'prod_book', name: 'Book' }],
    prices: [{ id: 'price_book', product: 'prod_book', currency: 'usd', unit_amount: 3333 }],
    coupons: [
      { id: 'THIRD', percent_off: 33.3 },
      { id: 'TEN', amount_off: 1000, currency: 'usd' },
      { id: 'TEN_EUR', amount_off: 1000, currency: 'eur' },
      { id: 'ALL', percent_off: 100 },
      { id: 'ALMOST', amount_off: 49_880, currency: 'usd' },
      { id: 'BOOK', percent_off: 50, applies_to: { products: ['prod_book'] } },
      { id: 'ONCE', percent_off: 10, max_redemptions: 1 },
      { id: 'SHORT', percent_off: 10, redeem_by: Math.floor(Date.now() / 1000) + 600 },
    ],
  })
})
afterAll(() => harness.close())

const BOTH = [
  { price: PRICE, quantity: 1 },
  { price: 'price_book', quantity: 3 },
]
const session = (
  discount: Stripe.Checkout.SessionCreateParams.Discount,
  items = [{ price: PRICE, quantity: 1 }],
) => harness.makeSession({ discounts: [discount], line_items: items })
let codes = 0
const code = (coupon: string, params: Partial<Stripe.PromotionCodeCreateParams> = {}) => {
  codes += 1
  return harness.stripe.promotionCodes.create({
    promotion: { type: 'coupon', coupon },
    code: `C${codes}`,
    ...params,
  })
}

describe('what a discount takes off', () => {
  it('a percentage is rounded on each item', async () => {
    const made = await session({ coupon: 'THIRD' }, BOTH)
    // 49,900 × 33.3 % = 16,616.7; 9,999 × 33.3 % = 3,329.667
    expect(made.total_details?.amount_discount).toBe(16_617 + 3330)
    expect(made).toMatchObject({ amount_subtotal: 59_899, amount_total: 59_899 - 19_947 })
    expect(made.discounts).toEqual([{ coupon: 'THIRD', promotion_code: null }])
    const lines = await harness.stripe.checkout.sessions.listLineItems(made.id)
    expect(lines.data.map((line) => line.amount_total)).toEqual([33_283, 6669])
  })

  it('an amount is spread over the items and never more than they cost', async () => {
    const made = await session({ coupon: 'TEN' }, BOTH)
    const lines = await harness.stripe.checkout.sessions.listLineItems(made.id)
    expect(lines.data.reduce((sum, line) => sum + line.amount_discount, 0)).toBe(1000)
    expect(made.amount_total).toBe(58_899)
  })

  it('a coupon for some products leaves the others alone', async () => {
    const made = await session({ coupon: 'BOOK' }, BOTH)
    expect(made.total_details?.amount_discount).toBe(5000)
    const coupon = await harness.stripe.coupons.retrieve('BOOK', { expand: ['applies_to'] })
    expect(coupon.applies_to?.products).toEqual(['prod_book'])
    expect((await harness.stripe.coupons.retrieve('BOOK')).applies_to).toBeUndefined()
  })

  it('its parts are in the breakdown, with the coupon at source.coupon', async () => {
    const promotion = await code('TEN')
    const made = await session({ promotion_code: promotion.id })
    expect(made.discounts).toEqual([{ coupon: null, promotion_code: promotion.id }])
    const full = await harness.stripe.checkout.sessions.retrieve(made.id, {
      expand: ['total_details.breakdown', 'discounts.promotion_code'],
    })
    expect(full.total_details?.breakdown?.discounts).toMatchObject([
      { amount: 1000, discount: { promotion_code: promotion.id, source: { type: 'coupon', coupon: 'TEN' } } },
    ])
    expect(full.discounts?.[0]?.promotion_code).toMatchObject({ code: promotion.code })
  })

  it('everything: nothing to pay, no payment intent, no charge', async () => {
    const made = await session({ coupon: 'ALL' })
    expect(made.amount_total).toBe(0)
    const paid = await harness.control.pay(made.id, { email: 'free@example.com' })
    expect(paid).toMatchObject({
      kind: 'complete',
      session: { payment_status: 'no_payment_required', payment_intent: null, status: 'complete' },
    })
  })
})

describe('a discount is refused', () => {
  it('in another currency, for other products, and when too little is left', async () => {
    expect((await refusalOf(session({ coupon: 'TEN_EUR' }))).message).toContain('currency')
    expect((await refusalOf(session({ coupon: 'BOOK' }))).message).toContain('does not apply to anything')
    expect((await refusalOf(session({ coupon: 'ALMOST' }))).code).toBe('amount_too_small')
  })

  it('when it is used up: counted at payment, not before', async () => {
    const first = await session({ coupon: 'ONCE' })
    const second = await session({ coupon: 'ONCE' })
    expect((await harness.stripe.coupons.retrieve('ONCE')).times_redeemed).toBe(0)
    await harness.control.pay(first.id)
    expect(await harness.stripe.coupons.retrieve('ONCE')).toMatchObject({ times_redeemed: 1, valid: false })
    expect(await harness.control.pay(second.id)).toMatchObject({ kind: 'declined' })
    expect((await refusalOf(session({ coupon: 'ONCE' }))).code).toBe('coupon_expired')
  })

  it('when the code is switched off, expired, or somebody else’s', async () => {
    const off = await code('TEN', { active: false })
    expect((await refusalOf(session({ promotion_code: off.id }))).message).toBe(
      'This promotion code is inactive.',
    )
    const mine = await code('TEN', { customer: (await harness.stripe.customers.create()).id })
    expect((await refusalOf(session({ promotion_code: mine.id }))).message).toContain('another customer')
    const used = await code('TEN', { max_redemptions: 1 })
    await harness.control.pay((await session({ promotion_code: used.id })).id)
    expect(await harness.stripe.promotionCodes.retrieve(used.id)).toMatchObject({
      active: false,
      times_redeemed: 1,
    })
    expect((await refusalOf(session({ promotion_code: used.id }))).message).toContain(
      'maximum number of times',
    )
  })

  it('below its minimum, and to who has bought before', async () => {
    const minimum = await code('TEN', {
      restrictions: { minimum_amount: 50_000, minimum_amount_currency: 'usd' },
    })
    expect((await refusalOf(session({ promotion_code: minimum.id }))).message).toContain(
      'minimum amount requirement',
    )
    expect((await session({ promotion_code: minimum.id }, BOTH)).status).toBe('open')
    const first = await code('TEN', { restrictions: { first_time_transaction: true } })
    const customer = await harness.stripe.customers.create({ email: 'twice@example.com' })
    const again = () =>
      harness.makeSession({ customer: customer.id, discounts: [{ promotion_code: first.id }] })
    await harness.control.pay((await again()).id)
    expect((await refusalOf(again())).message).toBe(
      'This promotion code cannot be redeemed because the associated customer has prior transactions.',
    )
  })

  it('once its time is over', async () => {
    const late = await code('TEN', { expires_at: Math.floor(Date.now() / 1000) + 600 })
    await harness.control.advanceClock(601)
    expect((await refusalOf(session({ promotion_code: late.id }))).message).toBe(
      'This promotion code is expired.',
    )
    expect((await refusalOf(session({ coupon: 'SHORT' }))).message).toBe('Coupon expired: SHORT')
    const { data } = await harness.stripe.promotionCodes.list({ code: late.code, active: true })
    expect(data).toEqual([])
    await harness.control.setClock(0)
  })
})
