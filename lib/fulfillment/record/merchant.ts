import 'server-only'
import { randomUUID } from 'node:crypto'
import type { SQLWrapper } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { merchantCharge, merchantCustomer, merchantSession } from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { customerIdentifier, type SaleFacts } from '../stripe-session'
import type { KnownRows } from './checkout-row'
import type { Buyer } from './people'

export type MerchantRows = { chargeId: string | null; sessionId: string; writes: SQLWrapper[] }

/** Course Builder's mirror of what Stripe made: customer, charge and session. A free order has no charge. */
export function merchantRows(
  tx: Queryable,
  facts: SaleFacts,
  product: CatalogueProduct,
  buyer: Buyer,
  known: KnownRows,
): MerchantRows {
  const { merchantAccountId } = product
  const { chargeId, writes } = chargeRows(tx, facts, product, buyer, known)
  const sessionId = `ms_${randomUUID()}`
  const session = { id: sessionId, organizationId: buyer.organizationId, identifier: facts.id }
  return {
    chargeId,
    sessionId,
    writes: [...writes, tx.insert(merchantSession).values({ ...session, merchantAccountId })],
  }
}

type Owner = { userId: string; organizationId: string | null }

/** The charge and the customer that it needs, as far as they are not known yet. */
export function chargeRows(
  tx: Queryable,
  facts: SaleFacts,
  { merchantAccountId, merchantProductId }: CatalogueProduct,
  { userId, organizationId }: Owner,
  known: KnownRows,
): { chargeId: string | null; writes: SQLWrapper[] } {
  if (known.chargeId) return { chargeId: known.chargeId, writes: [] }
  const writes: SQLWrapper[] = []
  const owned = { organizationId, userId, merchantAccountId, status: 1 }
  const customer = customerIdentifier(facts)
  const merchantCustomerId = known.customerId ?? `mcus_${randomUUID()}`
  if (customer && !known.customerId)
    writes.push(
      tx.insert(merchantCustomer).values({ ...owned, id: merchantCustomerId, identifier: customer }),
    )
  if (!facts.charge) return { chargeId: null, writes }
  const id = `mc_${randomUUID()}`
  const charge = { ...owned, id, identifier: facts.charge.id, merchantProductId, merchantCustomerId }
  return { chargeId: id, writes: [...writes, tx.insert(merchantCharge).values(charge)] }
}
