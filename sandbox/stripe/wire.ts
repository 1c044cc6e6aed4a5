import type Stripe from 'stripe'

/**
 * Stripe's objects as they travel: ids where the SDK's types allow an expanded object, strings where the SDK revives decimals.
 * State must be JSON, so this is also how they are stored.
 */
type Flat<T, K extends keyof T, Nullable extends keyof T = never> = Omit<T, K | Nullable> & {
  [P in K]: string
} & { [P in Nullable]: string | null }

export type WireProduct = Flat<Stripe.Product, never, 'default_price' | 'tax_code'>
export type WirePrice = Flat<Stripe.Price, 'product', 'unit_amount_decimal'>
export type WireCoupon = Stripe.Coupon
export type WirePromotionCode = Flat<Stripe.PromotionCode, never, 'customer'> & {
  promotion: { type: 'coupon'; coupon: string }
}
export type WireDiscount = Flat<Stripe.Discount, never, 'customer' | 'promotion_code'> & {
  source: { type: 'coupon'; coupon: string }
}
export type WireCustomer = Stripe.Customer
export type WireLineItem = Omit<Stripe.LineItem, 'price' | 'discounts'> & {
  price: WirePrice
  discounts: { amount: number; discount: WireDiscount }[]
}
export type WireSession = Omit<
  Flat<Stripe.Checkout.Session, never, 'customer' | 'payment_intent' | 'payment_link' | 'subscription'>,
  'line_items' | 'discounts' | 'total_details' | 'optional_items'
> & {
  discounts: { coupon: string | null; promotion_code: string | null }[]
  total_details: { amount_discount: number; amount_shipping: number | null; amount_tax: number }
}
export type WirePaymentIntent = Flat<
  Stripe.PaymentIntent,
  never,
  'customer' | 'latest_charge' | 'payment_method'
>
export type WireCharge = Omit<
  Flat<Stripe.Charge, never, 'customer' | 'payment_intent' | 'balance_transaction'>,
  'refunds'
>
export type WireRefund = Flat<
  Stripe.Refund,
  'charge',
  'payment_intent' | 'balance_transaction' | 'customer' | 'payment_method'
>
export type WireDispute = Flat<Stripe.Dispute, 'charge', 'payment_intent'>
export type WirePaymentLink = Omit<Stripe.PaymentLink, 'line_items' | 'optional_items'>
export type WireWebhookEndpoint = Omit<Stripe.WebhookEndpoint, 'secret'>
export type WireEvent = {
  id: string
  object: 'event'
  api_version: string
  created: number
  data: { object: unknown; previous_attributes?: Record<string, unknown> }
  livemode: false
  pending_webhooks: number
  request: { id: string | null; idempotency_key: string | null }
  type: string
}
export type WireBalanceTransaction = Flat<Stripe.BalanceTransaction, never, 'source'>
export type WirePaymentMethod = Flat<Stripe.PaymentMethod, never, 'customer'>
type WirePlan = Flat<Stripe.Plan, 'product', 'amount_decimal'>
export type WireSubscription = Omit<Flat<Stripe.Subscription, 'customer'>, 'items'> & {
  items: {
    object: 'list'
    data: (Omit<Stripe.SubscriptionItem, 'plan' | 'price'> & { plan: WirePlan; price: WirePrice })[]
    has_more: boolean
    url: string
  }
}
