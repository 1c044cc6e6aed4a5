import 'server-only'
import { randomUUID } from 'node:crypto'
import type { SQLWrapper } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { type CheckoutSessionRow, coupon, purchase, purchaseProduct } from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { toMajor } from '@/lib/pricing/money'
import { cut, type SaleFacts } from '../stripe-session'
import type { KnownRows } from './checkout-row'
import type { MerchantRows } from './merchant'
import type { Buyer } from './people'

export type NewPurchase = { id: string; bulkCouponId: string | null; writes: SQLWrapper[] }

/** The purchase, its product and, for several seats, the coupon that hands them out. */
export function purchaseRows(
  tx: Queryable,
  facts: SaleFacts,
  product: CatalogueProduct,
  buyer: Buyer,
  rows: MerchantRows,
  { checkout, known }: { checkout: CheckoutSessionRow; known: KnownRows },
): NewPurchase {
  const id = `purch_${randomUUID()}`
  const bulkCouponId = facts.quantity > 1 ? `coupon_${randomUUID()}` : null
  const written = tx.insert(purchase).values({
    id,
    userId: buyer.userId,
    organizationId: buyer.organizationId,
    organizationMembershipId: buyer.membershipId,
    totalAmount: toMajor(facts.total),
    ipAddress: cut(facts.metadata.ip_address, 191) ?? null,
    country: facts.country ?? checkout.country,
    couponId: known.couponId,
    productId: product.id,
    merchantChargeId: rows.chargeId,
    merchantSessionId: rows.sessionId,
    status: isCountryPrice(facts, product, checkout) ? 'Restricted' : 'Valid',
    bulkCouponId,
    stripeChargeId: facts.charge?.id ?? null,
    stripeCouponId: facts.couponId ?? null,
    metadata: purchaseMetadata(facts, checkout),
  })
  const ofProduct = { id: `pp_${randomUUID()}`, purchaseId: id, productId: product.id }
  return {
    id,
    bulkCouponId,
    writes: [
      ...(bulkCouponId ? [bulkCoupon(tx, bulkCouponId, facts.quantity, product, buyer)] : []),
      written,
      tx.insert(purchaseProduct).values(ofProduct),
    ],
  }
}

const purchaseMetadata = (facts: SaleFacts, checkout: CheckoutSessionRow) => ({
  source: facts.source ?? 'payment-link',
  checkoutId: checkout.id,
  bulk: String(facts.quantity > 1),
  quantity: facts.quantity,
  currency: facts.total.currency,
  amountTotal: facts.total.amount,
  ...(checkout.variant && { variant: checkout.variant }),
  ...(facts.paymentLink && { paymentLink: facts.paymentLink }),
})

/** Bought at a country's price: Course Builder restricts such a purchase to that country. */
export function isCountryPrice(
  facts: SaleFacts,
  product: CatalogueProduct,
  checkout: CheckoutSessionRow,
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

const bulkCoupon = (tx: Queryable, id: string, seats: number, product: CatalogueProduct, buyer: Buyer) =>
  tx.insert(coupon).values({
    id,
    organizationId: buyer.organizationId,
    maxUses: seats,
    status: 1,
    percentageDiscount: '1.0',
    restrictedToProductId: product.id,
    fields: { bulk: true },
  })
