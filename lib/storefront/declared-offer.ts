import 'server-only'
import { paymentLinkUrl } from '@/lib/checkout/fallback'
import type { Buyer, Offer } from '@/lib/contract/types'
import type { WorkshopDeclaration } from '@/lib/contract/workshop'
import { times } from '@/lib/pricing/money'
import { decideSale } from '@/lib/pricing/sale'
import { linkCode, tierCodes } from '@/lib/pricing/tiers'

type Question = {
  buyer?: Buyer
  couponCode?: string | undefined
  quantity?: number
  /** All that are declared, this one or not: the codes of the others' tiers are no plain ones here. */
  among?: readonly WorkshopDeclaration[]
}

/**
 * The last resort when everything behind the storefront is down: the declared price, through the payment link, with the code that the
 * buyer asked for or was verified for. What that is worth is Stripe's to say.
 */
export function declaredOffer(
  workshop: WorkshopDeclaration,
  now: Date,
  { buyer = {}, couponCode, quantity = 1, among = [] }: Question = {},
): Offer {
  const { openEnrollment, closeEnrollment, endsAt, timeZone } = workshop
  const price = times(workshop.price, quantity)
  const sale = decideSale({ now, openEnrollment, closeEnrollment, endsAt, state: 'published' })
  const { email, visitorId, member, country } = buyer
  const tiedElsewhere = among.flatMap((other) => (other === workshop ? [] : tierCodes(other)))
  const fallbackUrl =
    sale.state === 'open'
      ? paymentLinkUrl(workshop.paymentLink, {
          email,
          couponCode: linkCode({
            config: workshop,
            buyer: { member, country },
            now,
            timeZone,
            couponCode,
            tiedElsewhere,
          }),
          reference: visitorId && `visitor_${visitorId}`,
        })
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
