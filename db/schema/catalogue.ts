import { sql } from 'drizzle-orm'
import { boolean, decimal, double, index, int, json, primaryKey } from 'drizzle-orm/mysql-core'
import { createdAt, fields, id, longId, moment, now } from './columns'
import { sharedTable } from './prefix'

export const contentResource = sharedTable(
  'ContentResource',
  {
    id: longId().primaryKey(),
    organizationId: id('organizationId'),
    createdByOrganizationMembershipId: id('createdByOrganizationMembershipId'),
    type: longId('type').notNull(),
    createdById: longId('createdById').notNull(),
    fields: fields(),
    // Course Builder writes `fields->>'$.slug'`, which MariaDB doesn't know; this is the same in words both take.
    slug: longId('slug').generatedAlwaysAs(sql`(json_unquote(json_extract(\`fields\`,'$.slug')))`, {
      mode: 'stored',
    }),
    currentVersionId: longId('currentVersionId'),
    createdAt: createdAt(),
    updatedAt: moment('updatedAt').default(now),
    deletedAt: moment('deletedAt'),
  },
  (table) => [index('slug_idx').on(table.slug), index('type_idx').on(table.type)],
)

export const contentResourceProduct = sharedTable(
  'ContentResourceProduct',
  {
    productId: longId('productId').notNull(),
    resourceId: longId('resourceId').notNull(),
    organizationId: id('organizationId'),
    position: double('position').notNull().default(0),
    metadata: json('metadata').$type<Record<string, unknown>>().default({}),
    createdAt: createdAt(),
    updatedAt: moment('updatedAt').default(now),
    deletedAt: moment('deletedAt'),
  },
  (table) => [
    primaryKey({ columns: [table.productId, table.resourceId] }),
    index('resourceId_idx').on(table.resourceId),
  ],
)

export const product = sharedTable(
  'Product',
  {
    id: id().primaryKey(),
    organizationId: id('organizationId'),
    name: id('name').notNull(),
    key: id('key'),
    type: id('type'),
    fields: fields(),
    createdAt: createdAt().notNull(),
    status: int('status').notNull().default(0),
    /** Seats in all; -1 means unlimited. */
    quantityAvailable: int('quantityAvailable').notNull().default(-1),
    /** The plan's column. A mirror of the active price's id, read only where there is no MerchantPrice. */
    stripeProductId: longId('stripeProductId'),
  },
  (table) => [index('checkout_product_price_idx').on(table.stripeProductId)],
)

export const price = sharedTable(
  'Price',
  {
    id: id().primaryKey(),
    productId: id('productId'),
    organizationId: id('organizationId'),
    nickname: id('nickname'),
    status: int('status').notNull().default(0),
    /** Whole currency units, two decimals. */
    unitAmount: decimal('unitAmount', { precision: 10, scale: 2 }).notNull(),
    createdAt: createdAt().notNull(),
    fields: fields(),
  },
  (table) => [index('checkout_price_product_idx').on(table.productId)],
)

export const coupon = sharedTable('Coupon', {
  id: id().primaryKey(),
  organizationId: id('organizationId'),
  code: id('code').unique('Coupon_code_key'),
  createdAt: createdAt().notNull(),
  expires: moment('expires'),
  fields: fields(),
  maxUses: int('maxUses').notNull().default(-1),
  default: boolean('default').notNull().default(false),
  merchantCouponId: id('merchantCouponId'),
  status: int('status').notNull().default(0),
  usedCount: int('usedCount').notNull().default(0),
  percentageDiscount: decimal('percentageDiscount', { precision: 3, scale: 2 }),
  amountDiscount: int('amountDiscount'),
  restrictedToProductId: id('restrictedToProductId'),
})

export type ProductRow = typeof product.$inferSelect
