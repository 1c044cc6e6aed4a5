import 'server-only'
import { eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { checkoutSession } from '@/db/schema'

/**
 * Stripe is asked before the transaction, so two who work on one sale may come to write in another order than they asked. Each
 * change of a recorded sale moves its row's `updatedAt` on, and whoever read Stripe before that move has to read it again.
 */
export class OutOfDate extends Error {
  override readonly name = 'OutOfDate'
}

/** Unix milliseconds. */
export const versionIn = ({ updatedAt }: { updatedAt: Date | null }): number => updatedAt?.getTime() ?? 0

export async function versionOf(db: Database, sessionId: string): Promise<number | undefined> {
  const [row] = await db
    .select({ updatedAt: checkoutSession.updatedAt })
    .from(checkoutSession)
    .where(eq(checkoutSession.sessionId, sessionId))
  return row && versionIn(row)
}

/** Later than before, even twice in a millisecond, or under a clock that was put back. */
export const nextVersion = sql`greatest(current_timestamp(3), coalesce(date_add(${checkoutSession.updatedAt}, interval 1000 microsecond), current_timestamp(3)))`
