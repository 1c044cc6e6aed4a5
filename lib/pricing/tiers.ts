import { format, parseISO } from 'date-fns'
import type { OfferTier } from '@/lib/contract/types'
import type { ProductConfig, TierCodes } from '@/lib/contract/workshop'
import { earlyBirdEnd } from './early-bird'

/** What the server itself knows of the buyer: a verified membership, the country of the platform's header. */
export type PricingBuyer = { member?: boolean | undefined; country?: string | undefined }

export type TierInput = {
  config: ProductConfig
  buyer: PricingBuyer
  now: Date
  timeZone: string
  /** Codes of another workshop's tiers (`tierCodes`). One that this product doesn't name itself is no plain code here. */
  tiedElsewhere?: readonly string[] | undefined
}

export type ClaimTier = Exclude<OfferTier, 'standard' | 'code'>

/** A price that a code stands for, and whether this buyer may have it now. */
export type Tier = {
  tier: ClaimTier
  code: string
  entitled: boolean
  /** Of a `ppp` price. ISO 3166-1 alpha-2. */
  country?: string
  /** Of an early-bird price: when its window ends. */
  endsAt?: Date
}

/**
 * The early-bird window's end; null where there is none. A date or a zone that can't be read makes no window: the
 * regular price is sold, and nobody's page breaks.
 */
export function earlyBirdWindow(config: ProductConfig, timeZone: string): Date | null {
  if (!config.earlyBirdEndDate) return null
  try {
    return earlyBirdEnd(config.earlyBirdEndDate, timeZone)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** `5 December`, of the window's date as it was declared. */
export const earlyBirdDay = (config: ProductConfig): string =>
  config.earlyBirdEndDate ? format(parseISO(config.earlyBirdEndDate), 'd MMMM') : ''

const sameCountry = (left: string | undefined, right: string) => left?.toUpperCase() === right.toUpperCase()

/** Every tier that the product has a code for. Of equal prices the earlier in this list is taken. */
export function tiersOf({ config, buyer, now, timeZone }: TierInput): Tier[] {
  const { member, earlyBirdMember, earlyBird, ppp = {} } = config.coupons ?? {}
  const isMember = buyer.member === true
  const endsAt = earlyBirdWindow(config, timeZone)
  const isOpen = endsAt !== null && now < endsAt
  const window = endsAt && { endsAt }
  const tiers: Tier[] = []
  if (member) tiers.push({ tier: 'member', code: member, entitled: isMember })
  if (earlyBirdMember) {
    tiers.push({ tier: 'early-bird-member', code: earlyBirdMember, entitled: isMember && isOpen, ...window })
  }
  if (earlyBird) tiers.push({ tier: 'early-bird', code: earlyBird, entitled: isOpen, ...window })
  for (const [country, code] of Object.entries(ppp)) {
    if (code) tiers.push({ tier: 'ppp', code, country, entitled: sameCountry(buyer.country, country) })
  }
  return tiers
}

/**
 * Whether two codes may be the same to Stripe. Its promotion codes don't heed case (coupon ids do), and a code that may be a
 * tier's is always taken for it, so that `member` is no way around `MEMBER`.
 */
export const sameCode = (left: string, right: string): boolean => left.toUpperCase() === right.toUpperCase()

/** Whether the product's declaration names this code, exactly: only such a one may be a coupon's id. */
export function isListedCode(config: ProductConfig, code: string): boolean {
  const { ppp = {}, ...tiers } = config.coupons ?? {}
  return [...Object.values(tiers), ...Object.values(ppp)].includes(code)
}

type Loose<T> = { [name in keyof T]: T[name] | undefined }

/** The codes that ask who somebody is: a member, or in a country. */
export function claimCodes({ coupons = {} }: { coupons?: Loose<TierCodes> }): string[] {
  const { member, earlyBirdMember, ppp = {} } = coupons
  return [member, earlyBirdMember, ...Object.values(ppp)].filter((code) => code !== undefined)
}

/** Every code that is tied to a tier. */
export const tierCodes = ({ coupons = {} }: { coupons?: Loose<TierCodes> }): string[] => [
  ...claimCodes({ coupons }),
  ...(coupons.earlyBird ? [coupons.earlyBird] : []),
]

/** Whether a code is tied to a tier of another workshop, and not named by this one. */
export function isTiedElsewhere(input: TierInput, code: string): boolean {
  return (
    !tiersOf(input).some((tier) => sameCode(tier.code, code)) &&
    (input.tiedElsewhere ?? []).some((tied) => sameCode(tied, code))
  )
}

/**
 * The codes that must be looked up at Stripe before `decideOffer`, without duplicates, as the product spells them: those of
 * the tiers that this buyer is entitled to (their country's among them), and the one asked for.
 */
export function relevantCodes(input: TierInput & { couponCode?: string | undefined }): string[] {
  const tiers = tiersOf(input)
  const codes = tiers.filter((tier) => tier.entitled).map((tier) => tier.code)
  const asked = input.couponCode?.trim()
  const known = asked && tiers.some((tier) => sameCode(tier.code, asked))
  if (asked && !known && !isTiedElsewhere(input, asked)) codes.push(asked)
  return [...new Set(codes)]
}

/**
 * The code that a payment link may carry when Stripe can't be asked what it is worth: the one asked for, unless it is a
 * tier's that this buyer has no claim to; else a tier's that was verified for them; else the public early-bird one, or none.
 */
export function linkCode(input: TierInput & { couponCode?: string | undefined }): string | undefined {
  const tiers = tiersOf(input)
  const asked = input.couponCode?.trim()
  if (asked && !isTiedElsewhere(input, asked)) {
    const tied = tiers.filter((tier) => sameCode(tier.code, asked))
    if (tied.length === 0) return asked
    const claimed = tied.find((tier) => tier.entitled)
    if (claimed) return claimed.code
  }
  const order: ClaimTier[] = ['early-bird-member', 'member', 'early-bird']
  return order
    .map((name) => tiers.find((tier) => tier.tier === name && tier.entitled)?.code)
    .find((code) => code !== undefined)
}
