import 'server-only'
import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { despiteDeadlocks } from '@/db/deadlock'
import { isDuplicateKey } from '@/db/errors'
import {
  type CheckoutSessionRow,
  type CheckoutSessionStatus,
  checkoutSession,
  coupon,
  product,
  purchase,
  user,
} from '@/db/schema'

/** Sessions that hold seats: from the moment we ask Stripe until Stripe says that it is over. */
export const HOLDING: CheckoutSessionStatus[] = ['creating', 'open', 'processing']
export const SEATED = ['Valid', 'Restricted', 'Disputed'] as const

/** One visitor holds at most this many seats where seats are limited. */
export const SEATS_PER_VISITOR = 10
/** And one address a twentieth of all, but never less than that. */
export const seatsPerAddress = (capacity: number): number =>
  Math.max(SEATS_PER_VISITOR, Math.floor(capacity / 20))

export type NewHold = Pick<
  CheckoutSessionRow,
  | 'id'
  | 'attemptKey'
  | 'generation'
  | 'productId'
  | 'quantity'
  | 'source'
  | 'visitorId'
  | 'addressHash'
  | 'viewerId'
  | 'email'
  | 'tier'
  | 'couponCode'
  | 'stripeCouponId'
  | 'country'
  | 'variant'
  | 'currency'
  | 'amountTotal'
  | 'params'
  | 'expiresAt'
> & {
  /** The verified viewer's e-mail, where a second seat needs their word. */
  refuseIfBought: string | null
}

export type HoldResult = 'held' | 'same-attempt' | 'refused'

const held = (condition: SQL) =>
  sql`(select coalesce(sum(s.quantity), 0) from ${checkoutSession} s where s.productId = ${product.id} and s.status in ${HOLDING} and ${condition})`

/** The coupons of bulk purchases that stand. */
const standingBulk = sql`(select pb.bulkCouponId from ${purchase} pb where pb.productId = ${product.id} and pb.status in ${SEATED} and pb.bulkCouponId is not null)`

/**
 * Seats sold: purchases that stand, a bulk purchase by its coupon's uses. A seat that was claimed with such a coupon is among these,
 * and counts by itself once the bulk purchase is refunded: whoever claimed it still has it.
 */
const sold = sql`(select count(*) from ${purchase} pu where pu.productId = ${product.id} and pu.status in ${SEATED} and pu.bulkCouponId is null and (pu.redeemedBulkCouponId is null or pu.redeemedBulkCouponId not in ${standingBulk}))
  + (select coalesce(sum(c.maxUses), 0) from ${coupon} c where c.id in ${standingBulk})`

/** Seats sold and held, per row of the product table that it stands in. */
export const seatsTaken = sql`${held(sql`true`)} + ${sold}`

/** What a visitor holds by sessions that their next one replaces. */
const replaceable = (visitorId: string) => held(sql`s.visitorId = ${visitorId} and s.status <> 'processing'`)

/** Every collation of Course Builder's ignores case, and most of them accents: the key finds, the bytes decide. */
const sameAddress = (column: SQL | typeof user.email, email: string) =>
  sql`${column} = ${email} and lower(${column}) = ${email.trim().toLowerCase()} collate utf8mb4_bin`

const bought = (email: string) =>
  sql`exists (select 1 from ${purchase} pe join ${user} u on u.id = pe.userId where ${sameAddress(sql`u.email`, email)} and pe.productId = ${product.id} and pe.status in ${SEATED})`

/**
 * Lets a repeated attempt through to its own row's unique key: the last seat may be the one that it holds. Bound to the
 * product, so that it is looked up when that row is locked: waiting for it with a gap of this index in hand would stop others.
 */
const sameAttempt = ({ attemptKey, generation }: Pick<NewHold, 'attemptKey' | 'generation'>) =>
  sql`exists (select 1 from ${checkoutSession} sa where sa.attemptKey = ${attemptKey} and sa.generation = ${generation} and sa.productId = ${product.id})`

/**
 * Takes the seats in one statement. Where seats are not limited that is a short one; if they have become so since it was looked at, it
 * takes none, and the one that counts follows.
 */
export async function takeHold(db: Database, hold: NewHold, limited: boolean): Promise<HoldResult> {
  const { refuseIfBought } = hold
  const unlimited = sql`${product.quantityAvailable} < 0`
  const allowed = refuseIfBought ? sql`not ${bought(refuseIfBought)}` : sql`true`
  if (!limited) {
    const result = await insertHold(db, hold, sql`${unlimited} and ${allowed}`)
    if (result !== 'refused') return result
  }
  const counted = sql`(((${unlimited} or ${fits(hold)}) and ${allowed}) or ${sameAttempt(hold)})`
  return insertHold(db, hold, counted, sql`for update`)
}

/** Whether there is room for them on the product, for the visitor and for their address. */
function fits({ quantity, visitorId, addressHash }: NewHold): SQL {
  const perAddress = sql`greatest(${SEATS_PER_VISITOR}, floor(${product.quantityAvailable} / 20))`
  const limits = [sql`${seatsTaken} + ${quantity} <= ${product.quantityAvailable}`]
  if (visitorId)
    limits.push(sql`${held(sql`s.visitorId = ${visitorId}`)} + ${quantity} <= ${SEATS_PER_VISITOR}`)
  if (addressHash)
    limits.push(sql`${held(sql`s.addressHash = ${addressHash}`)} + ${quantity} <= ${perAddress}`)
  return sql`(${sql.join(limits, sql` and `)})`
}

