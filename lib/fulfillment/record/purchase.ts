import 'server-only'
import { randomUUID } from 'node:crypto'
import { eq, type SQLWrapper } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { type CheckoutSessionRow, coupon, type PurchaseStatus, purchase, purchaseProduct } from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { toMajor } from '@/lib/pricing/money'
import { cut, type SaleFacts } from '../stripe-session'
import type { KnownRows, LockedCheckout } from './checkout-row'
import type { MerchantRows } from './merchant'
import type { Buyer } from './people'

/** What a purchase that is written a second time, because its row was lost, was called. */
export type Again = {
  id: string
  bulkCouponId: string | null
  status: PurchaseStatus
  /** Since when its seats are taken back, where they are. */
  ended: Date | null
}

export type NewPurchase = Omit<Again, 'ended'> & { writes: SQLWrapper[] }

/** The purchase, its product and, for several seats, the coupon that hands them out. */
export function purchaseRows(
  tx: Queryable,
  facts: SaleFacts,
  product: CatalogueProduct,
  buyer: Buyer,
  rows: Pick<MerchantRows, 'chargeId' | 'sessionId'>,
  { checkout, known }: LockedCheckout,
  createdAt: Date,
  again?: Again,
): NewPurchase {
  const id = again?.id ?? `purch_${randomUUID()}`
  const status = again?.status ?? standingOf(facts, product, checkout, known)
  const newCouponId = facts.quantity > 1 && !again?.bulkCouponId ? newBulkCouponId() : null
  const bulkCouponId = again?.bulkCouponId ?? newCouponId
  const written = tx.insert(purchase).values({
    id,
    userId: buyer.userId,
    organizationId: buyer.organizationId,
    organizationMembershipId: buyer.membershipId,
    createdAt,
    totalAmount: toMajor(facts.total),
    ipAddress: cut(facts.metadata.ip_address, 191) ?? null,
    country: countryOf(facts, product, checkout, known),
    couponId: known.couponId,
    productId: product.id,
    merchantChargeId: rows.chargeId,
    merchantSessionId: rows.sessionId,
    status,
    bulkCouponId,
    stripeChargeId: facts.charge?.id ?? null,
    stripeCouponId: facts.couponId ?? null,
    metadata: purchaseMetadata(facts, checkout),
  })
  const { organizationId } = buyer
  return {
    id,
    bulkCouponId,
    status,
    writes: [
      ...(newCouponId
        ? [bulkCouponRow(tx, newCouponId, facts.quantity, product, organizationId, 0, again?.ended)]
        : []),
      written,
      // One that is written again may be listed still.
      ...(again ? [] : [purchaseProductRow(tx, id, product.id)]),
    ],
  }
}

/** Which products a purchase is of: we list one, so a single row of another is that one, changed by hand. */
export async function listPurchaseProduct(
  tx: Queryable,
  purchaseId: string,
  productId: string,
): Promise<void> {
  const listed = await tx
    .select({ id: purchaseProduct.id, productId: purchaseProduct.productId })
    .from(purchaseProduct)
    .where(eq(purchaseProduct.purchaseId, purchaseId))
  if (listed.some((row) => row.productId === productId)) return
  const [row, ...others] = listed
  if (row && others.length === 0)
    await tx.update(purchaseProduct).set({ productId }).where(eq(purchaseProduct.id, row.id))
  else await purchaseProductRow(tx, purchaseId, productId)
}

const purchaseProductRow = (tx: Queryable, purchaseId: string, productId: string) =>
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

type Priced = Pick<CheckoutSessionRow, 'tier' | 'country'>
type KnownCoupon = Pick<KnownRows, 'couponType'>

/** What a purchase is while its money is here and undisputed. */
export const standingOf = (
  facts: SaleFacts,
  product: CatalogueProduct,
  checkout: Priced,
  known: KnownCoupon,
): PurchaseStatus => (isCountryPrice(facts, product, checkout, known) ? 'Restricted' : 'Valid')

/** Bought at a country's price: Course Builder restricts such a purchase to that country. */
const isCountryPrice = (
  facts: SaleFacts,
  product: CatalogueProduct,
  checkout: Priced,
  { couponType }: KnownCoupon,
): boolean => checkout.tier === 'ppp' || couponType === 'ppp' || pricedFor(facts, product).length > 0

/** The countries, ISO 3166-1 alpha-2, whose price a code of this sale is. */
const pricedFor = (facts: SaleFacts, { config }: CatalogueProduct): string[] =>
  Object.entries(config.coupons?.ppp ?? {}).flatMap(([country, code]) =>
    usedOneOf(facts, [code]) ? [country.toUpperCase()] : [],
  )

/**
 * The country of a purchase. Of one at a country's price the one that the price was given for, which is where Course Builder lets its
 * buyer in from, wherever their card is from; of any other the billing address', or where they were seen.
 */
export function countryOf(
  facts: SaleFacts,
  product: CatalogueProduct,
  checkout: Priced,
  known: KnownCoupon,
): string | null {
  if (!isCountryPrice(facts, product, checkout, known)) return facts.country ?? checkout.country
  const [first, ...others] = pricedFor(facts, product)
  const seen = facts.buyerCountry ?? checkout.country
  if (first === undefined || [first, ...others].includes(seen ?? '')) return seen ?? facts.country ?? null
  return first
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

export const newBulkCouponId = () => `coupon_${randomUUID()}`

/**
 * @param usedCount seats that were handed out before its row was lost
 * @param expires where its seats were taken back before that
 */
export const bulkCouponRow = (
  tx: Queryable,
  id: string,
  seats: number,
  product: CatalogueProduct,
  organizationId: string,
  usedCount = 0,
  expires: Date | null = null,
) =>
  tx.insert(coupon).values({
    id,
    expires,
    organizationId,
    usedCount,
    maxUses: seats,
    status: 1,
    percentageDiscount: '1.0',
    restrictedToProductId: product.id,
    fields: { bulk: true },
  })
