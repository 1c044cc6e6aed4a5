import 'server-only'
import { and, desc, eq, like, ne } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import {
  type CheckoutSessionRow,
  checkoutSession,
  merchantCharge,
  merchantSession,
  outbox,
  type PurchaseStatus,
  purchase,
} from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { toMajor } from '@/lib/pricing/money'
import type { FulfillmentDeps } from './deps'
import { withRetry } from './fulfill'
import { type KnownRows, lockCheckout } from './record/checkout-row'
import { usedWithoutClaim } from './record/flags'
import { purchaseMetadata, standingOf } from './record/purchase'
import type { Owner } from './record/recorded'
import { restoreFamily, restorePurchase } from './record/restore-family'
import { purchasesByTraces, type Traces, whosePurchase, wroteCourseBuilder } from './record/traces'
import { nextVersion } from './record/version'
import type { SaleFacts } from './stripe-session'

/**
 * Puts back what was deleted or changed by hand of a sale that was recorded: its purchase under its old id, the rows that belong to
 * it, amounts, and the columns that are ours. From Stripe's present state and `checkout_Session`; what is in order stays untouched,
 * nobody is written to, and nothing is deleted. A sale that was never recorded is `fulfill`'s, and so is what changed at Stripe since:
 * a purchase comes back as it stood. A checkout that names another sale's purchase is led back to its own.
 *
 * A purchase that Course Builder wrote keeps its amount and its rows, and one that somebody there called refunded stays so,
 * unless `stripeIsRight`. Answers false where it touched nothing, because which purchase is this sale's can't be told.
 */
export const restoreSale = (
  deps: Pick<FulfillmentDeps, 'sales'>,
  facts: SaleFacts,
  product: CatalogueProduct,
  { stripeIsRight = false }: { stripeIsRight?: boolean } = {},
): Promise<boolean> =>
  withRetry(deps.sales, async (tx) => {
    const { checkout: row, known } = await lockCheckout(tx, facts, product)
    if (!row.purchaseId) return false
    const named = await ownPurchase(tx, facts, product, { ...row, purchaseId: row.purchaseId })
    if (!named) return false
    const { purchaseId, found } = named
    const checkout = { ...row, purchaseId }
    const sale = { facts, product, checkout }
    const adopted = wroteCourseBuilder(checkout, found)
    const bought =
      found ?? (await restorePurchase(tx, sale, await asItStood(tx, facts, product, checkout, known)))
    if (found && !adopted) await restoreFamily(tx, sale, found)
    if (found && adopted && stripeIsRight) await restoreTotal(tx, facts, found)
    if (found && !adopted) await restoreAmount(tx, facts, checkout, found)
    if (stripeIsRight) await restoreStatus(tx, bought, statusAtStripe(facts, product, checkout, known))
    await restoreCheckout(tx, facts, product, checkout, bought.status, adopted)
    return true
  })

type Named = { purchaseId: string; found: Owner | undefined }

/**
 * The purchase that a checkout names, locked, if it is this sale's. If it isn't, or is gone, the only one whose traces lead here;
 * null where that can't be told.
 */
async function ownPurchase(
  tx: Queryable,
  facts: SaleFacts,
  product: CatalogueProduct,
  checkout: CheckoutSessionRow & { purchaseId: string },
): Promise<Named | null> {
  const { id, purchaseId } = checkout
  const found = await lockPurchase(tx, purchaseId)
  if (found) {
    const traces = await tracesOf(tx, found)
    const whose = whosePurchase({ facts, checkoutId: id }, traces, await isNamedElsewhere(tx, checkout))
    if (whose === 'own') return { purchaseId, found }
    if (whose === 'unclear') return null
  }
  const sale = { facts, productId: product.id }
  const own = (await purchasesByTraces(tx, [sale])).get(facts.id) ?? []
  const [only, ...others] = own
  if (!only) return found ? null : { purchaseId, found }
  if (others.length > 0) return null
  return { purchaseId: only, found: await lockPurchase(tx, only) }
}

async function lockPurchase(tx: Queryable, id: string): Promise<Owner | undefined> {
  const [row] = await tx.select().from(purchase).where(eq(purchase.id, id)).for('update')
  return row
}

async function tracesOf(tx: Queryable, bought: Owner): Promise<Traces> {
  const { stripeChargeId, metadata } = bought
  const [row] = await tx
    .select({ chargeId: merchantCharge.identifier, sessionId: merchantSession.identifier })
    .from(purchase)
    .leftJoin(merchantCharge, eq(merchantCharge.id, purchase.merchantChargeId))
    .leftJoin(merchantSession, eq(merchantSession.id, purchase.merchantSessionId))
    .where(eq(purchase.id, bought.id))
  return { chargeId: row?.chargeId ?? null, sessionId: row?.sessionId ?? null, stripeChargeId, metadata }
}

