import 'server-only'
import { and, asc, eq, gt, gte, isNotNull, isNull, or, sql } from 'drizzle-orm'
import type { MySqlColumn } from 'drizzle-orm/mysql-core'
import {
  type CheckoutFlag,
  checkoutSession,
  merchantPrice,
  merchantProduct,
  merchantSession,
  product,
  purchase,
} from '@/db/schema'
import { seatsTaken } from '@/lib/checkout/hold'
import { orMissing } from '@/lib/stripe/missing'
import type { ReconcileDeps } from './deps'
import type { Difference, Notice } from './difference'
import { checkoutOfCharge, strayCondition } from './rows'
import type { Seen } from './seen'

const PAGE = 500

type Row = { id: string; createdAt: Date }

/** Where a page begins: behind the row that the last one ended with. */
type After = Row

/** Later rows than this one, by the index of their moment: what is older than `since` is not read, however much there is of it. */
const later = (columns: { id: MySqlColumn; createdAt: MySqlColumn }, { id, createdAt }: After) =>
  and(gte(columns.createdAt, createdAt), or(gt(columns.createdAt, createdAt), gt(columns.id, id)))

/** Rows in the order in which they were made, a page at a time. */
async function* pages<T extends Row>(
  { signal }: Pick<ReconcileDeps, 'signal'>,
  since: Date | undefined,
  read: (after: After) => Promise<T[]>,
): AsyncGenerator<T> {
  for (let after: After = { id: '', createdAt: since ?? BEGINNING }; ; ) {
    signal?.throwIfAborted()
    const rows = await read(after)
    yield* rows
    const end = rows.at(-1)
    if (!end || rows.length < PAGE) return
    after = { id: end.id, createdAt: end.createdAt }
  }
}

/** The first moment that a TIMESTAMP can hold. */
const BEGINNING = new Date(1000)

/** What is recorded here and was not paid at Stripe. Only a session that Stripe's lists did not show is asked for by itself. */
export async function* recordedOnly(
  deps: ReconcileDeps,
  since: Date | undefined,
  seen: Seen,
): AsyncGenerator<Difference> {
  const { id, sessionId, purchaseId, createdAt } = checkoutSession
  const read = (after: After) =>
    deps.db
      .select({ id, sessionId, purchaseId, createdAt })
      .from(checkoutSession)
      .where(and(later(checkoutSession, after), isNotNull(purchaseId)))
      .orderBy(asc(createdAt), asc(id))
      .limit(PAGE)
  for await (const row of pages(deps, since, read)) {
    if (row.sessionId && seen.has(row.sessionId)) continue
    const why = await whyNotPaid(deps, row.sessionId)
    if (!why) continue
    const decide = `find out who recorded it; nothing was paid for ${row.purchaseId}`
    yield { kind: 'not_paid', id: row.sessionId ?? row.id, detail: `${row.purchaseId}: ${why}`, decide }
  }
}

async function whyNotPaid({ stripe }: ReconcileDeps, sessionId: string | null): Promise<string | undefined> {
  if (!sessionId) return 'recorded without a session'
  const session = await orMissing(stripe.checkout.sessions.retrieve(sessionId))
  if (!session) return 'recorded, and Stripe knows no such session'
  const { status, payment_status } = session
  if (status === 'complete' && payment_status !== 'unpaid') return undefined
  return `recorded, and its session is ${status}, ${payment_status}`
}

/** Purchases that bear our mark and that no checkout calls its own: copied, or written by hand. */
export async function* strays(
  deps: ReconcileDeps,
  since: Date | undefined,
  seen: Seen,
  judged: ReadonlySet<string>,
): AsyncGenerator<Difference> {
  const read = (after: After) =>
    deps.db
      .select({
        id: purchase.id,
        createdAt: purchase.createdAt,
        chargeId: purchase.stripeChargeId,
        sessionId: merchantSession.identifier,
      })
      .from(purchase)
      .leftJoin(merchantSession, eq(merchantSession.id, purchase.merchantSessionId))
      .where(and(later(purchase, after), strayCondition))
      .orderBy(asc(purchase.createdAt), asc(purchase.id))
      .limit(PAGE)
  for await (const { id, chargeId, sessionId } of pages(deps, since, read)) {
    // Judged with its session.
    if (judged.has(id) || (sessionId && seen.has(sessionId))) continue
    const other = await checkoutOfCharge(deps, chargeId)
    if (other) {
      const decide = other.bearsIt
        ? `${other.purchaseId} is the one that the checkout names: remove ${id} at Course Builder`
        : `${other.purchaseId}, which the checkout of ${other.sessionId} names, is not of this charge: remove neither; reconcile without --since says more`
      yield { kind: 'doubled', id, detail: `the same charge as ${other.purchaseId}`, decide }
    } else {
      const decide = 'find out who recorded it'
      yield { kind: 'not_paid', id, detail: 'a purchase with our mark and no checkout', decide }
    }
  }
}

/** Our own column of a product, which mirrors its active price. */
export async function lostPriceColumns({ db }: ReconcileDeps): Promise<Difference[]> {
  const rows = await db
    .selectDistinct({ id: product.id, priceId: merchantPrice.identifier })
    .from(product)
    .innerJoin(merchantProduct, eq(merchantProduct.productId, product.id))
    .innerJoin(merchantPrice, eq(merchantPrice.merchantProductId, merchantProduct.id))
    .where(
      and(
        isNull(product.stripeProductId),
        eq(merchantProduct.status, 1),
        eq(merchantPrice.status, 1),
        sql`exists (select 1 from checkout_Product cp where cp.productId = ${product.id})`,
      ),
    )
  return rows.map(({ id, priceId }) => ({
    kind: 'price_column' as const,
    id,
    detail: `stripeProductId is lost, the active price is ${priceId}`,
  }))
}

/** Flags that ask for a person. `late` and `adopted` say where a sale came from, and a `refunding` one is oversold too. */
const TO_LOOK_AT: readonly CheckoutFlag[] = [
  'oversold',
  'coupon_without_claim',
  'several_products',
  'no_address',
]

/** Sales that stand, and that somebody should know of. */
export async function* notices(deps: ReconcileDeps, since: Date | undefined): AsyncGenerator<Notice> {
  const { id, sessionId, purchaseId, flags, createdAt } = checkoutSession
  const read = (after: After) =>
    deps.db
      .select({ id, sessionId, purchaseId, flags, createdAt })
      .from(checkoutSession)
      .where(
        and(
          later(checkoutSession, after),
          isNotNull(purchaseId),
          or(...TO_LOOK_AT.map((flag) => sql`json_contains(${flags}, json_quote(${flag})) = 1`)),
        ),
      )
      .orderBy(asc(createdAt), asc(id))
      .limit(PAGE)
  for await (const row of pages(deps, since, read)) {
    const words = (row.flags ?? []).filter((flag) => TO_LOOK_AT.includes(flag))
    yield { kind: 'flagged', id: row.sessionId ?? row.id, detail: `${row.purchaseId}: ${words.join(', ')}` }
  }
  const full = await deps.db
    .select({
      id: product.id,
      capacity: product.quantityAvailable,
      taken: sql<string>`${seatsTaken}`.as('taken'),
    })
    .from(product)
    .where(gte(product.quantityAvailable, 0))
  for (const { id: productId, capacity, taken } of full) {
    if (Number(taken) > capacity)
      yield { kind: 'oversold', id: productId, detail: `${taken} seats sold and held of ${capacity}` }
  }
}
