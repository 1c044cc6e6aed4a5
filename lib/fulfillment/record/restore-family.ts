import 'server-only'
import { eq, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { inOneRoundTrip } from '@/db/round-trips'
import {
  merchantCharge,
  merchantCustomer,
  merchantSession,
  organization,
  organizationMembership,
  type PurchaseStatus,
  purchase,
  user,
} from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { customerIdentifier, type SaleFacts } from '../stripe-session'
import { findKnown } from './checkout-row'
import { chargeRows, customerRow, sessionRow } from './merchant'
import { type Buyer, findOrCreateBuyer } from './people'
import { listPurchaseProduct, purchaseRows } from './purchase'
import type { Owner, Recorded } from './recorded'
import { findOrphanedCoupon, restoreCoupon, seatsEndedAt } from './restore-coupon'

/** Somebody whom we were asked to forget has no address any more; Stripe's must not bring them back. */
const addressOf = ({ facts, checkout }: Recorded, userId: string): string =>
  checkout.email === ''
    ? forgottenAddress(userId)
    : (checkout.email ?? facts.email ?? forgottenAddress(userId))

/** What stands in for the address of a person who was forgotten: an address that nobody can have (RFC 2606). */
export const forgottenAddress = (userId: string): string => `forgotten.${userId}@forgotten.invalid`

/** A purchase whose row was deleted: under the id that everything else knows it by. */
export async function restorePurchase(
  tx: Queryable,
  sale: Recorded,
  status: PurchaseStatus,
): Promise<{ id: string; status: PurchaseStatus }> {
  const { product, checkout } = sale
  const facts = checkout.email === '' ? nameless(sale.facts) : sale.facts
  const buyer = await findOrCreateBuyer(tx, addressOf(sale, checkout.id), facts.name)
  const rows = {
    chargeId: await restoreCharge(tx, sale, null, buyer),
    sessionId: await restoreSession(tx, sale, null, buyer),
  }
  const again = {
    id: checkout.purchaseId,
    bulkCouponId: facts.quantity > 1 ? await findOrphanedCoupon(tx, sale, buyer) : null,
    status,
    ended: seatsEndedAt(checkout, status),
  }
  const locked = { checkout, known: await findKnown(tx, facts) }
  const soldAt = checkout.completedAt ?? facts.paidAt
  const { writes } = purchaseRows(tx, facts, product, buyer, rows, locked, soldAt, again)
  await inOneRoundTrip(tx, writes)
  await listPurchaseProduct(tx, again.id, product.id)
  return again
}

/** What Stripe says of a sale to somebody who was forgotten, without what named them. */
const nameless = (facts: SaleFacts): SaleFacts => ({
  ...facts,
  name: undefined,
  metadata: { ...facts.metadata, ip_address: '' },
})

/** The rows that a purchase needs beside its own; each is looked for, and written again only where it is gone. */
export async function restoreFamily(tx: Queryable, sale: Recorded, bought: Owner): Promise<void> {
  const buyer = await restoreBuyer(tx, sale, bought)
  const merchantChargeId = await restoreCharge(tx, sale, bought.merchantChargeId, buyer)
  const merchantSessionId = await restoreSession(tx, sale, bought.merchantSessionId, buyer)
  const bulkCouponId = await restoreCoupon(tx, sale, bought, buyer)
  await tx
    .update(purchase)
    .set({
      userId: buyer.userId,
      organizationId: buyer.organizationId,
      organizationMembershipId: buyer.membershipId,
      merchantChargeId,
      merchantSessionId,
      bulkCouponId,
    })
    .where(eq(purchase.id, bought.id))
  await listPurchaseProduct(tx, bought.id, bought.productId)
}

async function restoreBuyer(tx: Queryable, sale: Recorded, bought: Owner): Promise<Buyer> {
  const { userId, organizationId, organizationMembershipId: membershipId } = bought
  const [owner] = userId ? await tx.select().from(user).where(eq(user.id, userId)) : []
  if (!owner) return lostUser(tx, sale, userId)
  if (organizationId) {
    // Under its old id: their membership of it may still be there.
    await tx
      .insert(organization)
      .values({
        id: organizationId,
        name: `Personal (${owner.email})`.slice(0, 255),
        personalOrganizationUserId: owner.id,
      })
      .onDuplicateKeyUpdate({ set: { id: sql`${organization.id}` } })
    const [home] = await tx
      .select({ id: organization.id })
      .from(organization)
      .where(eq(organization.id, organizationId))
    // They have another one by now.
    if (!home) return findOrCreateBuyer(tx, owner.email, owner.name ?? undefined)
  }
  const [member] = membershipId
    ? await tx.select().from(organizationMembership).where(eq(organizationMembership.id, membershipId))
    : []
  if (organizationId && member)
    return { userId: owner.id, organizationId, membershipId: member.id, writes: [] }
  return findOrCreateBuyer(tx, owner.email, owner.name ?? undefined)
}

/** Their address may have an account again; else they come back under the id that their other purchases know. */
async function lostUser(tx: Queryable, sale: Recorded, userId: string | null): Promise<Buyer> {
  const email = addressOf(sale, userId ?? sale.checkout.id)
    .trim()
    .toLowerCase()
  const forgotten = sale.checkout.email === ''
  const name = forgotten ? null : (sale.facts.name ?? email.split('@')[0] ?? null)
  if (userId) {
    await tx
      .insert(user)
      .values({ id: userId, email, name })
      .onDuplicateKeyUpdate({ set: { id: sql`${user.id}` } })
  }
  return findOrCreateBuyer(tx, email, name ?? undefined)
}

async function restoreCharge(
  tx: Queryable,
  { facts, product }: Recorded,
  named: string | null,
  buyer: Buyer,
): Promise<string | null> {
  if (!facts.charge) return named
  const { id } = facts.charge
  const [charge] = await tx.select().from(merchantCharge).where(eq(merchantCharge.identifier, id))
  if (!charge) {
    const { chargeId, writes } = chargeRows(tx, facts, product, buyer, await findKnown(tx, facts))
    if (writes.length > 0) await inOneRoundTrip(tx, writes)
    return chargeId
  }
  const [customer] = await tx
    .select({ id: merchantCustomer.id })
    .from(merchantCustomer)
    .where(eq(merchantCustomer.id, charge.merchantCustomerId))
  if (!customer) {
    const merchantCustomerId = await restoreCustomer(
      tx,
      customerIdentifier(facts) ?? id,
      product,
      facts,
      buyer,
    )
    await tx.update(merchantCharge).set({ merchantCustomerId }).where(eq(merchantCharge.id, charge.id))
  }
  return charge.id
}

async function restoreCustomer(
  tx: Queryable,
  identifier: string,
  product: CatalogueProduct,
  facts: SaleFacts,
  buyer: Buyer,
): Promise<string> {
  const { customerId } = await findKnown(tx, facts)
  if (customerId) return customerId
  const { id, write } = customerRow(tx, identifier, product, buyer)
  await write
  return id
}

async function restoreSession(
  tx: Queryable,
  { facts, product }: Recorded,
  named: string | null,
  buyer: Buyer,
): Promise<string> {
  const [session] = await tx
    .select({ id: merchantSession.id })
    .from(merchantSession)
    .where(eq(merchantSession.identifier, facts.id))
    .orderBy(sql`${merchantSession.id} = ${named ?? ''} desc`)
    .limit(1)
  if (session) return session.id
  const { id, write } = sessionRow(tx, facts, product, buyer)
  await write
  return id
}
