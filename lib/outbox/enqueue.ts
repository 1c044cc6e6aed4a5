import 'server-only'
import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { outbox } from '@/db/schema'
import type { Effect } from './effects'

/**
 * Writes effects inside the caller's transaction, so that they exist exactly if what they tell of does. One statement
 * however many there are; none for none. An effect that was written before stays as it is.
 * @param now sets when they are due. @default the database's clock
 */
export async function enqueue(
  tx: Pick<Queryable, 'insert'>,
  effects: Effect | Effect[],
  now?: Date,
): Promise<void> {
  for (const write of outboxRows(tx, [effects].flat(), now)) await write
}

/** The same as a statement to be sent with others; none for no effects. */
export function outboxRows(tx: Pick<Queryable, 'insert'>, effects: Effect[], now?: Date) {
  if (effects.length === 0) return []
  const rows = effects.map(({ id, kind, payload }) => ({
    id,
    kind,
    payload,
    ...(now ? { createdAt: now, nextAttemptAt: now } : {}),
  }))
  return [
    tx
      .insert(outbox)
      .values(rows)
      .onDuplicateKeyUpdate({ set: { id: sql`${outbox.id}` } }),
  ]
}
