import 'server-only'
import { paymentLinkUrl } from '@/lib/checkout/fallback'
import type { Buyer, Offer } from '@/lib/contract/types'
import type { WorkshopDeclaration } from '@/lib/contract/workshop'
import { decideSale } from '@/lib/pricing/sale'

/** The last resort when everything behind the storefront is down: the declared price, through the payment link. */
export function declaredOffer(
  workshop: WorkshopDeclaration,
  now: Date,
  { email, visitorId }: Buyer = {},
): Offer {
  const { price, openEnrollment, closeEnrollment, endsAt } = workshop
  const sale = decideSale({ now, openEnrollment, closeEnrollment, endsAt, state: 'published' })
  const fallbackUrl =
    sale.state === 'open'
      ? paymentLinkUrl(workshop.paymentLink, { email, reference: visitorId && `visitor_${visitorId}` })
      : undefined
  return {
    base: price,
    discount: { amount: 0, currency: price.currency },
    total: price,
    tier: 'standard',
    reason: 'Regular price',
    sale: sale.state,
    ...(sale.changesAt && { saleChangesAt: sale.changesAt.toISOString() }),
    ...(fallbackUrl && { fallbackUrl }),
    // Without a link there is still a chance that our own checkout is back by the time they press.
    checkout: fallbackUrl ? 'payment-link' : 'session',
  }
}