/**
 * Counts and takes. With `for update` the product's row is locked while it counts, so that of two buyers after the last seat one is
 * told so; the sessions are read before the purchases, the order in which a sale changes them.
 */
async function insertHold(db: Database, hold: NewHold, condition: SQL, lock = sql``): Promise<HoldResult> {
  const row = Object.entries({ ...hold, status: 'creating', params: JSON.stringify(hold.params) }).filter(
    ([name]) => name !== 'refuseIfBought',
  )
  const names = row.map(([name]) => sql.identifier(name))
  const values = row.map(([, value]) => sql`${value}`)
  const statement = sql`insert into ${checkoutSession} (${sql.join(names, sql`, `)})
    select ${sql.join(values, sql`, `)}
    from ${product} where ${product.id} = ${hold.productId} and ${condition} ${lock}`
  try {
    const [result] = await despiteDeadlocks(() => db.execute(statement))
    return 'affectedRows' in result && result.affectedRows > 0 ? 'held' : 'refused'
  } catch (error) {
    if (isDuplicateKey(error)) return 'same-attempt'
    throw error
  }
}

export type Refusal = {
  /** The session of a seat that the viewer has already, where one is known. */
  boughtSession: string | null
  bought: boolean
  boughtAt: Date | null
  seatsLeft: number
  ownHolds: Pick<CheckoutSessionRow, 'id' | 'sessionId' | 'status' | 'quantity'>[]
  ownSeats: number
  addressSeats: number
  capacity: number
}

/** Why a hold was refused. Asked only then. */
export async function explainRefusal(db: Database, hold: NewHold): Promise<Refusal | null> {
  const [row] = await db
    .select({
      capacity: product.quantityAvailable,
      taken: sql<string>`${seatsTaken}`.as('taken'),
      addressSeats:
        sql<string>`${hold.addressHash ? held(sql`s.addressHash = ${hold.addressHash}`) : sql`0`}`.as(
          'addressSeats',
        ),
    })
    .from(product)
    .where(eq(product.id, hold.productId))
  if (!row) return null
  const own = hold.visitorId ? await holdsOf(db, hold.productId, hold.visitorId) : []
  const previous = hold.refuseIfBought ? await seatOf(db, hold.productId, hold.refuseIfBought) : null
  return {
    bought: previous !== null,
    boughtSession: previous?.sessionId ?? null,
    boughtAt: previous?.createdAt ?? null,
    seatsLeft: row.capacity - Number(row.taken),
    ownHolds: own,
    ownSeats: own.reduce((sum, { quantity }) => sum + quantity, 0),
    addressSeats: Number(row.addressSeats),
    capacity: row.capacity,
  }
}

/** The holds that a visitor has on a product now. */
export const holdsOf = (db: Database, productId: string, visitorId: string) =>
  db
    .select({
      id: checkoutSession.id,
      sessionId: checkoutSession.sessionId,
      status: checkoutSession.status,
      quantity: checkoutSession.quantity,
    })
    .from(checkoutSession)
    .where(
      and(
        eq(checkoutSession.visitorId, visitorId),
        eq(checkoutSession.productId, productId),
        inArray(checkoutSession.status, HOLDING),
      ),
    )

async function seatOf(db: Database, productId: string, email: string) {
  const [row] = await db
    .select({ sessionId: checkoutSession.sessionId, createdAt: purchase.createdAt })
    .from(purchase)
    .innerJoin(user, eq(user.id, purchase.userId))
    .leftJoin(checkoutSession, eq(checkoutSession.purchaseId, purchase.id))
    .where(
      and(
        sameAddress(user.email, email),
        eq(purchase.productId, productId),
        inArray(purchase.status, SEATED),
      ),
    )
    .orderBy(sql`${purchase.createdAt} desc`)
    .limit(1)
  return row ?? null
}

/** Seats that this visitor could still have, and those of them that they hold themselves; undefined where there is no limit. */
export async function countSeats(
  db: Database,
  productId: string,
  visitorId: string | undefined,
): Promise<{ left: number; own: number } | undefined> {
  const [row] = await db
    .select({
      capacity: product.quantityAvailable,
      taken: sql<string>`${seatsTaken}`.as('taken'),
      own: sql<string>`${visitorId ? replaceable(visitorId) : sql`0`}`.as('own'),
    })
    .from(product)
    .where(eq(product.id, productId))
  if (!row || row.capacity < 0) return undefined
  const own = Number(row.own)
  return { left: Math.max(0, row.capacity - Number(row.taken) + own), own }
}

/** Seats that this visitor, or somebody whom nobody knows, could still have; undefined where there is no limit. */
export const seatsLeft = async (db: Database, productId: string, visitorId?: string | undefined) =>
  (await countSeats(db, productId, visitorId))?.left
