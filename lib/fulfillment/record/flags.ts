import 'server-only'
import type { CheckoutFlag, CheckoutSessionRow } from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { claimCodes, earlyBirdWindow, tierCodes } from '@/lib/pricing/tiers'
import type { SaleFacts } from '../stripe-session'
import { usedOneOf } from './purchase'

/** What Stripe's session says for good, whenever it is asked; that a sale was one too many is told only as it is recorded. */
export function lastingFlags(
  facts: SaleFacts,
  product: CatalogueProduct,
  checkout: Pick<CheckoutSessionRow, 'email'>,
): CheckoutFlag[] {
  const flags: CheckoutFlag[] = []
  if (usedWithoutClaim(facts, product)) flags.push('coupon_without_claim')
  if (!facts.email && !checkout.email) flags.push('no_address')
  if (facts.alsoSold.length > 0) flags.push('several_products')
  return flags
}

/** A link can't check a claim: a tier's code in it may have been anybody's, and an early-bird one used when its window was over. */
export function usedWithoutClaim(facts: SaleFacts, { config, workshop }: CatalogueProduct): boolean {
  if (facts.paymentLink === undefined) return false
  const ends = earlyBirdWindow(config, workshop.timeZone)
  const tooLate = ends === null || facts.createdAt >= ends
  return usedOneOf(facts, tooLate ? tierCodes(config) : claimCodes(config))
}
