import type { Money } from '@/lib/contract/types'
import type { ProductConfig } from '@/lib/contract/workshop'
import type { StripeDiscount } from './coupon'
import type { OfferInput } from './offer'
import { relevantCodes } from './tiers'

/** A workshop at $499 with a code for each tier, as tests of the offer need it. */
export const usd = (amount: number): Money => ({ amount, currency: 'usd' })

export const promotion = (code: string, over: Partial<StripeDiscount> = {}): StripeDiscount => ({
  code,
  kind: 'promotion_code',
  promotionCodeId: `promo_${code}`,
  couponId: `c_${code}`,
  valid: true,
  ...over,
})

export const config: ProductConfig = {
  earlyBirdEndDate: '2026-12-05',
  coupons: {
    earlyBirdMember: 'EARLY_BIRD_MEMBER',
    member: 'MEMBER',
    earlyBird: 'EARLY_BIRD',
    ppp: { IN: 'PPP_IN', BR: 'PPP_BR' },
  },
}

export const catalogue: StripeDiscount[] = [
  promotion('EARLY_BIRD_MEMBER', { amountOff: usd(15000) }),
  promotion('MEMBER', { amountOff: usd(10000) }),
  promotion('EARLY_BIRD', { amountOff: usd(7500) }),
  promotion('PPP_IN', { percentOff: 60 }),
  promotion('PPP_BR', { percentOff: 50 }),
  promotion('FRIENDS', { percentOff: 20 }),
  promotion('SCHOLARSHIP', { percentOff: 100 }),
  promotion('HUGE', { amountOff: usd(90000) }),
]

export const early = new Date('2026-12-01T12:00:00Z')
export const late = new Date('2026-12-07T12:00:00Z')

/** Looks up just what `relevantCodes` asks for, and ignores case where Stripe does. */
export function input(over: Partial<OfferInput> = {}, known: StripeDiscount[] = catalogue): OfferInput {
  const given = {
    now: early,
    base: usd(49900),
    quantity: 1,
    timeZone: 'America/Los_Angeles',
    config,
    buyer: { member: false },
    sale: { state: 'open' } as const,
    stripeProductId: 'prod_1',
    ...over,
  }
  const find = (code: string) =>
    known.find((one) =>
      one.kind === 'coupon' ? one.code === code : one.code.toUpperCase() === code.toUpperCase(),
    ) ?? null
  const discounts = new Map(relevantCodes(given).map((code) => [code, find(code)]))
  return { discounts, ...given }
}
