import 'server-only'
import { and, asc, eq, inArray, lte, or, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { type OutboxRow, outbox } from '@/db/schema'

/** How long a claimed row is left alone, in milliseconds: longer than any delivery may take. */
export const LEASE = 90_000

export type Claimed = Pick<OutboxRow, 'id' | 'kind' | 'payload' | 'attempts' | 'createdAt'>

/**
 * Takes due rows for this deliverer alone: rows that another one holds are skipped, not waited for, and the lease
 * keeps them from everybody until it runs out, should we die. READ COMMITTED, so that no gap is locked into which a
 * sale is about to write its own effects.
 */
export function claim(
  db: Database,
  { ids, limit, now }: { ids?: readonly string[] | undefined; limit: number; now: Date },
): Promise<Claimed[]> {
  const due = lte(outbox.nextAttemptAt, now)
  // Fresh rows that were named are due whatever this server's clock says: the database may have dated them.
  const wanted = ids ? and(inArray(outbox.id, [...ids]), or(due, eq(outbox.attempts, 0))) : due
  return db.transaction(
    async (tx) => {
      const rows = await tx
        .select({
          id: outbox.id,
          kind: outbox.kind,
          payload: outbox.payload,
          attempts: outbox.attempts,
          createdAt: outbox.createdAt,
        })
        .from(outbox)
        .where(and(eq(outbox.status, 'pending'), wanted))
        .orderBy(asc(outbox.nextAttemptAt))
        .limit(limit)
        .for('update', { skipLocked: true })
      if (rows.length === 0) return []
      await tx
        .update(outbox)
        .set({ attempts: sql`${outbox.attempts} + 1`, nextAttemptAt: new Date(now.getTime() + LEASE) })
        .where(
          inArray(
            outbox.id,
            rows.map((row) => row.id),
          ),
        )
      return rows.map((row) => ({ ...row, attempts: row.attempts + 1 }))
    },
    { isolationLevel: 'read committed' },
  )
}

/** It left: true whoever says so, even after the lease ran out. */
export async function markSent(db: Database, id: string, now: Date): Promise<void> {
  await db.update(outbox).set({ status: 'sent', sentAt: now, lastError: null }).where(eq(outbox.id, id))
}

/** It didn't: says why and when to try again, or never. Whoever lost the lease to another has no say any more. */
export async function markFailed(
  db: Database,
  row: Claimed,
  outcome: { reason: string; dead: true } | { reason: string; nextAttemptAt: Date; counts: boolean },
): Promise<void> {
  const change =
    'dead' in outcome
      ? { status: 'dead' as const }
      : { nextAttemptAt: outcome.nextAttemptAt, attempts: outcome.counts ? row.attempts : row.attempts - 1 }
  await db
    .update(outbox)
    .set({ ...change, lastError: outcome.reason })
    .where(and(eq(outbox.id, row.id), eq(outbox.status, 'pending'), eq(outbox.attempts, row.attempts)))
}
