import 'server-only'
import { CheckoutError, isFault } from '@/lib/contract/errors'
import { slugSchema } from '@/lib/contract/schemas'
import type { Offer } from '@/lib/contract/types'
import { declaredWorkshops } from '@/lib/workshops'
import { declaredOffer } from './declared-offer'
import { shownOffer } from './shown-offer'
import type { Storefront } from './storefront'
import { lookupsOf, type Visitor } from './visitor'

/** What can be no slug is none of ours, here as behind another server: nobody is asked, and nothing remembers it. @throws CheckoutError `product_not_found` */
export function possibleSlug(slug: string): string {
  if (!slugSchema.safeParse(slug).success) throw new CheckoutError('product_not_found')
  return slug
}

type Question = { slug: string; couponCode?: string | undefined; quantity: number }

/**
 * What this visitor is told of a workshop's price, by the page and by the browser's route alike; where nobody can be asked and nothing
 * was heard before, what `workshops.config.ts` says.
 *
 * @throws CheckoutError `product_not_found`, `misconfigured`, or the fault, where the workshop isn't declared either
 */
export async function tellOffer(
  side: Storefront,
  question: Question,
  visitor: Visitor,
  requestId: string,
): Promise<Offer> {
  const { couponCode, quantity } = question
  const slug = possibleSlug(question.slug)
  const request = { slug, quantity, ...(couponCode && { couponCode }) }
  try {
    const answer = await side.gateway.offer(request, visitor.buyer, {
      requestId,
      countLookup: lookupsOf(side, visitor),
    })
    return shownOffer(answer, visitor)
  } catch (error) {
    const declared = declaredTold(question, visitor)
    if (!declared || !isFault(error) || isMisconfigured(error)) throw error
    side.log.error(
      { event: 'offer.unavailable', slug, requestId, err: error },
      'an offer is told from the declaration alone',
    )
    return declared
  }
}

/** A price that Stripe doesn't sell at is no outage: it has to alarm. */
const isMisconfigured = (error: unknown) => error instanceof CheckoutError && error.code === 'misconfigured'

/** What `workshops.config.ts` says of a workshop, to this visitor. */
export function declaredTold(
  { slug, couponCode, quantity }: Question,
  { buyer }: Visitor,
): Offer | undefined {
  const declared = declaredWorkshops().find((workshop) => workshop.slug === slug)
  return (
    declared &&
    declaredOffer(declared, new Date(), { buyer, couponCode, quantity, among: declaredWorkshops() })
  )
}
