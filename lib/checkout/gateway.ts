import type { ServerCheckoutIntent, ServerOfferRequest } from '@/lib/contract/schemas'
import type { Buyer, CheckoutResponse, CheckoutStatus, Offer, Workshop } from '@/lib/contract/types'

/** The offer without what only the storefront knows: the rollout's word for this visitor. */
export type OfferAnswer = {
  workshop: Workshop
  offer: Omit<Offer, 'checkout'>
  /** Seats that the visitor holds themselves, where there are any: for them, and for nobody else, they are free. */
  ownSeats?: number
}

/** What goes with every call: one id through storefront, commerce side and log. */
export type CallContext = { requestId: string }

/** Counts a code that Stripe would have to be asked about for this caller's sake alone. Throws `rate_limited`. */
export type CountLookup = () => Promise<unknown>

/** The commerce side as the storefront knows it: in this process, or behind `COURSE_BUILDER_API_URL`. Throws CheckoutError. */
export type CheckoutGateway = {
  create: (intent: ServerCheckoutIntent, buyer: Buyer, context: CallContext) => Promise<CheckoutResponse>
  offer: (
    request: ServerOfferRequest,
    buyer: Buyer,
    /** The count is the commerce side's business: a remote one counts for itself. */
    context: CallContext & { countLookup?: CountLookup },
  ) => Promise<OfferAnswer>
  status: (sessionId: string, context: CallContext) => Promise<CheckoutStatus>
  confirm: (sessionId: string, context: CallContext) => Promise<CheckoutStatus>
}
