import 'server-only'
import { and, eq, isNull } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { type CheckoutSessionRow, type CheckoutSessionStatus, checkoutSession } from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { type Effect, paymentFailedEffects } from '@/lib/outbox/effects'
import { enqueue } from '@/lib/outbox/enqueue'
import type { FulfillmentDeps } from '../deps'
import type { Outcome } from '../outcome'
import type { SaleFacts, SessionFacts } from '../stripe-session'
import { lockCheckout } from './checkout-row'
import { failedPaymentSnapshot } from './sale'

/** A session that is not paid: under way, over, or come to nothing. A seat is released only by what Stripe says here. */
export async function noteState(
  tx: Queryable,
  deps: FulfillmentDeps,
  facts: SaleFacts,
  product: CatalogueProduct,
): Promise<Outcome> {
  const status = stateOf(facts)
  // A payment link that nobody paid leaves no row.
  if (facts.paymentLink && status !== 'processing' && status !== 'failed') return { kind: 'noted', status }
  const { checkout: row } = await lockCheckout(tx, facts, product)
  // What was sold stays sold, whatever an older event says.
  if (row.purchaseId || row.status === status || isOlder(status, row))
    return { kind: 'noted', status: row.status }
  await tx
    .update(checkoutSession)
    .set({
      status,
      sessionId: facts.id,
      paymentIntentId: facts.paymentIntentId ?? null,
      ...(status === 'processing' && { email: facts.email ?? row.email }),
    })
    .where(eq(checkoutSession.id, row.id))
  if (status === 'failed') await enqueue(tx, tellOfFailure(deps, facts, product, row))
  return { kind: 'noted', status }
}

/** The page told them that their bank was still working on it, and nobody looks at that page for days. */
function tellOfFailure(
  { appUrl, quiet, mailLinkSales }: FulfillmentDeps,
  facts: SaleFacts,
  product: CatalogueProduct,
  row: CheckoutSessionRow,
): Effect[] {
  // What was noted while the bank was at it, which an operator may have corrected since; before that, what was typed proves nothing.
  const email = (row.status === 'processing' ? row.email : null) ?? facts.email
  // An empty address is that of somebody who was forgotten.
  if (quiet || !email || row.email === '' || (facts.paymentLink && !mailLinkSales)) return []
  return paymentFailedEffects(failedPaymentSnapshot(facts, product, email, appUrl))
}

/**
 * Whether Stripe was asked before somebody wrote down a later state: at Stripe no session opens again, and a payment that failed is
 * under way no more. What we closed ourselves, without an answer of Stripe's, may yet turn out otherwise.
 */
function isOlder(status: CheckoutSessionStatus, row: CheckoutSessionRow): boolean {
  if (row.sessionId === null) return false
  if (status === 'open') return row.status !== 'creating'
  return status === 'processing' && row.status === 'failed'
}

/**
 * Paid, but for something that nobody here knows yet: the buyer's money is under way, and so is their seat, even where we had taken it
 * for over.
 */
export async function noteParked(db: Pick<Queryable, 'update'>, facts: SessionFacts): Promise<void> {
  const { sessionId, purchaseId } = checkoutSession
  await db
    .update(checkoutSession)
    .set({ status: stateOf(facts), paymentIntentId: facts.paymentIntentId ?? null })
    .where(and(eq(sessionId, facts.id), isNull(purchaseId)))
}

function stateOf(facts: SessionFacts): CheckoutSessionStatus {
  if (facts.status === 'expired') return 'expired'
  if (facts.status === 'open') return 'open'
  return facts.paymentFailed ? 'failed' : 'processing'
}
