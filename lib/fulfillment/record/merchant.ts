import 'server-only'
import { randomUUID } from 'node:crypto'
import { eq, type SQLWrapper } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { merchantCharge, merchantCustomer, merchantSession, purchase } from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { customerIdentifier, type SaleFacts } from '../stripe-session'
import type { KnownRows } from './checkout-row'
import type { Buyer } from './people'

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

export type MerchantRows = { chargeId: string | null; sessionId: string; writes: SQLWrapper[] }

/** Course Builder's mirror of what Stripe made: customer, charge and session. A free order has no charge. */
export function merchantRows(
  tx: Queryable,
  facts: SaleFacts,
  product: CatalogueProduct,
  buyer: Buyer,
  known: KnownRows,
): MerchantRows {
  const { chargeId, writes } = chargeRows(tx, facts, product, buyer, known)
  const session = sessionRow(tx, facts, product, buyer)
  return { chargeId, sessionId: session.id, writes: [...writes, session.write] }
}

type Owner = { userId: string; organizationId: string | null }
type NewRow = { id: string; write: SQLWrapper & PromiseLike<unknown> }

export function sessionRow(
  tx: Queryable,
  facts: SaleFacts,
  { merchantAccountId }: CatalogueProduct,
  { organizationId }: Owner,
): NewRow {
  const id = `ms_${randomUUID()}`
  const values = { id, organizationId, identifier: facts.id, merchantAccountId }
  return { id, write: tx.insert(merchantSession).values(values) }
}

/** @param identifier of Stripe's customer, or of a guest */
export function customerRow(
  tx: Queryable,
  identifier: string,
  { merchantAccountId }: CatalogueProduct,
  { userId, organizationId }: Owner,
): NewRow {
  const id = `mcus_${randomUUID()}`
  const values = { id, organizationId, userId, merchantAccountId, status: 1, identifier }
  return { id, write: tx.insert(merchantCustomer).values(values) }
}

/** The charge and the customer that it needs, as far as they are not known yet. */
export function chargeRows(
  tx: Queryable,
  facts: SaleFacts,
  product: CatalogueProduct,
  owner: Owner,
  known: KnownRows,
): { chargeId: string | null; writes: SQLWrapper[] } {
  if (known.chargeId) return { chargeId: known.chargeId, writes: [] }
  const identifier = customerIdentifier(facts)
  const customer = identifier && !known.customerId ? customerRow(tx, identifier, product, owner) : undefined
  const merchantCustomerId = customer?.id ?? known.customerId
  const writes: SQLWrapper[] = customer ? [customer.write] : []
  // Course Builder's charge needs a customer; a guest is named after the charge.
  if (!facts.charge || !merchantCustomerId) return { chargeId: null, writes }
  const { merchantAccountId, merchantProductId } = product
  const { userId, organizationId } = owner
  const id = `mc_${randomUUID()}`
  const values = {
    id,
    organizationId,
    userId,
    merchantAccountId,
    status: 1,
    identifier: facts.charge.id,
    merchantProductId,
    merchantCustomerId,
  }
  return { chargeId: id, writes: [...writes, tx.insert(merchantCharge).values(values)] }
}
