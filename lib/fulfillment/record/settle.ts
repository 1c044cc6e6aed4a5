import 'server-only'
import { and, eq, inArray, ne, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { inOneRoundTrip } from '@/db/round-trips'
import { type CheckoutSessionRow, checkoutSession, coupon, type PurchaseStatus, purchase } from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { SEATED } from '@/lib/checkout/hold'
import { type Effect, purchaseStatusEffects, refundEffects } from '@/lib/outbox/effects'
import { enqueue } from '@/lib/outbox/enqueue'
import type { FulfillmentDeps } from '../deps'
import type { ChargeFacts, SaleFacts } from '../stripe-session'
import type { KnownRows } from './checkout-row'
import { chargeRows } from './merchant'
import { NOBODY } from './people'
import { standingOf } from './purchase'
import { saleSnapshot } from './sale'
import { nextVersion, OutOfDate, versionIn } from './version'

type Completed = CheckoutSessionRow & { purchaseId: string }

type RecordedSale = {
  facts: SaleFacts
  product: CatalogueProduct
  checkout: Completed
  known: KnownRows
  /** Its purchase was there before its checkout's row: what was done about a refund, nobody here knows. */
  adopting?: boolean
}

/**
 * Brings refunds and disputes of a recorded sale to Stripe's present state; out of order or repeated, it ends the same.
 *
 * @param upToDate whether nobody can have written since Stripe was asked
 * @throws OutOfDate where somebody can, and there is something to change
 */
export async function settle(
  tx: Queryable,
  deps: FulfillmentDeps,
  { facts, product, checkout, known, adopting = false }: RecordedSale,
  upToDate: boolean,
): Promise<void> {
  const { charge } = facts
  if (!charge) return
  const bought = await lockPurchase(tx, checkout.purchaseId)
  if (!bought) return
  const { refunded, whole } = charge
  const status = statusOf(bought.status, charge, checkout, standingOf(facts, product, checkout, known))
  const before = { refunded: checkout.amountRefunded, status: bought.status }
  // By our own row, not by the purchase's: Course Builder calls it refunded before Stripe has told us, or when Stripe never will.
  const wasBack = checkout.status === 'refunded'
  if (refunded === before.refunded && status === before.status && whole === wasBack && checkout.chargeId)
    return
  if (!upToDate) throw new OutOfDate()
  if (!checkout.chargeId) await attachCharge(tx, { facts, product, checkout, known }, bought)
  if (status !== before.status) await tx.update(purchase).set({ status }).where(eq(purchase.id, bought.id))
  if (whole && !wasBack) await takeSeatsBack(tx, deps, bought, { ...checkout, adopting })
  if (!whole && wasBack) await giveSeatsAgain(tx, bought, checkout)
  await tx
    .update(checkoutSession)
    .set({
      amountRefunded: refunded,
      status: whole ? 'refunded' : 'complete',
      chargeId: charge.id,
      // Of somebody who was forgotten nothing comes back.
      receiptUrl: checkout.email === '' ? null : (charge.receiptUrl ?? checkout.receiptUrl),
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
  'id' | 'status' | 'createdAt' | 'bulkCouponId' | 'userId' | 'organizationId' | 'productId'
>

async function lockPurchase(tx: Queryable, id: string): Promise<Bought | undefined> {
  const { status, createdAt, bulkCouponId, userId, organizationId, productId } = purchase
  const [row] = await tx
    .select({ id: purchase.id, status, createdAt, bulkCouponId, userId, organizationId, productId })
    .from(purchase)
    .where(eq(purchase.id, id))
    .for('update')
  return row
}

/** A payment whose charge Stripe did not name when the sale was recorded. */
async function attachCharge(
  tx: Queryable,
  { facts, product, checkout, known }: RecordedSale,
  { userId, organizationId }: Bought,
): Promise<void> {
  if (!facts.charge || !userId) return
  const owner = { userId, organizationId }
  const { chargeId, writes } = chargeRows(tx, facts, product, owner, known)
  const attached = tx
    .update(purchase)
    .set({ merchantChargeId: chargeId, stripeChargeId: facts.charge.id })
    .where(eq(purchase.id, checkout.purchaseId))
  await inOneRoundTrip(tx, [...writes, attached])
}

/** Whoever has the link of a bulk purchase could go on handing out seats that are free for others again. */
async function takeSeatsBack(
  tx: Queryable,
  { now }: FulfillmentDeps,
  bought: Bought,
  { quantity, adopting }: Completed & { adopting: boolean },
): Promise<void> {
  const id = bought.bulkCouponId
  if (!id) return
  const shared = await isShared(tx, bought)
  // One that was refunded before its checkout's row was lost has given its seats back already, and they can be taken only once.
  if (shared && adopting && bought.status === 'Refunded') return
  const left = shared
    ? { maxUses: sql`greatest(${coupon.maxUses} - ${quantity}, ${coupon.usedCount})` }
    : { expires: now() }
  await tx.update(coupon).set(left).where(eq(coupon.id, id))
}

async function giveSeatsAgain(tx: Queryable, bought: Bought, { quantity }: Completed): Promise<void> {
  const id = bought.bulkCouponId
  if (!id) return
  // One that had only ended still has its seats. The columns are set in this order, each from what the last one left.
  const seats = (await isShared(tx, bought))
    ? sql`${coupon.maxUses} = if(${coupon.expires} is null, ${coupon.maxUses} + ${quantity}, ${coupon.maxUses}), `
    : sql``
  await tx.execute(sql`update ${coupon} set ${seats} ${coupon.expires} = null where ${coupon.id} = ${id}`)
}

/** Course Builder adds the seats of a buyer's next bulk purchase to the coupon of their last one. */
async function isShared(tx: Queryable, { id, bulkCouponId, userId, productId }: Bought): Promise<boolean> {
  const [other] = await tx
    .select({ id: purchase.id })
    .from(purchase)
    .where(
      and(
        eq(purchase.userId, userId ?? ''),
        eq(purchase.productId, productId),
        eq(purchase.bulkCouponId, bulkCouponId ?? ''),
        inArray(purchase.status, SEATED),
        ne(purchase.id, id),
      ),
    )
    .limit(1)
  return other !== undefined
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
