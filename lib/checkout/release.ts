import 'server-only'
import { and, desc, eq, inArray } from 'drizzle-orm'
import Stripe from 'stripe'
import type { Database } from '@/db/client'
import { checkoutSession } from '@/db/schema'
import type { CommerceDeps } from './deps'
import { HOLDING, holdsOf, type NewHold } from './hold'

type ReleaseDeps = Pick<CommerceDeps, 'db' | 'stripe' | 'log'>

/** Ends a session at Stripe and, once Stripe says that it is over, releases its seats. False where it may still be paid. */
export async function expireAtStripe(
  deps: ReleaseDeps,
  row: { id: string; sessionId: string },
): Promise<boolean> {
  let status: Stripe.Checkout.Session['status']
  try {
    status = (await deps.stripe.checkout.sessions.expire(row.sessionId)).status
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error
    // Stripe refuses to expire what is not open: ask what it is.
    status = (await deps.stripe.checkout.sessions.retrieve(row.sessionId)).status
  }
  if (status !== 'expired') return false
  await markExpired(deps.db, row.id)
  return true
}

/** Releases the seats of a session that Stripe says has expired. */
export const markExpired = (db: Database, id: string) =>
  db
    .update(checkoutSession)
    .set({ status: 'expired' })
    .where(and(eq(checkoutSession.id, id), inArray(checkoutSession.status, HOLDING)))

/**
 * A visitor's newest session replaces their other open ones for the same workshop; of two that were begun at once the later stays,
 * whichever was answered last. Runs after the answer; a failure leaves them to expire.
 */
export async function replaceOpenHolds(deps: ReleaseDeps, hold: NewHold): Promise<void> {
  if (!hold.visitorId) return
  const { id, sessionId, attemptKey, createdAt } = checkoutSession
  const [, ...older] = await deps.db
    .select({ id, sessionId, attemptKey })
    .from(checkoutSession)
    .where(
      and(
        eq(checkoutSession.visitorId, hold.visitorId),
        eq(checkoutSession.productId, hold.productId),
        eq(checkoutSession.status, 'open'),
      ),
    )
    .orderBy(desc(createdAt), desc(id))
  for (const row of older) {
    // Begun by an earlier request of this attempt, and just handed out again.
    const isResumed = row.attemptKey === hold.attemptKey && row.id !== hold.id
    if (row.sessionId && !isResumed)
      await expireAtStripe(deps, { id: row.id, sessionId: row.sessionId }).catch((error) =>
        deps.log.warn({ err: error }, 'release.failed'),
      )
  }
}

/** Ends the visitor's own open sessions now; answers whether that freed anything. */
export async function releaseOwnHolds(deps: ReleaseDeps, hold: NewHold): Promise<boolean> {
  if (!hold.visitorId) return false
  const own = await holdsOf(deps.db, hold.productId, hold.visitorId)
  let freed = false
  for (const { id, sessionId, status } of own) {
    if (status === 'open' && sessionId) freed = (await expireAtStripe(deps, { id, sessionId })) || freed
  }
  return freed
}
