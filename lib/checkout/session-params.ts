import type Stripe from 'stripe'
import type { ServerCheckoutIntent } from '@/lib/contract/schemas'
import type { Buyer, Offer } from '@/lib/contract/types'
import type { StripeDiscount } from '@/lib/pricing/coupon'
import type { CatalogueProduct } from './catalogue'

type Input = {
  checkoutId: string
  product: CatalogueProduct
  stripePriceId: string
  intent: ServerCheckoutIntent
  buyer: Buyer
  offer: Pick<Offer, 'tier' | 'discount'>
  discount: StripeDiscount | undefined
  /** Unix seconds. */
  expiresAt: number
  appUrl: string
  /** Of the request that asked first: its webhook's log lines name it. */
  requestId: string | undefined
}

const SESSION_ID = '{CHECKOUT_SESSION_ID}'

export const workshopUrl = (appUrl: string, slug: string) => `${appUrl}/workshop/${encodeURIComponent(slug)}`

/** Where Back on Stripe's page leads: the page says that nothing was charged, and still has the code that was asked for. */
function cancelUrl(appUrl: string, slug: string, couponCode: string | undefined): string {
  const query = new URLSearchParams({ checkout: 'cancelled', ...(couponCode && { coupon: couponCode }) })
  return `${workshopUrl(appUrl, slug)}?${query}`
}

export const confirmationUrl = (appUrl: string, slug: string, sessionId: string) =>
  `${workshopUrl(appUrl, slug)}/confirmation?session_id=${sessionId}`

/** Every parameter of `checkout.sessions.create`. Nothing of it but e-mail, quantity and code comes from a client. */
export function sessionParams(input: Input): Stripe.Checkout.SessionCreateParams {
  const { product, intent, buyer, discount, appUrl } = input
  const metadata = sessionMetadata(input)
  // What is typed only prefills: whose price it is and who has a seat goes by the verified address.
  const email = intent.email ?? buyer.email
  const back = confirmationUrl(appUrl, product.workshop.slug, SESSION_ID)
  return {
    mode: 'payment',
    line_items: [{ price: input.stripePriceId, quantity: intent.quantity }],
    // Course Builder's webhook needs a customer.
    customer_creation: 'always',
    client_reference_id: input.checkoutId,
    metadata,
    // Session metadata doesn't reach the charge.
    payment_intent_data: { metadata },
    expires_at: input.expiresAt,
    ...(email && { customer_email: email }),
    ...(discount && { discounts: [stripeDiscount(discount)] }),
    ...(intent.uiMode === 'embedded'
      ? { ui_mode: 'embedded_page' as const, return_url: back }
      : { success_url: back, cancel_url: cancelUrl(appUrl, product.workshop.slug, intent.couponCode) }),
  }
}

/** A promotion code goes as itself, so that Stripe's own restrictions on it hold. */
const stripeDiscount = (discount: StripeDiscount) =>
  discount.promotionCodeId ? { promotion_code: discount.promotionCodeId } : { coupon: discount.couponId }

/** Stripe takes no longer value, and no half of a character. */
const cut = (value: string) => value.slice(0, 500).replace(/[\uD800-\uDBFF]$/, '')

/** The keys that Course Builder's own webhook reads, then ours. */
function sessionMetadata({
  checkoutId,
  product,
  intent,
  buyer,
  offer,
  discount,
  appUrl,
  requestId,
}: Input): Stripe.MetadataParam {
  const entries: Record<string, string | undefined> = {
    bulk: String(intent.quantity > 1),
    country: buyer.country ?? 'US',
    ip_address: buyer.ip ?? '',
    productId: product.id,
    product: product.name,
    siteName: new URL(appUrl).hostname,
    appliedPPPStripeCouponId: offer.tier === 'ppp' ? discount?.couponId : undefined,
    discountType: discount && (discount.percentOff === undefined ? 'fixed' : 'percentage'),
    discountAmount: discount && String(discount.percentOff ?? discount.amountOff?.amount ?? 0),
    source: 'egghead-next',
    workshopSlug: product.workshop.slug,
    checkoutId,
    tier: offer.tier,
    couponCode: discount?.code,
    name: buyer.name ?? intent.metadata?.name,
    variant: buyer.variant,
    buyerCountry: buyer.country,
    requestId,
  }
  return Object.fromEntries(
    Object.entries(entries).flatMap(([key, value]) => (value ? [[key, cut(value)]] : [])),
  )
}
