import 'server-only'
import { createHash, randomUUID } from 'node:crypto'
import { eq, or, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { type CheckoutSessionRow, checkoutSession, exposure } from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { cut, type SaleFacts } from '../stripe-session'

/**
 * The row on which everything about one Stripe session takes turns, locked. A sale that began elsewhere (a payment link) or whose
 * row was cut off between us and Stripe gets it here.
 */
export async function lockCheckout(
  tx: Queryable,
  facts: SaleFacts,
  product: CatalogueProduct,
): Promise<CheckoutSessionRow> {
  const existing = await read(tx, facts)
  if (existing) return existing
  const visitor = visitorOf(facts)
  await tx
    .insert(checkoutSession)
    .values({
      id: `chk_${randomUUID()}`,
      attemptKey: createHash('sha256').update(`stripe:${facts.id}`).digest('hex'),
      sessionId: facts.id,
      status: 'open',
      productId: product.id,
      quantity: facts.quantity,
      source: facts.paymentLink ? 'payment-link' : 'session',
      currency: facts.total.currency,
      amountTotal: facts.total.amount,
      stripeCouponId: facts.couponId ?? null,
      expiresAt: facts.expiresAt,
      country: facts.country ?? null,
      visitorId: visitor ?? null,
      variant: cut(facts.metadata.variant, 64) ?? (visitor ? assignedTo(visitor, product.id) : null),
      createdAt: facts.createdAt,
      // It never held a seat here.
      flags: ['late'],
    })
    .onDuplicateKeyUpdate({ set: { id: sql`${checkoutSession.id}` } })
  const made = await read(tx, facts)
  if (!made) throw new Error('a checkout that exists can not be read')
  return made
}

/** Whom a payment link's sale is attributed to. The reference is public, and may be anything: it attributes, and proves nothing. */
const visitorOf = ({ clientReference }: SaleFacts): string | undefined =>
  /^visitor_([\w-]{1,191})$/.exec(clientReference ?? '')?.[1]

/** What the visitor was assigned when they first saw the offer; read within the statement that it is written with. */
const assignedTo = (visitorId: string, productId: string) =>
  sql<string>`(select ${exposure.variant} from ${exposure} where ${exposure.visitorId} = ${visitorId} and ${exposure.productId} = ${productId})`

async function read(tx: Queryable, facts: SaleFacts): Promise<CheckoutSessionRow | null> {
  const bySession = eq(checkoutSession.sessionId, facts.id)
  const [row] = await tx
    .select()
    .from(checkoutSession)
    // A payment link's metadata is copied to all of its sessions, so only the session's id is its name.
    .where(
      facts.checkoutId && !facts.paymentLink
        ? or(bySession, eq(checkoutSession.id, facts.checkoutId))
        : bySession,
    )
    .orderBy(sql`${checkoutSession.sessionId} = ${facts.id} desc`)
    .limit(1)
    .for('update')
  return row && (row.sessionId === null || row.sessionId === facts.id) ? row : null
}
