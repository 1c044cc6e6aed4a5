import 'server-only'
import { eq } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { type CheckoutSessionRow, checkoutSession, type PurchaseStatus, purchase } from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { toMajor } from '@/lib/pricing/money'
import type { FulfillmentDeps } from './deps'
import { withRetry } from './fulfill'
import { type KnownRows, lockCheckout } from './record/checkout-row'
import { purchaseMetadata, standingOf } from './record/purchase'
import { usedWithoutClaim } from './record/record-sale'
import { type Owner, restoreFamily, restorePurchase } from './record/restore-family'
import { nextVersion } from './record/version'
import type { SaleFacts } from './stripe-session'

/**
 * Puts back what was deleted or changed by hand of a sale that was recorded: its purchase under its old id, the rows that belong to
 * it, amounts, and the columns that are ours. From Stripe's present state and `checkout_Session`; what is in order stays untouched,
 * nobody is written to, and nothing is deleted. A sale that was never recorded is `fulfill`'s.
 *
 * A purchase that Course Builder wrote keeps its amount and its rows, and one that somebody there called refunded stays so,
 * unless `stripeIsRight`.
 */
export const restoreSale = (
  deps: Pick<FulfillmentDeps, 'sales' | 'now'>,
  facts: SaleFacts,
  product: CatalogueProduct,
  { stripeIsRight = false }: { stripeIsRight?: boolean } = {},
): Promise<void> =>
  withRetry(deps.sales, async (tx) => {
    const { checkout, known } = await lockCheckout(tx, facts, product)
    if (!checkout.purchaseId) return
    const sale = { facts, product, checkout: { ...checkout, purchaseId: checkout.purchaseId } }
    const [found] = await tx.select().from(purchase).where(eq(purchase.id, checkout.purchaseId)).for('update')
    const adopted = checkout.flags?.includes('adopted') === true
    const bought = found ?? (await restorePurchase(tx, sale, statusAtStripe(facts, product, checkout, known)))
    if (found && !adopted) await restoreFamily(tx, sale, found)
    if (found && (!adopted || stripeIsRight)) await restoreAmount(tx, facts, checkout, found)
    if (stripeIsRight) await restoreStatus(tx, bought, statusAtStripe(facts, product, checkout, known))
    await restoreCheckout(tx, facts, product, checkout, bought.status)
  })

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
      stripeCouponId: facts.couponId ?? null,
      metadata: { ...bought.metadata, ...purchaseMetadata(facts, checkout) },
    })
    .where(eq(purchase.id, bought.id))
}

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
  checkout: CheckoutSessionRow,
  status: PurchaseStatus,
): Promise<void> {
  const refunded = facts.charge?.refunded ?? 0
  const flags = new Set(checkout.flags ?? [])
  if (usedWithoutClaim(facts, product)) flags.add('coupon_without_claim')
  await tx
    .update(checkoutSession)
    .set({
      amountTotal: facts.total.amount,
      currency: facts.total.currency,
      quantity: facts.quantity,
      amountRefunded: Math.min(checkout.amountRefunded, refunded),
      // What Stripe gave back is settled through the one door, with all that hangs on it.
      status: SETTLED.has(checkout.status) ? checkout.status : settledAs(status),
      chargeId: facts.charge?.id ?? null,
      paymentIntentId: facts.paymentIntentId ?? null,
      customerId: facts.customerId ?? null,
      stripeCouponId: facts.couponId ?? null,
      flags: [...flags],
      updatedAt: nextVersion,
    })
    .where(eq(checkoutSession.id, checkout.id))
}
