import 'server-only'
/** What may differ between Stripe and the database. The words are a part of the command's contract. */
export type Kind =
  | 'missing'
  | 'checkout_lost'
  | 'purchase_lost'
  | 'wrong_purchase'
  | 'user_lost'
  | 'organization_lost'
  | 'membership_lost'
  | 'charge_lost'
  | 'customer_lost'
  | 'session_lost'
  | 'purchase_product_lost'
  | 'coupon_lost'
  | 'coupon'
  | 'amount'
  | 'seats'
  | 'refunded'
  | 'status'
  | 'columns'
  | 'coupon_without_claim'
  | 'doubled'
  | 'not_paid'
  | 'unknown_product'
  | 'price_column'

export type Difference = {
  kind: Kind
  /** Stripe's checkout session; of a stray purchase or a product, its own id. */
  id: string
  detail: string
  /** Several answers are possible, and which is right only a person knows: what they can do. */
  decide?: string
  /** A purchase that this is about, though no checkout names it: it is no stray. */
  purchaseId?: string
}

/** What to look at, though nothing differs. */
export type Notice = { kind: 'flagged' | 'oversold'; id: string; detail: string }
