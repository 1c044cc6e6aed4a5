import 'server-only'
import { eq } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { inOneRoundTrip } from '@/db/round-trips'
import { type CheckoutSessionRow, checkoutSession, coupon, type PurchaseStatus, purchase } from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { type Effect, purchaseStatusEffects, refundEffects } from '@/lib/outbox/effects'
import { enqueue } from '@/lib/outbox/enqueue'
import type { FulfillmentDeps } from '../deps'
import type { ChargeFacts, SaleFacts } from '../stripe-session'
import { findKnown } from './checkout-row'
import { chargeRows } from './merchant'
import { NOBODY } from './people'
import { standingOf } from './purchase'
import { saleSnapshot } from './sale'
import { nextVersion, OutOfDate, versionIn } from './version'

type Completed = CheckoutSessionRow & { purchaseId: string }

/**
 * Brings refunds and disputes of a recorded sale to Stripe's present state; out of order or repeated, it ends the same.
 *
 * @param upToDate whether nobody can have written since Stripe was asked
 * @throws OutOfDate where somebody can, and there is something to change
 */
export async function settle(
  tx: Queryable,
  deps: FulfillmentDeps,
  facts: SaleFacts,
  product: CatalogueProduct,
  checkout: Completed,
  upToDate: boolean,
): Promise<void> {
  const { charge } = facts
  if (!charge) return
  const bought = await lockPurchase(tx, checkout.purchaseId)
  if (!bought) return
  const { refunded } = charge
  const status = statusOf(bought.status, charge, checkout, standingOf(facts, product, checkout))
  const before = { refunded: checkout.amountRefunded, status: bought.status }
  if (refunded === before.refunded && status === before.status && checkout.chargeId) return
  if (!upToDate) throw new OutOfDate()
  if (!checkout.chargeId) await attachCharge(tx, facts, product, checkout, bought)
  if (status !== before.status) await changeStatus(tx, deps, bought, status)
  await tx
    .update(checkoutSession)
    .set({
      amountRefunded: refunded,
      status: status === 'Refunded' ? 'refunded' : 'complete',
      chargeId: charge.id,
      receiptUrl: charge.receiptUrl ?? checkout.receiptUrl,
      updatedAt: nextVersion,
    })
    .where(eq(checkoutSession.id, checkout.id))
  const effects: Effect[] = []
  if (refunded > before.refunded)
    effects.push(...tellOfRefund(deps, facts, product, checkout, bought, refunded))
  if (status !== before.status) {
    // Named by the change itself, so that a second dispute is told like the first.
    const cause = `from-${before.status}-${versionIn(checkout)}`
    effects.push(...purchaseStatusEffects({ stripeChargeId: charge.id, status, cause }, deps))
  }
  await enqueue(tx, effects)
}

type Bought = Pick<
  typeof purchase.$inferSelect,
  'id' | 'status' | 'createdAt' | 'bulkCouponId' | 'userId' | 'organizationId'
>

async function lockPurchase(tx: Queryable, id: string): Promise<Bought | undefined> {
  const { status, createdAt, bulkCouponId, userId, organizationId } = purchase
  const [row] = await tx
    .select({ id: purchase.id, status, createdAt, bulkCouponId, userId, organizationId })
    .from(purchase)
    .where(eq(purchase.id, id))
    .for('update')
  return row
}

/** A payment whose charge Stripe did not name when the sale was recorded. */
async function attachCharge(
  tx: Queryable,
  facts: SaleFacts,
  product: CatalogueProduct,
  checkout: Completed,
  { userId, organizationId }: Bought,
): Promise<void> {
  if (!facts.charge || !userId) return
  const owner = { userId, organizationId }
  const { chargeId, writes } = chargeRows(tx, facts, product, owner, await findKnown(tx, facts))
  const attached = tx
    .update(purchase)
    .set({ merchantChargeId: chargeId, stripeChargeId: facts.charge.id })
    .where(eq(purchase.id, checkout.purchaseId))
  await inOneRoundTrip(tx, [...writes, attached])
}

async function changeStatus(tx: Queryable, deps: FulfillmentDeps, bought: Bought, status: PurchaseStatus) {
  await tx.update(purchase).set({ status }).where(eq(purchase.id, bought.id))
  // Whoever has the link of a bulk purchase could go on handing out seats that are free for others again.
  if (status === 'Refunded' && bought.bulkCouponId)
    await tx.update(coupon).set({ expires: deps.now() }).where(eq(coupon.id, bought.bulkCouponId))
  if (bought.status === 'Refunded' && bought.bulkCouponId)
    await tx.update(coupon).set({ expires: null }).where(eq(coupon.id, bought.bulkCouponId))
}

function tellOfRefund(
  deps: FulfillmentDeps,
  facts: SaleFacts,
  product: CatalogueProduct,
  checkout: Completed,
  { createdAt, bulkCouponId }: Bought,
  refunded: number,
): Effect[] {
  const { currency } = facts.total
  const { purchaseId, flags } = checkout
  const email = checkout.email ?? ''
  if (deps.quiet || email === '' || email.endsWith(NOBODY)) return []
  const refund = {
    sale: saleSnapshot(facts, product, checkout, { purchaseId, bulkCouponId, createdAt, email }, deps.appUrl),
    amount: { amount: refunded - checkout.amountRefunded, currency },
    refunded: { amount: refunded, currency },
    full: facts.charge?.whole === true,
    refundedAt: deps.now().toISOString(),
    ...(flags?.includes('refunding') && { reason: 'oversold' as const }),
  }
  return refundEffects(refund, versionIn(checkout))
}

/**
 * `Banned` is a person's decision at Course Builder and stays; so does a `Refunded` that we did not write. Ours ends where the refund
 * failed.
 */
function statusOf(
  now: PurchaseStatus,
  charge: ChargeFacts,
  checkout: Completed,
  standing: PurchaseStatus,
): PurchaseStatus {
  if (now === 'Banned') return now
  if (charge.whole) return 'Refunded'
  if (charge.disputed) return 'Disputed'
  const refundFailed = now === 'Refunded' && checkout.status === 'refunded'
  return now === 'Disputed' || refundFailed ? standing : now
}
