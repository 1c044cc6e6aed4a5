import 'server-only'
import type { Database, Queryable } from '@/db/client'
import { isDeadlock, isDuplicateKey } from '@/db/errors'
import type { CheckoutFlag } from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { countOversold, countPurchase, countUnknownProduct } from '@/lib/telemetry/metrics'
import { nameCheckout } from '@/lib/telemetry/request-context'
import { inSpan } from '@/lib/telemetry/trace'
import type { FulfillmentDeps } from './deps'
import type { Outcome } from './outcome'
import { recordSale } from './record/record-sale'
import { noteParked, noteState } from './record/state'
import { OutOfDate, versionOf } from './record/version'
import { readSession, type SaleFacts, type SessionFacts } from './stripe-session'
import { type Whose, whoseSale } from './whose'

/**
 * The one door for money: the only writer of a purchase. Webhook, confirmation page, backfill and reconcile all walk through
 * it, as often and in whatever order they like. What is recorded is Stripe's present state of the session, read before the
 * transaction.
 *
 * @param seen the version of our own row that was read before Stripe is asked now, where the caller has it
 * @param listed the session as a list of Stripe's showed it a moment ago, which saves that read; what it would change of a sale that is
 * recorded is read again
 * @throws whatever is temporary: Stripe or the database not answering
 */
export async function fulfill(
  deps: FulfillmentDeps,
  sessionId: string,
  seen?: number,
  listed?: SessionFacts,
): Promise<Outcome> {
  for (let look = 1, version = seen; ; look++) {
    try {
      return await bringUpToDate(deps, sessionId, version, look === 1 ? listed : undefined)
    } catch (error) {
      // Somebody brought the sale on between our asking Stripe and our turn: what we know may be older than what they wrote.
      if (!(error instanceof OutOfDate) || look >= LOOKS) throw error
      version = await versionOf(deps.db, sessionId)
    }
  }
}

const LOOKS = 5

async function bringUpToDate(
  deps: FulfillmentDeps,
  sessionId: string,
  seen?: number,
  listed?: SessionFacts,
): Promise<Outcome> {
  const facts = listed ?? (await readSession(deps.stripe, sessionId))
  if (facts.checkoutId) nameCheckout(facts.checkoutId, facts.metadata.requestId)
  const whose = await whoseSale(deps.catalogue, facts)
  if (whose.kind === 'not-ours') return { kind: 'ignored', reason: whose.reason }
  if (whose.kind === 'unknown-product') {
    if (facts.status !== 'complete') return { kind: 'ignored', reason: `${whose.reason}, not paid` }
    countUnknownProduct()
    deps.log.error(
      { event: 'sale.unknown_product', sessionId, reason: whose.reason },
      'money taken for an unknown product',
    )
    await noteParked(deps.db, facts)
    return { kind: 'parked', reason: whose.reason }
  }
  const { product, quantity, alsoSold } = whose
  const sale = { ...facts, quantity, alsoSold }
  const outcome = await withRetry(deps.sales, (tx) => recordState(tx, deps, sale, product, seen))
  if (outcome.kind === 'recorded' && outcome.created) tell(deps, sale, whose, outcome)
  return outcome
}

/** What a sale stands in spite of, but a person must see to. */
const ALARMS: Partial<Record<CheckoutFlag, { event: string; message: string }>> = {
  oversold: { event: 'sale.oversold', message: 'sold beyond the last seat' },
  no_address: { event: 'sale.no_address', message: 'sold to a buyer whom nobody can write to' },
  several_products: {
    event: 'sale.several_products',
    message: 'one session sold several workshops: only the first is recorded',
  },
}

/** Once it is committed, and once: whoever finds it recorded says nothing. */
function tell(
  { log }: FulfillmentDeps,
  { id: sessionId, total, metadata, alsoSold }: SaleFacts,
  { product, by }: Extract<Whose, { kind: 'ours' }>,
  { purchaseId, variant, flags }: Extract<Outcome, { created: true }>,
): void {
  countPurchase({ source: by, variant, ...total })
  const line = { purchaseId, sessionId, productId: product.id, checkoutRequestId: metadata.requestId }
  log.info({ event: 'purchase.recorded', ...line, source: by, variant }, 'purchase recorded')
  if (flags.includes('oversold')) countOversold()
  for (const flag of flags) {
    const alarm = ALARMS[flag]
    if (alarm)
      log.error({ event: alarm.event, ...line, ...(alsoSold.length > 0 && { alsoSold }) }, alarm.message)
  }
}

function recordState(
  tx: Queryable,
  deps: FulfillmentDeps,
  facts: SaleFacts,
  product: CatalogueProduct,
  seen: number | undefined,
): Promise<Outcome> {
  const settled = facts.status === 'complete' && facts.payment !== 'unpaid'
  return settled ? recordSale(tx, deps, facts, product, seen) : noteState(tx, deps, facts, product)
}

const TRIES = 8

export async function withRetry<T>(sales: Database, work: (tx: Queryable) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inSpan('transaction', {}, () => sales.transaction(work))
    } catch (error) {
      // A duplicate key means that somebody wrote the same thing in between: the next round sees it and adopts it.
      if ((!isDeadlock(error) && !isDuplicateKey(error)) || attempt >= TRIES) throw error
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 25 * attempt))
    }
  }
}
