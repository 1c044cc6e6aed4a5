import 'server-only'
import type Stripe from 'stripe'
import type { WorkshopDeclaration } from '@/lib/contract/workshop'
import { toMajor } from '@/lib/pricing/money'
import { orMissing } from '@/lib/stripe/missing'
import { type Change, difference, type Plan } from './change'
import { planDiscount } from './discounts'
import { planPaymentLink } from './payment-link'

/** What the rows of a workshop name of Stripe. */
export type StripeIds = { productId: string; priceId: string; paymentLink: string }

export type StripePlan = Plan & {
  /** What there is now; once the changes are applied, what there is then. A price that is still to be made has no id. */
  ids: () => StripeIds
}

/**
 * What Stripe lacks of one workshop, or has otherwise: product, price, codes and payment link, each found again by its own name.
 * @param recordedPrices the prices that the database calls this workshop's
 */
export async function planStripe(
  stripe: Stripe,
  workshop: WorkshopDeclaration,
  appUrl: string,
  links: Stripe.PaymentLink[],
  recordedPrices: Set<string> = new Set(),
): Promise<StripePlan> {
  const changes: Change[] = []
  const problems: Plan['problems'] = []
  const product = await orMissing(stripe.products.retrieve(workshop.stripeProductId))
  changes.push(...planProduct(stripe, workshop, product))
  const active = product ? await activePrices(stripe, product.id) : []
  const { price } = workshop
  const isDefault = ({ id }: Stripe.Price) => id === defaultPriceOf(product)
  const [same] = active
    .filter(
      ({ type, unit_amount: amount, currency }) =>
        type === 'one_time' && amount === price.amount && currency === price.currency,
    )
    // The one that the database and existing links know; then the one that Stripe calls the product's own.
    .toSorted(
      (left, right) =>
        Number(recordedPrices.has(right.id)) - Number(recordedPrices.has(left.id)) ||
        Number(isDefault(right)) - Number(isDefault(left)),
    )
  let priceId = same?.id
  if (!same) changes.push(newPrice(stripe, workshop, (id) => (priceId = id)))
  const isOld = (price: Stripe.Price) =>
    price.type === 'one_time' &&
    price !== same &&
    (price.metadata.productId === workshop.productId || recordedPrices.has(price.id))
  // Stripe lets no price go that is its product's own.
  if (same && active.some((price) => isOld(price) && isDefault(price)))
    changes.push(ownPrice(stripe, workshop, same))
  for (const discount of workshop.discounts ?? []) {
    const plan = await planDiscount(stripe, workshop, discount)
    changes.push(...plan.changes)
    problems.push(...plan.problems)
  }
  const link = await planPaymentLink(stripe, workshop, () => priceId, links, appUrl, recordedPrices)
  changes.push(...link.changes, ...oldPrices(stripe, active.filter(isOld)))
  return {
    changes,
    problems: [...problems, ...link.problems],
    ids: () => ({
      productId: workshop.stripeProductId,
      priceId: priceId ?? '(the new price)',
      paymentLink: link.url() || '(the new link)',
    }),
  }
}

function planProduct(
  stripe: Stripe,
  { stripeProductId: id, title: name, summary: description }: WorkshopDeclaration,
  existing: Stripe.Product | Stripe.DeletedProduct | null,
): Change[] {
  const base = { where: 'stripe', what: 'product', id } as const
  if (!existing || existing.deleted) {
    const apply = () => stripe.products.create({ id, name, description })
    return [{ ...base, action: 'create', detail: `"${name}"`, apply }]
  }
  const wanted = { name, description, active: true }
  const detail = difference({ ...existing }, wanted)
  return detail
    ? [{ ...base, action: 'change', detail, apply: () => stripe.products.update(id, wanted) }]
    : []
}

async function activePrices(stripe: Stripe, product: string): Promise<Stripe.Price[]> {
  const prices: Stripe.Price[] = []
  for await (const price of stripe.prices.list({ product, active: true, limit: 100 })) prices.push(price)
  return prices
}

/** A price can't be changed: the product gets a new one, and calls it its own, or Stripe would not let the old one go. */
const newPrice = (
  stripe: Stripe,
  { price, productId, stripeProductId: product }: WorkshopDeclaration,
  made: (id: string) => void,
): Change => ({
  action: 'create',
  where: 'stripe',
  what: 'price',
  id: product,
  detail: `${toMajor(price)} ${price.currency}`,
  apply: async () => {
    const { id } = await stripe.prices.create({
      product,
      currency: price.currency,
      unit_amount: price.amount,
      metadata: { productId },
    })
    made(id)
    await stripe.products.update(product, { default_price: id })
  },
})

const defaultPriceOf = (product: Stripe.Product | Stripe.DeletedProduct | null): string | undefined => {
  if (!product || product.deleted) return undefined
  const { default_price: price } = product
  return typeof price === 'string' ? price : price?.id
}

const ownPrice = (
  stripe: Stripe,
  { stripeProductId }: WorkshopDeclaration,
  { id, unit_amount: amount, currency }: Stripe.Price,
): Change => ({
  action: 'change',
  where: 'stripe',
  what: 'product',
  id: stripeProductId,
  detail: `its own price becomes ${id}: ${amount} ${currency}`,
  apply: () => stripe.products.update(stripeProductId, { default_price: id }),
})

/** What the workshop cost before. Another price of the product that nobody here knows is somebody else's business. */
const oldPrices = (stripe: Stripe, old: Stripe.Price[]): Change[] =>
  old.map((price) => ({
    action: 'deactivate',
    where: 'stripe',
    what: 'price',
    id: price.id,
    detail: `${price.unit_amount} ${price.currency} is no longer the workshop's price`,
    apply: () => stripe.prices.update(price.id, { active: false }),
  }))
