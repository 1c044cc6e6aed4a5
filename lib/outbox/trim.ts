import 'server-only'
import { and, eq, inArray, lt } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { outbox } from '@/db/schema'

const KEPT_DAYS = 30
const DAY_MS = 86_400_000
const BATCH = 1000

/** Empties what was sent, or is never to be, after thirty days, all but its name: it holds the buyer's address. Answers how many. */
export async function trimOutbox(db: Database, now: Date): Promise<number> {
  const [result] = await db
    .update(outbox)
    .set({ payload: {}, trimmed: true })
    .where(
      and(
        eq(outbox.trimmed, false),
        inArray(outbox.status, ['sent', 'cancelled']),
        lt(outbox.createdAt, new Date(now.getTime() - KEPT_DAYS * DAY_MS)),
      ),
    )
    .limit(BATCH)
  return result.affectedRows
}
