/**
 * What storefront, commerce side and browser say to each other. Types alone, so that the browser may import them.
 * Amounts are minor units of an ISO 4217 currency in lower case, as Stripe writes them; times are ISO 8601.
 */

export type Money = { amount: number; currency: string }

export type Workshop = {
  slug: string
  /** Course Builder's `Product.id`. */
  productId: string
  title: string
  /** ISO 8601 instants. */
  startsAt: string
  endsAt: string
  /** IANA zone in which the workshop takes place, e.g. `America/Los_Angeles`. */
  timeZone: string
  paymentLink?: string
  price?: Money
}

/** Somebody whose identity the host has verified; `null` wherever nobody is signed in. */
export type Viewer = { id: string; email: string; name?: string; member: boolean }

export type OfferTier = 'standard' | 'early-bird' | 'member' | 'early-bird-member' | 'ppp' | 'code'

export type SaleState = 'not-open' | 'open' | 'sold-out' | 'closed'

export type OfferProblem = { code: ErrorCode; error: string }

/** What this visitor would pay now, and why. */
export type Offer = {
  base: Money
  discount: Money
  total: Money
  tier: OfferTier
  /** The code behind the discount, if any. */
  couponCode?: string
  /** A sentence for the buyer: why this price. */
  reason: string
  /** Until when this price holds. */
  endsAt?: string
  seatsLeft?: number
  sale: SaleState
  /** When the sale opens or closed, where the state says so. */
  saleChangesAt?: string
  /** What they would pay without the code that they asked for, where that is less. */
  withoutCode?: Money
  /** A country price that the visitor may take instead. */
  ppp?: { country: string; couponCode: string; percentOff: number }
  /** Why the code asked for was left out. */
  problem?: OfferProblem
  fallbackUrl?: string
  /** What the rollout says for this visitor. */
  checkout: 'session' | 'payment-link'
}

export type CheckoutMetadata = { name?: string; workshopSlug?: string }

export type CheckoutRequest = {
  productId: string
  email?: string
  couponCode?: string
  quantity?: number
  attemptId?: string
  uiMode?: 'hosted' | 'embedded'
  allowDuplicate?: boolean
  metadata?: CheckoutMetadata
}

/** What a storefront vouches for about its buyer, server to server. */
export type Buyer = {
  email?: string | undefined
  name?: string | undefined
  member?: boolean | undefined
  /** ISO 3166-1 alpha-2. */
  country?: string | undefined
  ip?: string | undefined
  visitorId?: string | undefined
  variant?: string | undefined
}

export type HostedCheckout = { checkoutUrl: string; sessionId: string }
export type EmbeddedCheckout = { clientSecret: string; sessionId: string }
export type CheckoutResponse = HostedCheckout | EmbeddedCheckout

export type CheckoutState = 'open' | 'processing' | 'complete' | 'expired' | 'failed' | 'refunded'

export type CheckoutPurchase = {
  id: string
  emailMasked: string
  total: Money
  refunded: Money
  quantity: number
  createdAt: string
  receiptUrl?: string
}

export type CheckoutStatus = {
  status: CheckoutState
  purchase?: CheckoutPurchase
  workshop?: Workshop & { calendarUrl: string }
}

export type ErrorCode =
  | 'invalid_request'
  | 'invalid_coupon'
  | 'coupon_not_eligible'
  | 'unauthorized'
  | 'forbidden_origin'
  | 'not_found'
  | 'product_not_found'
  | 'session_not_found'
  | 'method_not_allowed'
  | 'already_purchased'
  | 'sold_out'
  | 'sale_not_open'
  | 'sale_closed'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'rate_limited'
  | 'stripe_error'
  | 'misconfigured'
  | 'unavailable'
  | 'internal'

export type ErrorDetails = {
  issues?: { path: string; message: string }[]
  fallbackUrl?: string
  confirmationUrl?: string
  /** Why checkout is not answered, where that is no fault: the rollout keeps this visitor on the payment link. */
  reason?: 'rollout'
  /** Seconds; also sent as the header `Retry-After`. */
  retryAfter?: number
}

export type ErrorBody = { error: string; code: ErrorCode; requestId: string } & ErrorDetails
