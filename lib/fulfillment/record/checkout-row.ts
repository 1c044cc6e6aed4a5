import 'server-only'
import { createHash, randomUUID } from 'node:crypto'
import { eq, or, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import {
  type CheckoutSessionRow,
  checkoutSession,
  coupon,
  exposure,
  merchantCharge,
  merchantCoupon,
  merchantCustomer,
  purchase,
  user,
} from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import type { OfferTier } from '@/lib/contract/types'
import { customerIdentifier, cut, type SaleFacts } from '../stripe-session'
import { addressOf, familyColumns, type SeenFamily, seenFamily } from './people'

/** What Course Builder's tables know of a session's Stripe objects already: ids of rows. */
export type KnownRows = {
  chargeId: string | null
  /** The purchase of that charge, the oldest where there are several. */
  chargePurchaseId: string | null
  customerId: string | null
  /** Seconds since that charge's row was written, by the database's clock. */
  chargeAge: number | null
  /** Course Builder's own row for the Stripe coupon. */
  couponId: string | null
  /** What Course Builder calls the Stripe coupon: `ppp` is a country's price. */
  couponType: string | null
}

export type LockedCheckout = {
  checkout: CheckoutSessionRow
  known: KnownRows
  /** Its row was not here, and was made just now. */
  made?: boolean
  /** The family of the buyer who was named. */
  family?: SeenFamily
}

/**
 * The row on which everything about one Stripe session takes turns, locked, and what is known of the session elsewhere. A sale that
 * began elsewhere (a payment link) or whose row was cut off between us and Stripe gets its row here.
 *
 * @param email of the buyer, whose row is locked with it and whose family is read, where there will be a purchase
 */
export async function lockCheckout(
  tx: Queryable,
  facts: SaleFacts,
  product: CatalogueProduct,
  email?: string,
): Promise<LockedCheckout> {
  const existing = await read(tx, facts, email)
  if (existing && existing !== 'another') return existing
  const visitor = visitorOf(facts)
  const began = existing === 'another' ? undefined : begunAs(facts)
  await tx
    .insert(checkoutSession)
    .values({
      id: began ?? `chk_${randomUUID()}`,
      attemptKey: createHash('sha256').update(`stripe:${facts.id}`).digest('hex'),
      sessionId: facts.id,
      status: 'open',
      productId: product.id,
      quantity: facts.quantity,
      source: facts.paymentLink ? 'payment-link' : 'session',
      currency: facts.total.currency,
      amountTotal: facts.total.amount,
      stripeCouponId: facts.couponId ?? null,
      // What our own session says of how it began.
      ...(began && { tier: tierOf(facts), couponCode: cut(facts.metadata.couponCode, 191) ?? null }),
      expiresAt: facts.expiresAt,
      country: facts.buyerCountry ?? facts.country ?? null,
      visitorId: visitor ?? null,
      variant: cut(facts.metadata.variant, 64) ?? (visitor ? assignedTo(visitor, product.id) : null),
      createdAt: facts.createdAt,
      // It never held a seat here.
      flags: ['late'],
    })
    .onDuplicateKeyUpdate({ set: { id: sql`${checkoutSession.id}` } })
  const made = await read(tx, facts, email)
  if (!made || made === 'another') throw new Error('a checkout that exists can not be read')
  return { ...made, made: true }
}

/** The checkout that a session of ours was made for. Its row comes back under the id that its purchase bears. */
const begunAs = ({ source, paymentLink, checkoutId }: SaleFacts): string | undefined =>
  source === 'egghead-next' && !paymentLink && /^chk_[\w-]{1,180}$/.test(checkoutId ?? '')
    ? checkoutId
    : undefined

const TIERS: OfferTier[] = ['standard', 'early-bird', 'member', 'early-bird-member', 'ppp', 'code']
const tierOf = ({ metadata }: SaleFacts): OfferTier | null =>
  TIERS.find((tier) => tier === metadata.tier) ?? null

/** Whom a payment link's sale is attributed to. The reference is public, and may be anything: it attributes, and proves nothing. */
const visitorOf = ({ clientReference }: SaleFacts): string | undefined =>
  /^visitor_([\w-]{1,191})$/.exec(clientReference ?? '')?.[1]

/** What the visitor was assigned when they first saw the offer; read within the statement that it is written with. */
const assignedTo = (visitorId: string, productId: string) =>
  sql<string>`(select ${exposure.variant} from ${exposure} where ${exposure.visitorId} = ${visitorId} and ${exposure.productId} = ${productId})`

/** `another`: the checkout that the session was made for is another session's by now. */
async function read(
  tx: Queryable,
  facts: SaleFacts,
  email: string | undefined,
): Promise<LockedCheckout | 'another' | null> {
  const bySession = eq(checkoutSession.sessionId, facts.id)
  const address = addressOf(email ?? '')
  const [row] = await tx
    .select({ checkout: checkoutSession, known: known(facts), family: familyColumns(address) })
    .from(checkoutSession)
    .leftJoin(user, email === undefined ? sql`false` : eq(user.email, address))
    // A payment link's metadata is copied to all of its sessions, so only the session's id is its name.
    .where(
      facts.checkoutId && !facts.paymentLink
        ? or(bySession, eq(checkoutSession.id, facts.checkoutId))
        : bySession,
    )
    .orderBy(sql`${checkoutSession.sessionId} = ${facts.id} desc`)
    .limit(1)
    .for('update')
  if (!row) return null
  if (row.checkout.sessionId !== null && row.checkout.sessionId !== facts.id) return 'another'
  const { checkout, known: theirs, family } = row
  return { checkout, known: theirs, ...(email !== undefined && { family: seenFamily(address, family) }) }
}

/**
 * Read with the row, and not locked with it: whatever is written in between is met again as a duplicate key, and the transaction is
 * run once more. Every column has a name: without one its text is its name, this sale's values in it, and the driver makes a reader
 * of its own for it and keeps it.
 */
const known = ({ charge, customerId, couponId }: SaleFacts) => ({
  chargeId: sql<
    string | null
  >`(select mc.id from ${merchantCharge} mc where mc.identifier = ${charge?.id ?? null})`.as('chargeId'),
  chargePurchaseId: sql<string | null>`(select pu.id from ${merchantCharge} mc
    join ${purchase} pu on pu.merchantChargeId = mc.id
    where mc.identifier = ${charge?.id ?? null} order by pu.createdAt limit 1)`.as('chargePurchaseId'),
  chargeAge: sql<
    number | null
  >`(select timestampdiff(second, mc.createdAt, now()) from ${merchantCharge} mc where mc.identifier = ${charge?.id ?? null})`
    .mapWith(Number)
    .as('chargeAge'),
  customerId: sql<
    string | null
  >`(select cu.id from ${merchantCustomer} cu where cu.identifier = ${customerIdentifier({ charge, customerId }) ?? null})`.as(
    'customerId',
  ),
  couponId: sql<
    string | null
  >`(select c.id from ${merchantCoupon} mcp join ${coupon} c on c.merchantCouponId = mcp.id
    where mcp.identifier = ${couponId ?? null} order by c.createdAt limit 1)`.as('couponId'),
  couponType: sql<
    string | null
  >`(select mcp.type from ${merchantCoupon} mcp where mcp.identifier = ${couponId ?? null})`.as('couponType'),
})

/** The same for a row that was locked before. */
export async function findKnown(tx: Queryable, facts: SaleFacts): Promise<KnownRows> {
  const [row] = await tx.select(known(facts)).from(sql`(select 1) once`)
  if (!row) throw new Error('the database did not answer')
  return row
}
