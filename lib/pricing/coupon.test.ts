import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { couponProblem, discountOn, type StripeDiscount } from './coupon'

const usd = (amount: number) => ({ amount, currency: 'usd' })
const coupon = (over: Partial<StripeDiscount>): StripeDiscount => ({
  code: 'SPRING',
  kind: 'promotion_code',
  promotionCodeId: 'promo_1',
  couponId: 'c_1',
  valid: true,
  ...over,
})

const now = new Date('2026-12-01T12:00:00Z')
const context = { now, subtotal: usd(49900), stripeProductId: 'prod_1' }

describe('discountOn', () => {
  it.each([
    ['20 %', coupon({ percentOff: 20 }), 49900, 9980],
    ['all of it', coupon({ percentOff: 100 }), 49900, 49900],
    ['an amount', coupon({ amountOff: usd(7500) }), 49900, 7500],
    ['an amount larger than the price', coupon({ amountOff: usd(60000) }), 49900, 49900],
    ['an amount once, for three seats', coupon({ amountOff: usd(7500) }), 149700, 7500],
    ['another currency', coupon({ amountOff: { amount: 7500, currency: 'eur' } }), 49900, 0],
    ['neither', coupon({}), 49900, 0],
  ])('%s', (_, discount, subtotal, off) => {
    expect(discountOn(usd(subtotal), discount)).toEqual(usd(off))
  })

  it('takes off between nothing and everything', () => {
    const discount = fc.oneof(
      fc.double({ min: -10, max: 200, noNaN: true }).map((percentOff) => coupon({ percentOff })),
      fc.integer({ min: -100, max: 200_000 }).map((amount) => coupon({ amountOff: usd(amount) })),
    )
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), discount, (amount, given) => {
        const off = discountOn(usd(amount), given).amount
        expect(Number.isInteger(off) && off >= 0 && off <= amount).toBe(true)
      }),
    )
  })
})

describe('couponProblem', () => {
  const good = { percentOff: 20 }
  it.each([
    ['fit', coupon(good), null],
    ['fit for a listed product', coupon({ ...good, appliesTo: ['prod_2', 'prod_1'] }), null],
    ['fit until it expires', coupon({ ...good, expiresAt: '2026-12-01T12:00:01Z' }), null],
    ['expired at that very second', coupon({ ...good, expiresAt: '2026-12-01T12:00:00Z' }), 'expired'],
    ['with an unreadable end', coupon({ ...good, expiresAt: 'soon' }), 'expired'],
    ['used up', coupon({ ...good, exhausted: true, valid: false }), 'exhausted'],
    ['not valid', coupon({ ...good, valid: false }), 'invalid'],
    ['worth nothing', coupon({}), 'invalid'],
    ["another product's", coupon({ ...good, appliesTo: ['prod_2'] }), 'other-product'],
    ['in another currency', coupon({ amountOff: { amount: 1, currency: 'eur' } }), 'currency'],
    ['above a minimum', coupon({ ...good, minimumAmount: usd(49900) }), null],
    ['below a minimum', coupon({ ...good, minimumAmount: usd(49901) }), 'minimum'],
    ['a minimum in yen', coupon({ ...good, minimumAmount: { amount: 1, currency: 'jpy' } }), 'currency'],
    ["first-timers only: Stripe's to check", coupon({ ...good, firstTimeOnly: true }), null],
  ])('%s', (_, discount, problem) => {
    expect(couponProblem(discount, context)).toBe(problem)
  })

  it('does not guess that an unknown product is meant', () => {
    const discount = coupon({ ...good, appliesTo: ['prod_1'] })
    expect(couponProblem(discount, { now, subtotal: usd(1) })).toBe('other-product')
  })
})
