import 'server-only'
import type Stripe from 'stripe'
import type { Catalogue, CatalogueProduct } from '@/lib/checkout/catalogue'
import { purchasesByTraces } from '@/lib/fulfillment/record/traces'
import {
  listedSession,
  readSession,
  type SaleFacts,
  type SessionFacts,
} from '@/lib/fulfillment/stripe-session'
import { whoseSale } from '@/lib/fulfillment/whose'
import { compareSale, isUncertain } from './compare'
import type { ReconcileDeps } from './deps'
import type { Difference } from './difference'
import { purchasesOf, readSales } from './rows'
import { mayBeOurs } from './sessions'

type OurSale = { facts: SaleFacts; product: CatalogueProduct }

/** What a page of sessions came to. */
export type Compared = {
  /** How many of them are paid sales of ours. */
  sales: number
  found: Difference[]
}

/**
 * What is different about a page of sessions. One that differs is read from Stripe once more by itself, and compared again: it may have
 * changed since the page was read.
 */
export async function comparePage(
  deps: ReconcileDeps,
  sessions: Stripe.Checkout.Session[],
): Promise<Compared> {
  const unknown: Difference[] = []
  const ours: OurSale[] = []
  const catalogue = remembering(deps.catalogue)
  for (const session of sessions.filter(mayBeOurs)) {
    const judged = await judge(catalogue, await listedSession(deps.stripe, session))
    if (judged && 'kind' in judged) unknown.push(judged)
    else if (judged) ours.push(judged)
  }
  const suspects = new Set((await compareAll(deps, ours)).map(({ id }) => id))
  const fresh: OurSale[] = []
  for (const { facts } of ours) {
    if (!suspects.has(facts.id)) continue
    const judged = await judge(catalogue, await readSession(deps.stripe, facts.id))
    if (judged && !('kind' in judged)) fresh.push(judged)
  }
  return { sales: unknown.length + ours.length, found: [...unknown, ...(await compareAll(deps, fresh))] }
}

/** Our paid sales, with the workshop that each is of. */
async function judge(catalogue: Catalogue, facts: SessionFacts): Promise<OurSale | Difference | null> {
  if (facts.mode !== 'payment' || facts.payment === 'unpaid') return null
  const whose = await whoseSale(catalogue, facts)
  if (whose.kind === 'not-ours') return null
  if (whose.kind === 'unknown-product') {
    const decide = 'declare the product in workshops.config.ts and run setup, or refund it in Stripe'
    return { kind: 'unknown_product', id: facts.id, detail: whose.reason, decide }
  }
  const { product, quantity, alsoSold } = whose
  return { product, facts: { ...facts, quantity, alsoSold } }
}

/** A page sells the same few prices again and again: each is looked up once. */
function remembering(catalogue: Catalogue): Catalogue {
  const known = new Map<string, ReturnType<Catalogue['byStripe']>>()
  return {
    ...catalogue,
    byStripe(priceId, stripeProductId) {
      const key = `${priceId} ${stripeProductId}`
      const found = known.get(key) ?? catalogue.byStripe(priceId, stripeProductId)
      known.set(key, found)
      return found
    },
  }
}

async function compareAll(deps: ReconcileDeps, sales: OurSale[]): Promise<Difference[]> {
  const facts = sales.map((sale) => sale.facts)
  const rows = await readSales(
    deps,
    facts.map(({ id }) => id),
  )
  const purchases = await purchasesOf(deps, facts)
  // One more statement, where a checkout names no purchase of its own: rows that lead to it may be lost with it.
  const uncertain = sales.filter((sale) => isUncertain(sale.facts, rows.get(sale.facts.id)))
  const traced = await purchasesByTraces(
    deps.db,
    uncertain.map((sale) => ({ facts: sale.facts, productId: sale.product.id })),
  )
  return sales.flatMap((sale) =>
    compareSale({
      ...sale,
      rows: rows.get(sale.facts.id),
      purchases: purchases.get(sale.facts.id) ?? new Set(),
      traced: traced.get(sale.facts.id) ?? [],
    }),
  )
}
