import 'server-only'
import type { Catalogue, CatalogueProduct } from '@/lib/checkout/catalogue'
import type { SessionFacts } from './stripe-session'

export type Whose =
  | { kind: 'ours'; product: CatalogueProduct; by: 'session' | 'payment-link' }
  | { kind: 'unknown-product'; reason: string }
  | { kind: 'not-ours'; reason: string }

/** Other sites sell through the same Stripe account: a sale is ours by its mark, or by a payment link for something we know. */
export async function whoseSale(catalogue: Catalogue, facts: SessionFacts): Promise<Whose> {
  if (facts.mode !== 'payment') return { kind: 'not-ours', reason: `mode is ${facts.mode}` }
  const marked = facts.source === 'egghead-next'
  if (!marked && !facts.paymentLink)
    return { kind: 'not-ours', reason: 'no mark of ours and no payment link' }
  const product =
    (await catalogue.byStripe(facts.priceId, facts.stripeProductId)) ??
    (marked && facts.metadata.productId ? await catalogue.byProduct(facts.metadata.productId) : null)
  if (product) return { kind: 'ours', product, by: facts.paymentLink ? 'payment-link' : 'session' }
  return {
    kind: 'unknown-product',
    reason: `unknown product ${facts.stripeProductId ?? '(none)'} with price ${facts.priceId ?? '(none)'} in ${facts.id}`,
  }
}
