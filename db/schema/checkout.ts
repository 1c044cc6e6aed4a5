import {
  bigint,
  boolean,
  char,
  index,
  int,
  json,
  mediumtext,
  primaryKey,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core'
import type { CheckoutState, OfferTier } from '@/lib/contract/types'
import type { ProductConfig } from '@/lib/contract/workshop'
import { createdAt, id, longId, moment, now } from './columns'
import { ownTable } from './prefix'

const updatedAt = () => moment('updatedAt').default(now)

export const checkoutProduct = ownTable('Product', {
  productId: id('productId').primaryKey(),
  config: json('config').$type<ProductConfig>().notNull(),
  updatedAt: updatedAt(),
})

/** `creating`: the seat is held, Stripe has not answered yet. The others are what Stripe says of the session. */
export type CheckoutSessionStatus = CheckoutState | 'creating'

/**
 * What an operator should look at, though the sale stands. `refunding`: sold beyond the last seat, and its money is on the way back
 * because `OVERSOLD` says so. `no_address`: nobody knows where to write to. `several_products`: the session sold more than one
 * workshop, and only the first is recorded.
 */
export type CheckoutFlag =
  | 'oversold'
  | 'refunding'
  | 'coupon_without_claim'
  | 'no_address'
  | 'several_products'
  | 'late'
  | 'adopted'

/** One row per checkout from creation to end: the seat hold and the serialization point of fulfillment. */
export const checkoutSession = ownTable(
  'Session',
  {
    id: id().primaryKey(),
    /** Hash of attempt, visitor, viewer and request; with `generation` the name of one Stripe session. */
    attemptKey: char('attemptKey', { length: 64 }).notNull(),
    generation: int('generation').notNull().default(0),
    /** Stripe's session id; null until Stripe has answered. */
    sessionId: longId('sessionId'),
    status: varchar('status', { length: 32 }).$type<CheckoutSessionStatus>().notNull(),
    productId: id('productId').notNull(),
    quantity: int('quantity').notNull().default(1),
    source: varchar('source', { length: 32 }).notNull(),
    visitorId: longId('visitorId'),
    addressHash: char('addressHash', { length: 64 }),
    viewerId: longId('viewerId'),
    email: longId('email'),
    tier: varchar('tier', { length: 32 }).$type<OfferTier>(),
    couponCode: longId('couponCode'),
    stripeCouponId: longId('stripeCouponId'),
    country: char('country', { length: 2 }),
    variant: varchar('variant', { length: 64 }),
    currency: char('currency', { length: 3 }),
    /** Minor units. */
    amountTotal: bigint('amountTotal', { mode: 'number' }),
    amountRefunded: bigint('amountRefunded', { mode: 'number' }).notNull().default(0),
    /** The frozen parameters of `checkout.sessions.create`; a retry sends the same. */
    params: json('params').$type<Record<string, unknown>>(),
    url: mediumtext('url'),
    clientSecret: mediumtext('clientSecret'),
    /** Unix seconds, Stripe's clock. */
    expiresAt: bigint('expiresAt', { mode: 'number' }),
    paymentIntentId: longId('paymentIntentId'),
    chargeId: longId('chargeId'),
    customerId: longId('customerId'),
    purchaseId: id('purchaseId'),
    receiptUrl: mediumtext('receiptUrl'),
    flags: json('flags').$type<CheckoutFlag[]>(),
    /** When Stripe was last asked about this session on a buyer's behalf. */
    askedAt: moment('askedAt'),
    createdAt: createdAt().notNull(),
    completedAt: moment('completedAt'),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueIndex('checkout_session_attempt_key').on(table.attemptKey, table.generation),
    uniqueIndex('checkout_session_session_key').on(table.sessionId),
    index('checkout_session_seats_idx').on(table.productId, table.status, table.quantity),
    index('checkout_session_visitor_idx').on(table.visitorId, table.status),
    index('checkout_session_intent_idx').on(table.paymentIntentId),
    index('checkout_session_charge_idx').on(table.chargeId),
    index('checkout_session_purchase_idx').on(table.purchaseId),
    index('checkout_session_due_idx').on(table.status, table.expiresAt),
    index('checkout_session_created_idx').on(table.createdAt),
  ],
)

export type InboxStatus = 'pending' | 'processed' | 'ignored' | 'parked'

/** The inbox: every verified event, stored before it is worked on. */
export const stripeEvent = ownTable(
  'StripeEvent',
  {
    id: longId().primaryKey(),
    type: longId('type').notNull(),
    /** Unix seconds, Stripe's clock. */
    created: bigint('created', { mode: 'number' }).notNull(),
    objectId: longId('objectId'),
    payload: json('payload').$type<Record<string, unknown>>().notNull(),
    status: varchar('status', { length: 16 }).$type<InboxStatus>().notNull().default('pending'),
    /** Why it was ignored or parked, or what went wrong last. */
    reason: mediumtext('reason'),
    attempts: int('attempts').notNull().default(0),
    nextAttemptAt: moment('nextAttemptAt').notNull().default(now),
    receivedAt: moment('receivedAt').notNull().default(now),
    finishedAt: moment('finishedAt'),
    trimmed: boolean('trimmed').notNull().default(false),
  },
  (table) => [
    index('checkout_event_due_idx').on(table.status, table.nextAttemptAt),
    index('checkout_event_object_idx').on(table.objectId),
    index('checkout_event_trim_idx').on(table.trimmed, table.receivedAt),
  ],
)

/** `dead`: given up, and waits for a person. `cancelled`: a person said that it is never sent. */
export type OutboxStatus = 'pending' | 'sent' | 'dead' | 'cancelled'

/** Side effects written in the sale's own transaction and delivered after it. */
export const outbox = ownTable(
  'Outbox',
  {
    /** Names the effect (`confirmation:purch_…`), so that writing it twice is writing it once. */
    id: longId().primaryKey(),
    kind: varchar('kind', { length: 64 }).notNull(),
    payload: json('payload').$type<Record<string, unknown>>().notNull(),
    status: varchar('status', { length: 16 }).$type<OutboxStatus>().notNull().default('pending'),
    attempts: int('attempts').notNull().default(0),
    nextAttemptAt: moment('nextAttemptAt').notNull().default(now),
    lastError: mediumtext('lastError'),
    createdAt: createdAt().notNull(),
    sentAt: moment('sentAt'),
    trimmed: boolean('trimmed').notNull().default(false),
  },
  (table) => [
    index('checkout_outbox_due_idx').on(table.status, table.nextAttemptAt),
    index('checkout_outbox_trim_idx').on(table.trimmed, table.createdAt),
  ],
)

export const setting = ownTable('Setting', {
  key: id('key').primaryKey(),
  value: json('value').$type<unknown>().notNull(),
  updatedAt: updatedAt(),
})

/**
 * One row per visitor and product, from the first time that an offer was shown to them: what they were assigned then, and when they
 * first set out to pay. Later changes of the rollout leave it as it is, so that both flows are compared by what was assigned.
 */
export const exposure = ownTable(
  'Exposure',
  {
    visitorId: longId('visitorId').notNull(),
    productId: id('productId').notNull(),
    variant: varchar('variant', { length: 64 }).notNull(),
    /** The guard was not closed when they saw the offer, or when they set out. */
    guarded: boolean('guarded').notNull().default(false),
    shownAt: moment('shownAt').notNull().default(now),
    startedAt: moment('startedAt'),
  },
  (table) => [
    primaryKey({ name: 'checkout_exposure_pk', columns: [table.visitorId, table.productId] }),
    index('checkout_exposure_shown_idx').on(table.shownAt),
  ],
)

/** What came of the checkouts that all servers tried, second by second: what the guard judges. Kept for minutes. */
export const attemptCount = ownTable('AttemptCount', {
  /** Unix seconds. */
  second: bigint('second', { mode: 'number' }).primaryKey(),
  attempts: int('attempts').notNull().default(0),
  failures: int('failures').notNull().default(0),
})

export const rateLimit = ownTable(
  'RateLimit',
  {
    key: longId('key').primaryKey(),
    points: int('points').notNull().default(0),
    /** Unix milliseconds. */
    expire: bigint('expire', { mode: 'number', unsigned: true }),
  },
  // By which counts whose window is over are found.
  (table) => [index('checkout_limit_expire_idx').on(table.expire)],
)

export type CheckoutSessionRow = typeof checkoutSession.$inferSelect
export type StripeEventRow = typeof stripeEvent.$inferSelect
export type OutboxRow = typeof outbox.$inferSelect
