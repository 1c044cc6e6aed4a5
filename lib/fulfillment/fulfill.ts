import 'server-only'
import type { Database, Queryable } from '@/db/client'
import { isDeadlock, isDuplicateKey } from '@/db/client'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { countOversold, countPurchase, countUnknownProduct } from '@/lib/telemetry/metrics'
import { nameCheckout } from '@/lib/telemetry/request-context'
import { inSpan } from '@/lib/telemetry/trace'
import type { FulfillmentDeps } from './deps'
import type { Outcome } from './outcome'
import { recordSale } from './record/record-sale'
import { noteState } from './record/state'
import { readSession, type SessionFacts } from './stripe-session'
import { type Whose, whoseSale } from './whose'

/**
 * The one door for money: the only writer of a purchase. Webhook, confirmation page, backfill and reconcile all walk through
 * it, as often and in whatever order they like. What is recorded is Stripe's present state of the session, read before the
 * transaction.
 *
 * @throws whatever is temporary: Stripe or the database not answering
 */
export async function fulfill(deps: FulfillmentDeps, sessionId: string): Promise<Outcome> {
  const facts = await readSession(deps.stripe, sessionId)
  if (facts.checkoutId) nameCheckout(facts.checkoutId)
  const whose = await whoseSale(deps.catalogue, facts)
  if (whose.kind === 'not-ours') return { kind: 'ignored', reason: whose.reason }
  if (whose.kind === 'unknown-product') {
    if (facts.status !== 'complete') return { kind: 'ignored', reason: `${whose.reason}, not paid` }
    countUnknownProduct()
    deps.log.error(
      { event: 'sale.unknown_product', sessionId, reason: whose.reason },
      'money taken for an unknown product',
    )
    return { kind: 'parked', reason: whose.reason }
  }
  const outcome = await withRetry(deps.db, (tx) => recordState(tx, deps, facts, whose.product))
  if (outcome.kind === 'recorded' && outcome.created) tell(deps, facts, whose, outcome)
  return outcome
}

/** Once it is committed, and once: whoever finds it recorded says nothing. */
function tell(
  { log }: FulfillmentDeps,
  { id: sessionId, total, metadata }: SessionFacts,
  { product, by }: Extract<Whose, { kind: 'ours' }>,
  { purchaseId, variant, oversold }: Extract<Outcome, { created: true }>,
): void {
  countPurchase({ source: by, variant, ...total })
  const line = { purchaseId, sessionId, productId: product.id, checkoutRequestId: metadata.requestId }
  log.info({ event: 'purchase.recorded', ...line, source: by, variant }, 'purchase recorded')
  if (!oversold) return
  countOversold()
  log.error({ event: 'sale.oversold', ...line }, 'sold beyond the last seat')
}

function recordState(
  tx: Queryable,
  deps: FulfillmentDeps,
  facts: SessionFacts,
  product: CatalogueProduct,
): Promise<Outcome> {
  const settled = facts.status === 'complete' && facts.payment !== 'unpaid'
  return settled ? recordSale(tx, deps, facts, product) : noteState(tx, facts, product)
}

const TRIES = 8

/** Read committed, so that two sales lock each other's rows but never the gaps between them. */
export async function withRetry<T>(db: Database, work: (tx: Queryable) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inSpan('transaction', {}, () => db.transaction(work, { isolationLevel: 'read committed' }))
    } catch (error) {
      // A duplicate key means that somebody wrote the same thing in between: the next round sees it and adopts it.
      if ((!isDeadlock(error) && !isDuplicateKey(error)) || attempt >= TRIES) throw error
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 25 * attempt))
    }
  }
}
