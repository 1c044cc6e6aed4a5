import { decimal, index, json, varchar } from 'drizzle-orm/mysql-core'
import { createdAt, fields, id, longId } from './columns'
import { sharedTable } from './prefix'

/** Course Builder's words for what became of a purchase. */
export type PurchaseStatus = 'Valid' | 'Refunded' | 'Disputed' | 'Banned' | 'Restricted'

export const purchase = sharedTable(
  'Purchase',
  {
    id: id().primaryKey(),
    userId: id('userId'),
    organizationMembershipId: id('organizationMembershipId'),
    organizationId: id('organizationId'),
    createdAt: createdAt().notNull(),
    /** Whole currency units: what Stripe took, to the cent. */
    totalAmount: decimal('totalAmount', { precision: 65, scale: 30 }).notNull(),
    ipAddress: id('ip_address'),
    city: id('city'),
    state: id('state'),
    country: id('country'),
    couponId: id('couponId'),
    productId: id('productId').notNull(),
    merchantChargeId: id('merchantChargeId'),
    upgradedFromId: id('upgradedFromId').unique('Purchase_upgradedFromId_key'),
    status: varchar('status', { length: 191 }).$type<PurchaseStatus>().notNull().default('Valid'),
    bulkCouponId: id('bulkCouponId'),
    merchantSessionId: id('merchantSessionId'),
    redeemedBulkCouponId: id('redeemedBulkCouponId'),
    fields: fields(),
    // The plan's columns, which Course Builder has not: never the only place where a fact is kept.
    stripeChargeId: longId('stripeChargeId'),
    stripeCouponId: longId('stripeCouponId'),
    metadata: json('metadata').$type<Record<string, unknown>>(),
  },
  (table) => [
    index('idx_Purchase_on_merchantChargeId').on(table.merchantChargeId),
    index('idx_Purchase_on_userId_status_productId').on(table.userId, table.status, table.productId),
    index('checkout_purchase_product_idx').on(table.productId, table.status),
    index('checkout_purchase_session_idx').on(table.merchantSessionId),
    index('checkout_purchase_created_idx').on(table.createdAt),
  ],
)

export const purchaseProduct = sharedTable(
  'PurchaseProduct',
  {
    id: longId().primaryKey(),
    purchaseId: longId('purchaseId').notNull(),
    productId: longId('productId').notNull(),
  },
  (table) => [index('checkout_purchase_product_purchase_idx').on(table.purchaseId)],
)
