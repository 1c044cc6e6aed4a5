import 'server-only'
import type { Catalogue, CatalogueProduct } from '@/lib/checkout/catalogue'
import type { SessionFacts } from './stripe-session'

export type Whose =
  | {
      kind: 'ours'
      product: CatalogueProduct
      quantity: number
      alsoSold: string[]
      by: 'session' | 'payment-link'
    }
  | { kind: 'unknown-product'; reason: string }
  | { kind: 'not-ours'; reason: string }

/** Other sites sell through the same Stripe account: a sale is ours by its mark, or by a payment link for something we know. */
export async function whoseSale(catalogue: Catalogue, facts: SessionFacts): Promise<Whose> {
  if (facts.mode !== 'payment') return { kind: 'not-ours', reason: `mode is ${facts.mode}` }
  const marked = facts.source === 'egghead-next'
  if (!marked && !facts.paymentLink)
    return { kind: 'not-ours', reason: 'no mark of ours and no payment link' }
  const by = facts.paymentLink ? 'payment-link' : 'session'
  const named =
    marked && facts.metadata.productId ? await catalogue.byProduct(facts.metadata.productId) : null
  const [line, ...more] = facts.lines
  // Another product may name the same price.
  if (named && more.length === 0 && line?.priceId === named.stripePriceId)
    return { kind: 'ours', by, product: named, quantity: facts.quantity, alsoSold: [] }
  const sold = await workshopsIn(catalogue, facts)
  const [first, ...others] = sold.values()
  if (first) return { kind: 'ours', by, ...first, alsoSold: others.map(({ product }) => product.id) }
  if (named) return { kind: 'ours', by, product: named, quantity: facts.quantity, alsoSold: [] }
  return { kind: 'unknown-product', reason: `unknown ${soldIn(facts)} in ${facts.id}` }
}

/** A payment link may sell other things beside a workshop, or one workshop in two lines. */
async function workshopsIn(catalogue: Catalogue, { lines }: SessionFacts) {
  const sold = new Map<string, { product: CatalogueProduct; quantity: number }>()
  for (const { priceId, stripeProductId, quantity } of lines) {
    const product = await catalogue.byStripe(priceId, stripeProductId)
    if (product) sold.set(product.id, { product, quantity: quantity + (sold.get(product.id)?.quantity ?? 0) })
  }
  return sold
}

const soldIn = ({ lines }: SessionFacts) =>
  lines
    .map(
      ({ stripeProductId, priceId }) =>
        `product ${stripeProductId ?? '(none)'} with price ${priceId ?? '(none)'}`,
    )
    .join(', ') || 'product (none)'
