import 'server-only'
import { eq } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { type CheckoutSessionStatus, checkoutSession } from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import type { Outcome } from '../outcome'
import type { SessionFacts } from '../stripe-session'
import { lockCheckout } from './checkout-row'

/** A session that is not paid: under way, over, or come to nothing. A seat is released only by what Stripe says here. */
export async function noteState(
  tx: Queryable,
  facts: SessionFacts,
  product: CatalogueProduct,
): Promise<Outcome> {
  const status = stateOf(facts)
  // A payment link that nobody paid leaves no row.
  if (facts.paymentLink && status !== 'processing' && status !== 'failed') return { kind: 'noted', status }
  const row = await lockCheckout(tx, facts, product)
  // What was sold stays sold, whatever an older event says.
  if (row.purchaseId || row.status === status) return { kind: 'noted', status: row.status }
  await tx
    .update(checkoutSession)
    .set({
      status,
      sessionId: facts.id,
      paymentIntentId: facts.paymentIntentId ?? null,
      ...(status === 'processing' && { email: facts.email ?? row.email }),
    })
    .where(eq(checkoutSession.id, row.id))
  return { kind: 'noted', status }
}

function stateOf(facts: SessionFacts): CheckoutSessionStatus {
  if (facts.status === 'expired') return 'expired'
  if (facts.status === 'open') return 'open'
  return facts.paymentFailed ? 'failed' : 'processing'
}
