import type { Money, OfferProblem } from '@/lib/contract/types'
import type { ProductConfig } from '@/lib/contract/workshop'
import type { StripeDiscount } from './coupon'
import { formatMoney } from './money'
import { earlyBirdDay, type Tier } from './tiers'

/** What a buyer reads about their price: why it is this one, and why a code was left out. */

const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' })

function countryName(code: string | undefined): string {
  return code && /^[A-Za-z]{2}$/.test(code) ? (regions.of(code.toUpperCase()) ?? code) : 'one country'
}

export function tierReason(tier: Tier, config: ProductConfig): string {
  switch (tier.tier) {
    case 'member':
      return 'Price for yearly members'
    case 'early-bird':
      return `Early-bird price until ${earlyBirdDay(config)}`
    case 'early-bird-member':
      return `Early-bird price for yearly members until ${earlyBirdDay(config)}`
    case 'ppp':
      return `Price for buyers in ${countryName(tier.country)}`
  }
}

export function codeReason(discount: StripeDiscount, total: Money): string {
  if (total.amount === 0) return `Free with the code ${discount.code}`
  const off = discount.amountOff ? formatMoney(discount.amountOff) : `${discount.percentOff ?? 0}%`
  return `${off} off with the code ${discount.code}`
}

export const invalidCoupon = (code: string): OfferProblem => ({
  code: 'invalid_coupon',
  error: `The code ${code} doesn't work for this workshop. You can register without it or try another one.`,
})

export const notChecked = (code: string): OfferProblem => ({
  code: 'rate_limited',
  error: `Many codes were tried in a short time, so ${code} was not looked up. Wait a minute and enter it again, or register without it.`,
})

/** `instead` is what the buyer would pay without the code. */
export function notEligible(
  code: string,
  tier: Tier,
  config: ProductConfig,
  isOver: boolean,
  instead: Money,
) {
  return {
    code: 'coupon_not_eligible',
    error: `${whoFor(code, tier, config, isOver)} ${nextStep(tier, isOver, formatMoney(instead))}`,
  } satisfies OfferProblem
}

function whoFor(code: string, { tier, country }: Tier, config: ProductConfig, isOver: boolean): string {
  if (tier === 'ppp') return `${code} is a price for buyers in ${countryName(country)}.`
  if (tier === 'member') return `${code} is a price for yearly members.`
  if (!isOver) return `${code} is an early-bird price for yearly members.`
  const day = earlyBirdDay(config)
  return day
    ? `${code} was the early-bird price until ${day}.`
    : `${code} is an early-bird price, which is over.`
}

function nextStep({ tier }: Tier, isOver: boolean, price: string): string {
  const forMembers = tier === 'member' || (tier === 'early-bird-member' && !isOver)
  return forMembers
    ? `Sign in with your membership, or register at ${price}.`
    : `You can register at ${price}.`
}
