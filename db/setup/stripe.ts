import type Stripe from 'stripe'
import type { WorkshopDeclaration } from '@/lib/contract/workshop'
import { toMajor } from '@/lib/pricing/money'
import { type Change, difference, type Plan } from './change'
import { planDiscount } from './discounts'
import { orMissing } from './missing'
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
  const same = active.find(
    ({ unit_amount: amount, currency }) => amount === price.amount && currency === price.currency,
  )
  let priceId = same?.id
  if (!same) changes.push(newPrice(stripe, workshop, (id) => (priceId = id)))
  for (const discount of workshop.discounts ?? []) {
    const plan = await planDiscount(stripe, workshop, discount)
    changes.push(...plan.changes)
    problems.push(...plan.problems)
  }
  const link = planPaymentLink(stripe, workshop, () => priceId, links, appUrl)
  changes.push(
    ...link.changes,
    ...oldPrices(
      stripe,
      active,
      (price) =>
        price !== same && (price.metadata.productId === workshop.productId || recordedPrices.has(price.id)),
    ),
  )
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

/** What the workshop cost before. Another price of the product that nobody here knows is somebody else's business. */
const oldPrices = (
  stripe: Stripe,
  active: Stripe.Price[],
  isOld: (price: Stripe.Price) => boolean,
): Change[] =>
  active
    .filter((price) => price.type === 'one_time' && isOld(price))
    .map((price) => ({
      action: 'deactivate',
      where: 'stripe',
      what: 'price',
      id: price.id,
      detail: `${price.unit_amount} ${price.currency} is no longer the workshop's price`,
      apply: () => stripe.prices.update(price.id, { active: false }),
    }))