async function isNamedElsewhere(
  tx: Queryable,
  { id, purchaseId }: { id: string; purchaseId: string },
): Promise<boolean> {
  const [other] = await tx
    .select({ id: checkoutSession.id })
    .from(checkoutSession)
    .where(and(eq(checkoutSession.purchaseId, purchaseId), ne(checkoutSession.id, id)))
    .limit(1)
  return other !== undefined
}

/**
 * What a purchase was when its row was lost: refunded if our own row says so, else what was last told of its charge. What Stripe has
 * done since is then a change like any other, with its messages and its coupon.
 */
async function asItStood(
  tx: Queryable,
  facts: SaleFacts,
  product: CatalogueProduct,
  checkout: CheckoutSessionRow,
  known: KnownRows,
): Promise<PurchaseStatus> {
  if (checkout.status === 'refunded') return 'Refunded'
  const standing = standingOf(facts, product, checkout, known)
  if (!facts.charge?.disputed) return standing
  const [last] = await tx
    .select({ id: outbox.id })
    .from(outbox)
    .where(like(outbox.id, `purchase-status:${facts.charge.id.replaceAll('_', '\\_')}:%`))
    .orderBy(desc(outbox.createdAt))
    .limit(1)
  return last?.id.split(':')[2] === 'Disputed' ? 'Disputed' : standing
}

/** What Stripe alone says of a sale. */
export function statusAtStripe(
  facts: SaleFacts,
  product: CatalogueProduct,
  checkout: Pick<CheckoutSessionRow, 'tier' | 'country'>,
  known: Pick<KnownRows, 'couponType'>,
): PurchaseStatus {
  if (facts.charge?.whole) return 'Refunded'
  return facts.charge?.disputed ? 'Disputed' : standingOf(facts, product, checkout, known)
}

async function restoreTotal(tx: Queryable, facts: SaleFacts, { id }: Owner): Promise<void> {
  await tx
    .update(purchase)
    .set({ totalAmount: toMajor(facts.total) })
    .where(eq(purchase.id, id))
}

async function restoreAmount(
  tx: Queryable,
  facts: SaleFacts,
  checkout: CheckoutSessionRow,
  bought: Owner,
): Promise<void> {
  await tx
    .update(purchase)
    .set({
      totalAmount: toMajor(facts.total),
      stripeChargeId: facts.charge?.id ?? null,
      stripeCouponId: couponOf(facts, bought.stripeCouponId),
      metadata: { ...bought.metadata, ...purchaseMetadata(facts, checkout) },
    })
    .where(eq(purchase.id, bought.id))
}

/** Of a price that was reduced, a coupon that Stripe names no more stays the one that we know. */
const couponOf = ({ couponId, discount }: SaleFacts, known: string | null): string | null =>
  couponId ?? (discount.amount > 0 ? known : null)

async function restoreStatus(
  tx: Queryable,
  bought: { id: string; status: PurchaseStatus },
  status: PurchaseStatus,
): Promise<void> {
  // Only a refund that somebody wrote by hand is undone here: what Stripe gave back is `fulfill`'s, which tells the buyer.
  if (bought.status === 'Banned' || status === 'Refunded' || status === 'Disputed') return
  await tx.update(purchase).set({ status }).where(eq(purchase.id, bought.id))
  bought.status = status
}

const SETTLED = new Set<CheckoutSessionRow['status']>(['complete', 'refunded'])
const settledAs = (status: PurchaseStatus) => (status === 'Refunded' ? 'refunded' : 'complete')

/** What our own row says of money and seats. What went back since is left to `fulfill`, which tells the buyer. */
async function restoreCheckout(
  tx: Queryable,
  facts: SaleFacts,
  product: CatalogueProduct,
  checkout: CheckoutSessionRow & { purchaseId: string },
  status: PurchaseStatus,
  adopted: boolean,
): Promise<void> {
  const refunded = facts.charge?.refunded ?? 0
  const flags = new Set(checkout.flags ?? [])
  if (!adopted) flags.delete('adopted')
  if (usedWithoutClaim(facts, product)) flags.add('coupon_without_claim')
  await tx
    .update(checkoutSession)
    .set({
      purchaseId: checkout.purchaseId,
      amountTotal: facts.total.amount,
      currency: facts.total.currency,
      quantity: facts.quantity,
      amountRefunded: Math.min(checkout.amountRefunded, refunded),
      // What Stripe gave back is settled through the one door, with all that hangs on it.
      status: SETTLED.has(checkout.status) ? checkout.status : settledAs(status),
      chargeId: facts.charge?.id ?? null,
      paymentIntentId: facts.paymentIntentId ?? null,
      customerId: facts.customerId ?? checkout.customerId,
      stripeCouponId: couponOf(facts, checkout.stripeCouponId),
      flags: [...flags],
      updatedAt: nextVersion,
    })
    .where(eq(checkoutSession.id, checkout.id))
}
