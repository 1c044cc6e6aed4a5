import 'server-only'
import { and, eq, isNull, ne, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { type CheckoutSessionRow, coupon, type PurchaseStatus, purchase } from '@/db/schema'
import type { Buyer } from './people'
import { bulkCouponRow, newBulkCouponId } from './purchase'
import type { Owner, Recorded } from './recorded'

/** The bulk coupon that handed out this purchase's seats, when no other purchase calls it its own: codes may be out there. */
export async function findOrphanedCoupon(tx: Queryable, { facts, product }: Recorded, buyer: Buyer) {
  const [row] = await tx
    .select({ id: coupon.id })
    .from(coupon)
    .leftJoin(purchase, eq(purchase.bulkCouponId, coupon.id))
    .where(
      and(
        eq(coupon.organizationId, buyer.organizationId),
        eq(coupon.restrictedToProductId, product.id),
        eq(coupon.maxUses, facts.quantity),
        sql`${coupon.id} like 'coupon\\_%'`,
        isNull(purchase.id),
      ),
    )
    .orderBy(coupon.createdAt)
    .limit(1)
  return row?.id ?? null
}

/** The coupon that hands out the seats of a bulk purchase: brought back, or to the seats and terms that were sold. Answers its id. */
export async function restoreCoupon(tx: Queryable, sale: Recorded, bought: Owner, buyer: Buyer) {
  const { facts, product } = sale
  if (facts.quantity < 2) return bought.bulkCouponId
  const id = bought.bulkCouponId ?? (await findOrphanedCoupon(tx, sale, buyer))
  const [there] = id ? await tx.select().from(coupon).where(eq(coupon.id, id)) : []
  if (there) {
    const [other] = await tx
      .select({ id: purchase.id })
      .from(purchase)
      .where(
        and(
          eq(purchase.userId, bought.userId ?? ''),
          eq(purchase.productId, bought.productId),
          eq(purchase.bulkCouponId, there.id),
          ne(purchase.id, bought.id),
        ),
      )
      .limit(1)
    // Seats that Course Builder has added to it are another purchase's, and ours are off it once they are refunded.
    const fewer = there.maxUses < facts.quantity && bought.status !== 'Refunded'
    const seatsDiffer = other ? fewer : there.maxUses !== facts.quantity
    const terms = couponTerms(there, product.id, bought.productId)
    if (seatsDiffer || terms)
      await tx
        .update(coupon)
        .set({ ...terms, ...(seatsDiffer && { maxUses: facts.quantity }) })
        .where(eq(coupon.id, there.id))
    return there.id
  }
  const redeemed = id
    ? (await tx.select().from(purchase).where(eq(purchase.redeemedBulkCouponId, id))).length
    : 0
  const couponId = id ?? newBulkCouponId()
  const ended = seatsEndedAt(sale.checkout, bought.status)
  await bulkCouponRow(tx, couponId, facts.quantity, product, buyer.organizationId, redeemed, ended)
  return couponId
}

/** Since when the seats of a purchase are taken back: those of one that is refunded have been since its checkout said so. */
export const seatsEndedAt = (
  { updatedAt, createdAt }: CheckoutSessionRow,
  status: PurchaseStatus,
): Date | null => (status === 'Refunded' ? (updatedAt ?? createdAt) : null)

type Terms = Pick<typeof coupon.$inferSelect, 'restrictedToProductId' | 'percentageDiscount'>

/**
 * What a bulk coupon stands for, where that was changed: seats of what was bought, wholly paid. One that is bound to no workshop would
 * open all of them. Whoever moved the purchase to another workshop may have moved the coupon too.
 */
export function couponTerms(
  { restrictedToProductId, percentageDiscount }: Terms,
  soldId: string,
  boughtId: string,
): Terms | null {
  const bound = restrictedToProductId === soldId || restrictedToProductId === boughtId
  if (bound && Number(percentageDiscount) === 1) return null
  return { percentageDiscount: '1.0', restrictedToProductId: bound ? restrictedToProductId : soldId }
}
