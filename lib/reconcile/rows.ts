import 'server-only'
import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import {
  checkoutSession,
  coupon,
  merchantCharge,
  merchantCoupon,
  merchantCustomer,
  merchantSession,
  organization,
  organizationMembership,
  purchase,
  purchaseProduct,
  user,
} from '@/db/schema'
import type { SaleFacts } from '@/lib/fulfillment/stripe-session'
import type { ReconcileDeps } from './deps'

/** What the database has of one sale: its checkout, its purchase, and which of the rows beside it are there. */
export type SaleRows = Awaited<ReturnType<typeof readSales>> extends Map<string, infer Row> ? Row : never

/** All that is known here of these sessions, in one statement, by session id. */
export async function readSales({ db }: Pick<ReconcileDeps, 'db'>, sessionIds: string[]) {
  if (sessionIds.length === 0) return new Map<string, never>()
  const rows = await db
    .select({
      checkout: checkoutSession,
      bought: purchase,
      user: user.id,
      organization: organization.id,
      membership: organizationMembership.id,
      charge: merchantCharge.identifier,
      customer: merchantCustomer.id,
      session: merchantSession.identifier,
      seats: coupon.maxUses,
      // The first of them is never null, by which a row that is there is told from one that is not.
      terms: {
        status: coupon.status,
        restrictedToProductId: coupon.restrictedToProductId,
        percentageDiscount: coupon.percentageDiscount,
      },
      couponType: merchantCoupon.type,
      // Course Builder adds the seats of a buyer's next bulk purchase to the coupon of their last one.
      sharers:
        sql<string>`(select count(*) from ${purchase} sh where sh.userId = ${purchase.userId} and sh.productId = ${purchase.productId} and sh.bulkCouponId = ${purchase.bulkCouponId} and sh.id <> ${purchase.id})`.as(
          'sharers',
        ),
      products:
        sql<string>`(select count(*) from ${purchaseProduct} pp where pp.purchaseId = ${purchase.id} and pp.productId = ${purchase.productId})`.as(
          'products',
        ),
      others:
        sql<string>`(select count(*) from ${checkoutSession} o where o.purchaseId = ${checkoutSession.purchaseId} and o.id <> ${checkoutSession.id})`.as(
          'others',
        ),
    })
    .from(checkoutSession)
    .leftJoin(purchase, eq(purchase.id, checkoutSession.purchaseId))
    .leftJoin(user, eq(user.id, purchase.userId))
    .leftJoin(organization, eq(organization.id, purchase.organizationId))
    .leftJoin(organizationMembership, eq(organizationMembership.id, purchase.organizationMembershipId))
    .leftJoin(merchantCharge, eq(merchantCharge.id, purchase.merchantChargeId))
    .leftJoin(merchantCustomer, eq(merchantCustomer.id, merchantCharge.merchantCustomerId))
    .leftJoin(merchantSession, eq(merchantSession.id, purchase.merchantSessionId))
    .leftJoin(coupon, eq(coupon.id, purchase.bulkCouponId))
    .leftJoin(merchantCoupon, eq(merchantCoupon.identifier, checkoutSession.stripeCouponId))
    .where(inArray(checkoutSession.sessionId, sessionIds))
  return new Map(rows.flatMap((row) => (row.checkout.sessionId ? [[row.checkout.sessionId, row]] : [])))
}

/** Which purchases each of these sales has, by Stripe's charge and by the session: more than one is one too many. */
export async function purchasesOf(
  { db }: Pick<ReconcileDeps, 'db'>,
  sales: SaleFacts[],
): Promise<Map<string, Set<string>>> {
  const found = new Map(sales.map(({ id }) => [id, new Set<string>()]))
  if (sales.length === 0) return found
  const sessionOf = new Map(sales.map(({ id, charge }) => [charge?.id ?? id, id]))
  const charges = await db
    .select({ id: purchase.id, of: merchantCharge.identifier })
    .from(merchantCharge)
    .innerJoin(purchase, eq(purchase.merchantChargeId, merchantCharge.id))
    .where(inArray(merchantCharge.identifier, [...sessionOf.keys()]))
  const sessions = await db
    .select({ id: purchase.id, of: merchantSession.identifier })
    .from(merchantSession)
    .innerJoin(purchase, eq(purchase.merchantSessionId, merchantSession.id))
    .where(inArray(merchantSession.identifier, [...found.keys()]))
  for (const { id, of } of charges) found.get(sessionOf.get(of) ?? '')?.add(id)
  for (const { id, of } of sessions) found.get(of)?.add(id)
  return found
}

/** Purchases with a mark of ours that no checkout calls its own. */
export const strayCondition = sql`${purchase.metadata} is not null and not exists (select 1 from ${checkoutSession} cs where cs.purchaseId = ${purchase.id})`

/** The session of another purchase of the same charge: then this one is its double, if that one is of the charge indeed. */
export async function checkoutOfCharge({ db }: Pick<ReconcileDeps, 'db'>, chargeId: string | null) {
  if (!chargeId) return undefined
  const [row] = await db
    .select({
      sessionId: checkoutSession.sessionId,
      purchaseId: checkoutSession.purchaseId,
      stripeChargeId: purchase.stripeChargeId,
      identifier: merchantCharge.identifier,
    })
    .from(checkoutSession)
    .leftJoin(purchase, eq(purchase.id, checkoutSession.purchaseId))
    .leftJoin(merchantCharge, eq(merchantCharge.id, purchase.merchantChargeId))
    .where(and(eq(checkoutSession.chargeId, chargeId), isNotNull(checkoutSession.purchaseId)))
    .limit(1)
  return row && { ...row, bearsIt: [row.stripeChargeId, row.identifier].includes(chargeId) }
}
