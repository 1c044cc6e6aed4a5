import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import {
  checkoutSession,
  coupon,
  merchantCharge,
  merchantCustomer,
  merchantSession,
  organization,
  outbox,
  purchase,
  user,
} from '@/db/schema'
import { withRetry } from '@/lib/fulfillment/fulfill'
import { findOrCreateBuyer } from '@/lib/fulfillment/record/people'
import type { OpsDeps } from '../deps'
import { isHomeOf, ownerOf, sameText } from './find'

export type Moved = { how: 'renamed' | 'merged'; purchases: number; userId: string; leftUserId?: string }

/**
 * A buyer's address changed. Where nobody has the new one, the user takes it; where somebody has, what was bought under the old one becomes
 * theirs, and the old user stays without it. One transaction; messages that wait go to the new address.
 */
export const move = ({ db }: OpsDeps, from: string, to: string): Promise<Moved> =>
  withRetry(db, async (tx) => {
    const owner = await lockOwner(tx, from)
    if (!owner) throw new Error(`Nobody has the address ${from}`)
    const target = await lockOwner(tx, to)
    const rows = await tx.select({ id: purchase.id }).from(purchase).where(eq(purchase.userId, owner.id))
    const ids = rows.map(({ id }) => id)
    const moved: Moved = target
      ? await merge(tx, owner.id, to, ids)
      : { how: 'renamed', purchases: ids.length, userId: owner.id }
    if (!target) await rename(tx, owner.id, from, to)
    await tx
      .update(checkoutSession)
      .set({ email: to })
      .where(sameText(sql`lower(${checkoutSession.email})`, from))
    for (const path of ['$.email', '$.sale.email']) {
      await tx.execute(sql`update ${outbox} set ${sql.identifier('payload')} = json_set(${outbox.payload}, ${path}, ${to})
        where ${outbox.status} <> 'sent' and ${sameText(sql`lower(json_unquote(json_extract(${outbox.payload}, ${path})))`, from)}`)
    }
    return moved
  })

async function lockOwner(tx: Queryable, email: string) {
  const owner = await ownerOf(tx, email)
  if (owner) await tx.select({ id: user.id }).from(user).where(eq(user.id, owner.id)).for('update')
  return owner
}

async function rename(tx: Queryable, userId: string, from: string, to: string): Promise<void> {
  await tx.update(user).set({ email: to, emailVerified: null }).where(eq(user.id, userId))
  await tx
    .update(organization)
    .set({ name: `Personal (${to})`.slice(0, 255) })
    .where(and(isHomeOf(userId, from), sameText(sql`lower(${organization.name})`, `personal (${from})`)))
}

async function merge(tx: Queryable, ownerId: string, to: string, ids: string[]): Promise<Moved> {
  const buyer = await findOrCreateBuyer(tx, to, undefined)
  const { userId, organizationId, membershipId: organizationMembershipId } = buyer
  if (ids.length > 0) {
    const bought = await tx.select().from(purchase).where(inArray(purchase.id, ids))
    await tx
      .update(purchase)
      .set({ userId, organizationId, organizationMembershipId })
      .where(inArray(purchase.id, ids))
    const named = (of: (row: (typeof bought)[number]) => string | null) =>
      bought.flatMap((row) => of(row) ?? [])
    const sessions = named(({ merchantSessionId }) => merchantSessionId)
    const coupons = named(({ bulkCouponId }) => bulkCouponId)
    if (sessions.length > 0)
      await tx.update(merchantSession).set({ organizationId }).where(inArray(merchantSession.id, sessions))
    if (coupons.length > 0) await tx.update(coupon).set({ organizationId }).where(inArray(coupon.id, coupons))
  }
  await tx.update(merchantCharge).set({ userId, organizationId }).where(eq(merchantCharge.userId, ownerId))
  await tx
    .update(merchantCustomer)
    .set({ userId, organizationId })
    .where(eq(merchantCustomer.userId, ownerId))
  return { how: 'merged', purchases: ids.length, userId, leftUserId: ownerId }
}
