import 'server-only'
import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import {
  type CheckoutSessionRow,
  coupon,
  merchantCoupon,
  type PurchaseStatus,
  purchase,
  purchaseProduct,
} from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { toMajor } from '@/lib/pricing/money'
import { cut, type SaleFacts } from '../stripe-session'
import type { MerchantRows } from './merchant'
import type { Buyer } from './people'

export type NewPurchase = { id: string; bulkCouponId: string | null; status: PurchaseStatus }

/**
 * The purchase, its product and, for several seats, the coupon that hands them out.
 * @param again what a purchase was called that is written a second time, because its row was lost
 */
export async function recordPurchase(
  tx: Queryable,
  facts: SaleFacts,
  product: CatalogueProduct,
  buyer: Buyer,
  rows: MerchantRows,
  checkout: CheckoutSessionRow,
  createdAt: Date,
  again?: { id: string; bulkCouponId: string | null; status: PurchaseStatus },
): Promise<NewPurchase> {
  const id = again?.id ?? `purch_${randomUUID()}`
  const status = again?.status ?? standingOf(facts, product, checkout)
  const bulkCouponId =
    again?.bulkCouponId ??
    (facts.quantity > 1 ? await recordBulkCoupon(tx, facts.quantity, product, buyer.organizationId) : null)
  await tx.insert(purchase).values({
    id,
    userId: buyer.userId,
    organizationId: buyer.organizationId,
    organizationMembershipId: buyer.membershipId,
    createdAt,
    totalAmount: toMajor(facts.total),
    ipAddress: cut(facts.metadata.ip_address, 191) ?? null,
    country: facts.country ?? checkout.country,
    couponId: facts.couponId ? await courseBuilderCoupon(tx, facts.couponId) : null,
    productId: product.id,
    merchantChargeId: rows.chargeId,
    merchantSessionId: rows.sessionId,
    status,
    bulkCouponId,
    stripeChargeId: facts.charge?.id ?? null,
    stripeCouponId: facts.couponId ?? null,
    metadata: purchaseMetadata(facts, checkout),
  })
  if (again) await recordPurchaseProduct(tx, id, product.id)
  else await insertPurchaseProduct(tx, id, product.id)
  return { id, bulkCouponId, status }
}

/** Which products a purchase is of; one that is listed already stays as it is. */
export async function recordPurchaseProduct(
  tx: Queryable,
  purchaseId: string,
  productId: string,
): Promise<void> {
  const [listed] = await tx
    .select({ id: purchaseProduct.id })
    .from(purchaseProduct)
    .where(eq(purchaseProduct.purchaseId, purchaseId))
    .limit(1)
  if (!listed) await insertPurchaseProduct(tx, purchaseId, productId)
}

const insertPurchaseProduct = (tx: Queryable, purchaseId: string, productId: string) =>
  tx.insert(purchaseProduct).values({ id: `pp_${randomUUID()}`, purchaseId, productId })

/** Our own column of a purchase: what Course Builder's own have no place for. */
export const purchaseMetadata = (facts: SaleFacts, checkout: Pick<CheckoutSessionRow, 'id' | 'variant'>) => ({
  source: facts.source ?? 'payment-link',
  checkoutId: checkout.id,
  bulk: String(facts.quantity > 1),
  quantity: facts.quantity,
  currency: facts.total.currency,
  amountTotal: facts.total.amount,
  ...(checkout.variant && { variant: checkout.variant }),
  ...(facts.paymentLink && { paymentLink: facts.paymentLink }),
})

/** What a purchase is while its money is here and undisputed. */
export const standingOf = (
  facts: SaleFacts,
  product: CatalogueProduct,
  checkout: Pick<CheckoutSessionRow, 'tier'>,
): PurchaseStatus => (isCountryPrice(facts, product, checkout) ? 'Restricted' : 'Valid')

/** Bought at a country's price: Course Builder restricts such a purchase to that country. */
function isCountryPrice(
  facts: SaleFacts,
  product: CatalogueProduct,
  checkout: Pick<CheckoutSessionRow, 'tier'>,
): boolean {
  if (checkout.tier === 'ppp') return true
  return usedOneOf(facts, Object.values(product.config.coupons?.ppp ?? {}))
}

/** A declaration may name a coupon by its id or by a code for it. */
export function usedOneOf(
  { couponId, promotionCode }: SaleFacts,
  declared: readonly (string | undefined)[],
): boolean {
  return declared.some(
    (code) =>
      code !== undefined && (code === couponId || code.toUpperCase() === promotionCode?.toUpperCase()),
  )
}

/** @param id of a coupon that is written a second time, because its row was lost */
export async function recordBulkCoupon(
  tx: Queryable,
  seats: number,
  product: CatalogueProduct,
  organizationId: string,
  id = `coupon_${randomUUID()}`,
  usedCount = 0,
): Promise<string> {
  await tx.insert(coupon).values({
    id,
    organizationId,
    usedCount,
    maxUses: seats,
    status: 1,
    percentageDiscount: '1.0',
    restrictedToProductId: product.id,
    fields: { bulk: true },
  })
  return id
}

/** Course Builder's own row for a Stripe coupon, where it has one. */
async function courseBuilderCoupon(tx: Queryable, stripeCouponId: string): Promise<string | null> {
  const [row] = await tx
    .select({ id: coupon.id })
    .from(coupon)
    .innerJoin(merchantCoupon, eq(merchantCoupon.id, coupon.merchantCouponId))
    .where(eq(merchantCoupon.identifier, stripeCouponId))
    .orderBy(sql`${coupon.createdAt}`)
    .limit(1)
  return row?.id ?? null
}
