import 'server-only'
import { eq } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { type CheckoutSessionRow, checkoutSession, type PurchaseStatus, purchase } from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { purchaseStatusEffects, refundEffects } from '@/lib/outbox/effects'
import { enqueue } from '@/lib/outbox/enqueue'
import type { FulfillmentDeps } from '../deps'
import type { SessionFacts } from '../stripe-session'
import { isCountryPrice } from './purchase'
import { saleSnapshot } from './sale'

type Completed = CheckoutSessionRow & { purchaseId: string }

/** Brings refunds and disputes of a recorded sale to Stripe's present state; out of order or repeated, it ends the same. */
export async function settle(
  tx: Queryable,
  deps: FulfillmentDeps,
  facts: SessionFacts,
  product: CatalogueProduct,
  checkout: Completed,
): Promise<void> {
  const { charge } = facts
  if (!charge) return
  const [row] = await tx
    .select({ status: purchase.status, createdAt: purchase.createdAt, bulkCouponId: purchase.bulkCouponId })
    .from(purchase)
    .where(eq(purchase.id, checkout.purchaseId))
    .for('update')
  if (!row) return
  const refunded = Math.max(charge.refunded, checkout.amountRefunded)
  const standing: PurchaseStatus = isCountryPrice(facts, product, checkout) ? 'Restricted' : 'Valid'
  const status = statusOf(row.status, charge, standing)
  if (refunded === checkout.amountRefunded && status === row.status) return
  if (status !== row.status)
    await tx.update(purchase).set({ status }).where(eq(purchase.id, checkout.purchaseId))
  await tx
    .update(checkoutSession)
    .set({ amountRefunded: refunded, status: status === 'Refunded' ? 'refunded' : 'complete' })
    .where(eq(checkoutSession.id, checkout.id))
  const options = { inngest: deps.inngest }
  const recorded = {
    purchaseId: checkout.purchaseId,
    bulkCouponId: row.bulkCouponId,
    createdAt: row.createdAt,
    email: checkout.email ?? '',
  }
  if (refunded > checkout.amountRefunded) {
    const { currency } = facts.total
    await enqueue(
      tx,
      refundEffects(
        {
          sale: saleSnapshot(facts, product, checkout, recorded, deps.appUrl),
          amount: { amount: refunded - checkout.amountRefunded, currency },
          refunded: { amount: refunded, currency },
          full: charge.whole,
          refundedAt: deps.now().toISOString(),
          stripeChargeId: charge.id,
          ...(checkout.flags?.includes('refunding') && { reason: 'oversold' as const }),
        },
        { ...options, email: checkout.email !== null && checkout.email !== '' },
      ),
    )
  } else {
    // Named by the state it left, so that a dispute's end is told apart from its beginning.
    const cause = `from-${row.status}`
    await enqueue(tx, purchaseStatusEffects({ stripeChargeId: charge.id, status, cause }, options))
  }
}

/** `Banned` is a person's decision at Course Builder and stays. */
function statusOf(
  now: PurchaseStatus,
  charge: { whole: boolean; disputed: boolean },
  standing: PurchaseStatus,
): PurchaseStatus {
  if (now === 'Banned') return now
  if (charge.whole) return 'Refunded'
  if (charge.disputed) return 'Disputed'
  return now === 'Disputed' ? standing : now
}
