import 'server-only'
import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { stripeEvent } from '@/db/schema'

const KEPT_DAYS = 30
const DAY_MS = 86_400_000
const BATCH = 1000

const idAt = (key: string) => sql`json_extract(${stripeEvent.payload}, ${`$.data.object.${key}`})`

/** Sets a stored event's payload to the ids that the event is worked on by, and marks the row as cut. */
export const cutToIds = sql`${sql.identifier('payload')} = json_object('data', json_object('object', json_object(
    'id', ${idAt('id')}, 'charge', ${idAt('charge')}, 'payment_intent', ${idAt('payment_intent')}))),
  ${sql.identifier('trimmed')} = true`

/**
 * Cuts the payloads of events that are done with down to the ids that they are worked on by, after thirty days: they hold buyers' names
 * and addresses. One that waits keeps all of it. Answers how many were cut.
 */
export async function trimInbox(db: Database, now: Date): Promise<number> {
  const [result] = await db.execute(sql`
    update ${stripeEvent} set ${cutToIds}
    where ${stripeEvent.trimmed} = false and ${stripeEvent.receivedAt} < ${new Date(now.getTime() - KEPT_DAYS * DAY_MS)}
      and ${stripeEvent.status} <> 'pending'
    limit ${BATCH}`)
  return 'affectedRows' in result ? result.affectedRows : 0
}
