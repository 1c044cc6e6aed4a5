import 'server-only'
import { and, eq, inArray, isNull, lt, or } from 'drizzle-orm'
import Stripe from 'stripe'
import { type CheckoutSessionRow, checkoutSession } from '@/db/schema'
import { isMissing } from '@/lib/stripe/missing'
import type { LocalDeps } from './local-gateway'
import { expireAtStripe, markExpired } from './release'
import { createAtStripe } from './session'

type SweepDeps = Pick<LocalDeps, 'db' | 'stripe' | 'log' | 'now' | 'fulfill'>
type Named = CheckoutSessionRow & { sessionId: string }

const MINUTE_MS = 60_000

/** No request still works on a row of this age: its caller has been answered, or its server is gone. */
const ABANDONED_MS = 2 * MINUTE_MS
/** What our clock and Stripe's may differ by, and an expiry's own event may take. */
const MARGIN_MS = 2 * MINUTE_MS
const ASK_AGAIN_MS = 5 * MINUTE_MS
/** A bank transfer takes days. */
const ASK_AGAIN_PROCESSING_MS = 60 * MINUTE_MS
const BATCH = 10

/**
 * Brings to their end the checkouts that nobody else will: one whose server went away between its row and Stripe's answer, one
 * whose expiry was never told to us. Our clock says only when to ask; seats are released by what Stripe answers.
 * Safe on many servers at once.
 */
export async function sweepCheckouts(deps: SweepDeps, { budgetMs }: { budgetMs: number }) {
  const giveUp = Date.now() + budgetMs
  const counts = { swept: 0, unswept: 0 }
  for (;;) {
    const rows = await takeStale(deps)
    for (const row of rows) {
      if (Date.now() > giveUp) return counts
      try {
        await sweep(deps, row)
        counts.swept++
      } catch (error) {
        counts.unswept++
        deps.log.warn({ event: 'checkout.unswept', checkoutId: row.id, err: error }, 'asked again later')
      }
    }
    if (rows.length < BATCH) return counts
  }
}

/** Takes rows for a while, skipping those that another server is taking. */
function takeStale({ db, now }: SweepDeps): Promise<CheckoutSessionRow[]> {
  const { status, createdAt, expiresAt, askedAt, id } = checkoutSession
  const ago = (ms: number) => new Date(now().getTime() - ms)
  const over = lt(expiresAt, Math.floor(ago(MARGIN_MS).getTime() / 1000))
  const quiet = (ms: number) => or(isNull(askedAt), lt(askedAt, ago(ms)))
  return db.transaction(
    async (tx) => {
      const rows = await tx
        .select()
        .from(checkoutSession)
        .where(
          or(
            and(eq(status, 'creating'), lt(createdAt, ago(ABANDONED_MS)), quiet(ASK_AGAIN_MS)),
            and(eq(status, 'open'), over, quiet(ASK_AGAIN_MS)),
            and(eq(status, 'processing'), over, quiet(ASK_AGAIN_PROCESSING_MS)),
          ),
        )
        .limit(BATCH)
        .for('update', { skipLocked: true })
      const ids = rows.map((row) => row.id)
      if (ids.length > 0) await tx.update(checkoutSession).set({ askedAt: now() }).where(inArray(id, ids))
      return rows
    },
    { isolationLevel: 'read committed' },
  )
}

async function sweep(deps: SweepDeps, row: CheckoutSessionRow): Promise<void> {
  if (row.status === 'processing' && row.sessionId) return void (await deps.fulfill(row.sessionId))
  const sessionId = row.sessionId ?? (await sessionOf(deps, row))
  if (sessionId === null) {
    await end(deps, row, 'failed', 'Stripe never made this session')
  } else if (await name(deps, row, sessionId)) {
    await bringToEnd(deps, { ...row, sessionId })
  }
}

/** The session that Stripe made for this row, or null where it made none. */
function sessionOf(deps: SweepDeps, row: CheckoutSessionRow): Promise<string | null> {
  const over = (row.expiresAt ?? 0) * 1000 + MARGIN_MS < deps.now().getTime()
  return over ? search(deps.stripe, row) : askAgain(deps.stripe, row)
}

/**
 * The same request under the same key: Stripe replays the session that it made. If it made none, it refuses a seat's session by now,
 * because that would expire too soon, or makes one whose address nobody has.
 */
async function askAgain(stripe: Stripe, row: CheckoutSessionRow): Promise<string | null> {
  try {
    return (await createAtStripe(stripe, row)).id
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError) return null
    throw error
  }
}

const SECONDS_AROUND = 300

/** Past its expiry Stripe makes no session for this row any more, and may have forgotten the key: it is there, or it never was. */
async function search(stripe: Stripe, row: CheckoutSessionRow): Promise<string | null> {
  const made = Math.floor(row.createdAt.getTime() / 1000)
  const created = { gte: made - SECONDS_AROUND, lte: Math.max(row.expiresAt ?? 0, made) + SECONDS_AROUND }
  for await (const session of stripe.checkout.sessions.list({ created, limit: 100 })) {
    if (session.metadata?.checkoutId === row.id && !session.payment_link) return session.id
  }
  return null
}

/** Writes down which session it is; false where somebody else has brought the row on meanwhile. */
async function name(deps: SweepDeps, row: CheckoutSessionRow, sessionId: string): Promise<boolean> {
  if (row.sessionId === sessionId) return true
  const [result] = await deps.db
    .update(checkoutSession)
    .set({ sessionId })
    .where(
      and(
        eq(checkoutSession.id, row.id),
        eq(checkoutSession.status, 'creating'),
        isNull(checkoutSession.sessionId),
      ),
    )
  return result.affectedRows === 1
}

async function bringToEnd(deps: SweepDeps, row: Named): Promise<void> {
  try {
    const status = await askStatus(deps, row)
    if (status === 'complete') await deps.fulfill(row.sessionId)
    if (status !== 'expired') return
    deps.log.info({ event: 'checkout.swept', checkoutId: row.id, status }, 'hold released')
  } catch (error) {
    if (!isMissing(error)) throw error
    await end(deps, row, 'expired', 'Stripe knows no such session')
  }
}

/** Where nobody has a session's address, it is ended; an open one belongs to its buyer until Stripe says otherwise. */
async function askStatus(deps: SweepDeps, row: Named): Promise<Stripe.Checkout.Session['status']> {
  if (row.status === 'creating') return (await expireAtStripe(deps, row)) ? 'expired' : 'complete'
  const { status } = await deps.stripe.checkout.sessions.retrieve(row.sessionId)
  if (status === 'expired') await markExpired(deps.db, row.id)
  return status
}

async function end(deps: SweepDeps, row: CheckoutSessionRow, status: 'failed' | 'expired', why: string) {
  await deps.db
    .update(checkoutSession)
    .set({ status })
    .where(and(eq(checkoutSession.id, row.id), eq(checkoutSession.status, row.status)))
  deps.log.info({ event: 'checkout.swept', checkoutId: row.id, status, why }, 'hold released')
}
