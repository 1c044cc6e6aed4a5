import Stripe from 'stripe'
import type { WorkshopDeclaration } from '@/lib/contract/workshop'

export type StripeIds = { productId: string; priceId: string; paymentLink: string }

/** Brings one workshop's product, price, codes and payment link to Stripe, each once, found again by its own name. */
export async function seedStripe(
  stripe: Stripe,
  workshop: WorkshopDeclaration,
  appUrl: string,
): Promise<StripeIds> {
  const product = await ensureProduct(stripe, workshop)
  const price = await ensurePrice(stripe, workshop, product.id)
  for (const discount of workshop.discounts ?? []) {
    await ensureCoupon(stripe, workshop, discount)
    await ensurePromotionCode(stripe, discount.code)
  }
  const link = await ensurePaymentLink(stripe, workshop, price.id, appUrl)
  return { productId: product.id, priceId: price.id, paymentLink: link.url }
}

const orMissing = async <T>(read: Promise<T>): Promise<T | null> => {
  try {
    return await read
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing')
      return null
    throw error
  }
}

async function ensureProduct(stripe: Stripe, { stripeProductId, title, summary }: WorkshopDeclaration) {
  const existing = await orMissing(stripe.products.retrieve(stripeProductId))
  return (
    existing ?? (await stripe.products.create({ id: stripeProductId, name: title, description: summary }))
  )
}

async function ensurePrice(
  stripe: Stripe,
  { price, productId }: WorkshopDeclaration,
  stripeProductId: string,
) {
  const { data } = await stripe.prices.list({ product: stripeProductId, active: true, limit: 100 })
  const same = data.find(
    ({ unit_amount, currency }) => unit_amount === price.amount && currency === price.currency,
  )
  if (same) return same
  return stripe.prices.create({
    product: stripeProductId,
    currency: price.currency,
    unit_amount: price.amount,
    metadata: { productId },
  })
}

type Discount = NonNullable<WorkshopDeclaration['discounts']>[number]

async function ensureCoupon(
  stripe: Stripe,
  { price, stripeProductId }: WorkshopDeclaration,
  discount: Discount,
) {
  const existing = await orMissing(stripe.coupons.retrieve(discount.code))
  if (existing) return existing
  return stripe.coupons.create({
    id: discount.code,
    name: discount.code,
    duration: 'once',
    applies_to: { products: [stripeProductId] },
    ...(discount.percentOff === undefined
      ? { amount_off: discount.amountOff ?? 0, currency: price.currency }
      : { percent_off: discount.percentOff }),
  })
}

/** Every coupon is reachable by a code of the same name, since a payment link takes nothing else. */
async function ensurePromotionCode(stripe: Stripe, code: string) {
  const { data } = await stripe.promotionCodes.list({ code, active: true, limit: 1 })
  return data[0] ?? stripe.promotionCodes.create({ code, promotion: { type: 'coupon', coupon: code } })
}

async function ensurePaymentLink(
  stripe: Stripe,
  workshop: WorkshopDeclaration,
  priceId: string,
  appUrl: string,
) {
  const url = `${appUrl}/workshop/${workshop.slug}/confirmation?session_id={CHECKOUT_SESSION_ID}`
  const after = { type: 'redirect' as const, redirect: { url } }
  for await (const link of stripe.paymentLinks.list({ active: true, limit: 100 })) {
    if (link.metadata.workshopSlug === workshop.slug && link.metadata.price === priceId) {
      return stripe.paymentLinks.update(link.id, { after_completion: after })
    }
  }
  return stripe.paymentLinks.create({
    line_items: [{ price: priceId, quantity: 1 }],
    allow_promotion_codes: true,
    customer_creation: 'always',
    metadata: { workshopSlug: workshop.slug, price: priceId },
    after_completion: after,
  })
}
