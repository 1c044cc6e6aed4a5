import 'server-only'
import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { merchantCharge, merchantCustomer, merchantSession, purchase } from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import type { SaleFacts } from '../stripe-session'
import type { Buyer } from './people'

/** A charge that Course Builder, or we, recorded before; with its purchase if it has one. */
export type KnownCharge = { chargeId: string; purchaseId: string | null }

export async function findCharge(tx: Queryable, stripeChargeId: string): Promise<KnownCharge | null> {
  const [row] = await tx
    .select({ chargeId: merchantCharge.id, purchaseId: purchase.id })
    .from(merchantCharge)
    .leftJoin(purchase, eq(purchase.merchantChargeId, merchantCharge.id))
    .where(eq(merchantCharge.identifier, stripeChargeId))
    .orderBy(sql`${purchase.createdAt} is null, ${purchase.createdAt}`)
    .limit(1)
  return row ?? null
}

/** The purchase of a session that a free order is anchored by, since it has no charge. */
export async function findFreeOrder(tx: Queryable, sessionId: string): Promise<string | null> {
  const [row] = await tx
    .select({ id: purchase.id })
    .from(merchantSession)
    .innerJoin(purchase, eq(purchase.merchantSessionId, merchantSession.id))
    .where(eq(merchantSession.identifier, sessionId))
    .orderBy(purchase.createdAt)
    .limit(1)
  return row?.id ?? null
}

export type MerchantRows = { chargeId: string | null; sessionId: string }

/** Course Builder's mirror of what Stripe made: customer, charge and session. A free order has no charge. */
export async function recordMerchantRows(
  tx: Queryable,
  facts: SaleFacts,
  product: CatalogueProduct,
  buyer: Buyer,
  known: KnownCharge | null,
): Promise<MerchantRows> {
  let chargeId = known?.chargeId ?? null
  if (facts.charge && !chargeId) {
    chargeId = await recordCharge(tx, facts, facts.charge.id, product, buyer)
  } else if (facts.customerId && !known) {
    await recordCustomer(tx, facts.customerId, buyer, product.merchantAccountId)
  }
  return { chargeId, sessionId: await recordMerchantSession(tx, facts, product, buyer) }
}

type Owner = { userId: string; organizationId: string | null }

/** Course Builder's charge needs a customer; a guest is named after the charge. */
export async function recordCharge(
  tx: Queryable,
  facts: SaleFacts,
  identifier: string,
  product: CatalogueProduct,
  owner: Owner,
): Promise<string> {
  const { merchantAccountId, merchantProductId } = product
  const { organizationId, userId } = owner
  const merchantCustomerId = await recordCustomer(tx, customerOf(facts, identifier), owner, merchantAccountId)
  const id = `mc_${randomUUID()}`
  await tx.insert(merchantCharge).values({
    id,
    organizationId,
    status: 1,
    identifier,
    userId,
    merchantAccountId,
    merchantProductId,
    merchantCustomerId,
  })
  return id
}

/** What a charge's customer is called: Stripe's customer, or a guest. */
export const customerOf = ({ customerId }: SaleFacts, chargeId: string): string =>
  customerId ?? `guest_${chargeId}`

export async function recordMerchantSession(
  tx: Queryable,
  facts: SaleFacts,
  { merchantAccountId }: CatalogueProduct,
  { organizationId }: Buyer,
): Promise<string> {
  const id = `ms_${randomUUID()}`
  await tx.insert(merchantSession).values({ id, organizationId, identifier: facts.id, merchantAccountId })
  return id
}

/** The row of a customer, there or new. */
export async function recordCustomer(
  tx: Queryable,
  identifier: string,
  buyer: Owner,
  merchantAccountId: string,
): Promise<string> {
  const id = `mcus_${randomUUID()}`
  const [inserted] = await tx
    .insert(merchantCustomer)
    .values({
      id,
      organizationId: buyer.organizationId,
      userId: buyer.userId,
      merchantAccountId,
      identifier,
      status: 1,
    })
    .onDuplicateKeyUpdate({ set: { id: sql`${merchantCustomer.id}` } })
  if (inserted.affectedRows === 1) return id
  const [row] = await tx
    .select({ id: merchantCustomer.id })
    .from(merchantCustomer)
    .where(eq(merchantCustomer.identifier, identifier))
  if (!row) throw new Error('a customer that exists can not be read')
  return row.id
}
