import 'server-only'
import type { OfferAnswer } from '@/lib/checkout/gateway'
import type { Offer } from '@/lib/contract/types'
import { rollout } from '@/lib/rollout'
import { SESSION_ONLY } from '@/lib/rollout/setting'
import type { Visitor } from './visitor'

/** The offer as this visitor is shown it, which counts as an exposure. A workshop without a payment link always sells through sessions. */
export function shownOffer({ offer, workshop }: OfferAnswer, visitor: Visitor): Offer {
  if (visitor.person && offer.sale === 'open') {
    const variant = workshop.paymentLink ? visitor.variant : SESSION_ONLY
    const { ip } = visitor.buyer
    rollout().noteShown({ visitorId: visitor.id, productId: workshop.productId, variant, ip })
  }
  return { ...offer, checkout: workshop.paymentLink ? visitor.checkout : 'session' }
}
