import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { StripeDiscount } from './coupon'
import { earlyBirdEnd } from './early-bird'
import { decideOffer } from './offer'
import { input, promotion } from './offer.testing'

const codes = ['EARLY_BIRD_MEMBER', 'MEMBER', 'EARLY_BIRD', 'PPP_IN', 'PPP_BR', 'FRIENDS', 'SCHOLARSHIP']
const currency = fc.constantFrom('usd', 'jpy', 'kwd')

const worth = currency.chain((inCurrency) =>
  fc.oneof(
    fc.integer({ min: 0, max: 10_000 }).map((hundredths) => ({ percentOff: hundredths / 100 })),
    fc
      .integer({ min: 0, max: 20_000 })
      .map((tens) => ({ amountOff: { amount: tens * 10, currency: inCurrency } })),
  ),
)
const known = fc
  .tuple(
    ...codes.map((code) =>
      fc.option(fc.tuple(worth, fc.boolean()).map(([value, valid]) => promotion(code, { ...value, valid }))),
    ),
  )
  .map((list) => list.filter((one): one is StripeDiscount => one !== null))
const casing = (code: string) => fc.constantFrom(code, code.toLowerCase())
const couponCode = fc.option(fc.constantFrom(...codes, 'NOBODYS').chain(casing), { nil: undefined })

const scenario = fc
  .record({
    now: fc.date({
      min: new Date('2026-12-04T00:00:00Z'),
      max: new Date('2026-12-08T00:00:00Z'),
      noInvalidDate: true,
    }),
    base: fc.record({ amount: fc.integer({ min: 0, max: 10_000 }).map((tens) => tens * 10), currency }),
    quantity: fc.integer({ min: 1, max: 100 }),
    timeZone: fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
    buyer: fc.record({ member: fc.boolean(), country: fc.constantFrom('IN', 'br', 'DE', undefined) }),
    couponCode,
    known,
  })
  .map(({ known, ...over }) => input(over, known))

const isOpen = ({ now, timeZone }: { now: Date; timeZone: string }) =>
  now < earlyBirdEnd('2026-12-05', timeZone)

it('total is price times quantity less the discount, which is never below nothing nor above everything', () => {
  fc.assert(
    fc.property(scenario, (given) => {
      const { offer } = decideOffer(given)
      const subtotal = given.base.amount * given.quantity
      expect(offer.base.amount).toBe(subtotal)
      expect(offer.total.amount).toBe(subtotal - offer.discount.amount)
      expect(offer.discount.amount).toBeGreaterThanOrEqual(0)
      expect(offer.discount.amount).toBeLessThanOrEqual(subtotal)
      const currencies = [offer.base, offer.discount, offer.total].map((money) => money.currency)
      expect(new Set(currencies)).toEqual(new Set([given.base.currency]))
    }),
    { numRuns: 2000 },
  )
})

it('nobody gets a tier, or a link with its code, without a claim to it', () => {
  fc.assert(
    fc.property(scenario, (given) => {
      const { offer, fallbackCode, discount } = decideOffer(given)
      const { member, country } = given.buyer
      const claims: Record<string, boolean> = {
        MEMBER: member === true,
        EARLY_BIRD: isOpen(given),
        EARLY_BIRD_MEMBER: member === true && isOpen(given),
        PPP_IN: country === 'IN',
        PPP_BR: country === 'br',
      }
      for (const code of [discount?.code, fallbackCode, offer.couponCode, offer.ppp?.couponCode]) {
        if (code !== undefined) expect([code, claims[code] ?? true]).toEqual([code, true])
      }
      if (offer.tier === 'code') expect(claims).not.toHaveProperty(offer.couponCode ?? '')
      // A country's price is taken, never given.
      if (offer.tier === 'ppp') expect(given.couponCode?.toUpperCase()).toBe(offer.couponCode)
    }),
    { numRuns: 2000 },
  )
})

it('no claim of the buyer’s, asked for by itself, is cheaper than what they get without asking', () => {
  fc.assert(
    fc.property(scenario, (given) => {
      const best = decideOffer({ ...given, couponCode: undefined }).offer
      for (const code of ['MEMBER', 'EARLY_BIRD', 'EARLY_BIRD_MEMBER']) {
        const { offer } = decideOffer({ ...given, couponCode: code })
        if (!offer.problem) expect(best.total.amount).toBeLessThanOrEqual(offer.total.amount)
        else expect(offer).toEqual({ ...best, problem: offer.problem })
      }
    }),
    { numRuns: 1000 },
  )
})

it('a code asked for is either used or explained', () => {
  fc.assert(
    fc.property(scenario, (given) => {
      const { offer } = decideOffer(given)
      const used = given.couponCode !== undefined && offer.couponCode === given.couponCode.toUpperCase()
      expect(given.couponCode === undefined || used || offer.problem !== undefined).toBe(true)
    }),
    { numRuns: 1000 },
  )
})
