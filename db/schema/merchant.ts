import { decimal, index, int } from 'drizzle-orm/mysql-core'
import { createdAt, id } from './columns'
import { sharedTable } from './prefix'

/** Course Builder's mirror of Stripe's objects. Rows in use have status 1, or 0 in older ones: both are read. */

export const merchantAccount = sharedTable('MerchantAccount', {
  id: id().primaryKey(),
  organizationId: id('organizationId'),
  status: int('status').notNull().default(0),
  createdAt: createdAt().notNull(),
  label: id('label'),
  identifier: id('identifier'),
})

export const merchantProduct = sharedTable(
  'MerchantProduct',
  {
    id: id().primaryKey(),
    organizationId: id('organizationId'),
    merchantAccountId: id('merchantAccountId').notNull(),
    productId: id('productId').notNull(),
    status: int('status').notNull().default(0),
    /** Stripe's product id. */
    identifier: id('identifier').unique('MerchantProduct_identifier_key'),
    createdAt: createdAt().notNull(),
  },
  (table) => [index('checkout_merchant_product_product_idx').on(table.productId)],
)

export const merchantPrice = sharedTable(
  'MerchantPrice',
  {
    id: id().primaryKey(),
    organizationId: id('organizationId'),
    merchantAccountId: id('merchantAccountId').notNull(),
    merchantProductId: id('merchantProductId').notNull(),
    status: int('status').default(0),
    /** Stripe's price id. */
    identifier: id('identifier').unique('MerchantPrice_identifier_key'),
    createdAt: createdAt().notNull(),
    priceId: id('priceId'),
  },
  (table) => [index('checkout_merchant_price_product_idx').on(table.merchantProductId)],
)

export const merchantCoupon = sharedTable('MerchantCoupon', {
  id: id().primaryKey(),
  /** Stripe's coupon id. */
  identifier: id('identifier').unique('MerchantCoupon_identifier_key'),
  organizationId: id('organizationId'),
  status: int('status').notNull().default(0),
  merchantAccountId: id('merchantAccountId').notNull(),
  percentageDiscount: decimal('percentageDiscount', { precision: 3, scale: 2 }),
  amountDiscount: int('amountDiscount'),
  type: id('type'),
})

export const merchantCustomer = sharedTable(
  'MerchantCustomer',
  {
    id: id().primaryKey(),
    organizationId: id('organizationId'),
    userId: id('userId').notNull(),
    merchantAccountId: id('merchantAccountId').notNull(),
    /** Stripe's customer id, or `guest_` and the charge's id. */
    identifier: id('identifier').notNull().unique('MerchantCustomer_identifier_key'),
    createdAt: createdAt().notNull(),
    status: int('status').default(0),
  },
  (table) => [index('idx_MerchantCustomer_on_userId').on(table.userId)],
)

export const merchantCharge = sharedTable('MerchantCharge', {
  id: id().primaryKey(),
  organizationId: id('organizationId'),
  status: int('status').notNull().default(0),
  /** Stripe's charge id. */
  identifier: id('identifier').notNull().unique('MerchantCharge_identifier_key'),
  userId: id('userId').notNull(),
  merchantAccountId: id('merchantAccountId').notNull(),
  merchantProductId: id('merchantProductId').notNull(),
  merchantSubscriptionId: id('merchantSubscriptionId'),
  createdAt: createdAt().notNull(),
  merchantCustomerId: id('merchantCustomerId').notNull(),
})

export const merchantSession = sharedTable(
  'MerchantSession',
  {
    id: id().primaryKey(),
    organizationId: id('organizationId'),
    /** Stripe's checkout session id. Not unique in Course Builder: exactly-once stands on `checkout_Session`. */
    identifier: id('identifier').notNull(),
    merchantAccountId: id('merchantAccountId').notNull(),
  },
  (table) => [index('checkout_merchant_session_identifier_idx').on(table.identifier)],
)
