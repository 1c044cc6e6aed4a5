import 'server-only'
import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm'
import type Stripe from 'stripe'
import { z } from 'zod'
import type { Database, Queryable } from '@/db/client'
import { type InboxStatus, type StripeEventRow, stripeEvent } from '@/db/schema'

/** Stores a verified event before anything is done with it. Answers its row's state: a second delivery changes nothing. */
export async function store(db: Database, event: Stripe.Event, now: Date): Promise<InboxStatus> {
  const { object } = event.data
  const objectId = 'id' in object && typeof object.id === 'string' ? object.id.slice(0, 255) : null
  const [inserted] = await db
    .insert(stripeEvent)
    .values({
      id: event.id,
      type: event.type,
      created: event.created,
      objectId,
      payload: { ...event },
      // A sweep leaves it alone while the request that brought it works on it.
      nextAttemptAt: new Date(now.getTime() + LEASE_MS),
    })
    .onDuplicateKeyUpdate({ set: { id: sql`${stripeEvent.id}` } })
  if (inserted.affectedRows === 1) return 'pending'
  const [row] = await db
    .select({ status: stripeEvent.status })
    .from(stripeEvent)
    .where(eq(stripeEvent.id, event.id))
  return row?.status ?? 'pending'
}

export async function finish(
  db: Database,
  id: string,
  status: Exclude<InboxStatus, 'pending'>,
  reason: string | null,
  now: Date,
): Promise<void> {
  await db
    .update(stripeEvent)
    .set({ status, reason, finishedAt: now, attempts: sql`${stripeEvent.attempts} + 1` })
    .where(eq(stripeEvent.id, id))
}

const LEASE_MS = 60_000
const FIRST_RETRY_MS = 5000
const LONGEST_RETRY_MS = 3_600_000
/** About three days at the longest interval: as long as Stripe itself goes on trying. */
const MAX_ATTEMPTS = 80

/**
 * A temporary failure: the event stays, and is tried again later and later. Parked when three days have not been enough; answers
 * whether it came to that.
 */
export async function postpone(db: Database, id: string, reason: string, now: Date): Promise<boolean> {
  const [row] = await db
    .select({ attempts: stripeEvent.attempts })
    .from(stripeEvent)
    .where(eq(stripeEvent.id, id))
  const attempts = (row?.attempts ?? 0) + 1
  const wait =
    Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 20)) * (0.75 + Math.random() / 2)
  const parked = attempts >= MAX_ATTEMPTS
  const [written] = await db
    .update(stripeEvent)
    .set({
      attempts,
      reason,
      status: parked ? 'parked' : 'pending',
      nextAttemptAt: new Date(now.getTime() + wait),
      ...(parked && { finishedAt: now }),
    })
    .where(and(eq(stripeEvent.id, id), eq(stripeEvent.status, 'pending')))
  return parked && written.affectedRows === 1
}

export type DueEvent = Pick<StripeEventRow, 'id' | 'type' | 'created'> & {
  object: { id: string; charge?: string; intent?: string }
  /** Of a connected account, whose objects our key does not reach. */
  account?: string
  livemode?: boolean
}

/** Takes due events for a while, skipping those that another server has taken. */
export async function takeDue(db: Database, now: Date, limit: number): Promise<DueEvent[]> {
  const take = async (tx: Queryable) => {
    const rows = await tx
      .select()
      .from(stripeEvent)
      .where(and(eq(stripeEvent.status, 'pending'), lte(stripeEvent.nextAttemptAt, now)))
      .orderBy(asc(stripeEvent.nextAttemptAt))
      .limit(limit)
      .for('update', { skipLocked: true })
    if (rows.length > 0) {
      await tx
        .update(stripeEvent)
        .set({ nextAttemptAt: new Date(now.getTime() + LEASE_MS) })
        .where(
          inArray(
            stripeEvent.id,
            rows.map(({ id }) => id),
          ),
        )
    }
    return rows.map(dueEvent)
  }
  // Read committed locks no gap into which a webhook is about to write its event.
  return db.transaction(take, { isolationLevel: 'read committed' })
}

const reference = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]).nullish()
const payloadSchema = z.object({
  account: z.string().nullish(),
  livemode: z.boolean().nullish(),
  data: z.object({ object: z.object({ id: z.string(), charge: reference, payment_intent: reference }) }),
})

/**
 * An event cut down to the ids that it is worked on by; the rest is read from Stripe as it is now. One that names no object gets
 * an empty id: it must not keep the others from being worked on.
 */
export function dueEvent({
  id,
  type,
  created,
  payload,
}: Pick<StripeEventRow, 'id' | 'type' | 'created'> & { payload: unknown }): DueEvent {
  const parsed = payloadSchema.safeParse(payload)
  if (!parsed.success) return { id, type, created, object: { id: '' } }
  const { account, livemode, data } = parsed.data
  const { object } = data
  return {
    id,
    type,
    created,
    ...(account && { account }),
    ...(typeof livemode === 'boolean' && { livemode }),
    object: {
      id: object.id,
      ...(object.charge && { charge: object.charge }),
      ...(object.payment_intent && { intent: object.payment_intent }),
    },
  }
}
