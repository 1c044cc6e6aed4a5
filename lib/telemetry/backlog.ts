import 'server-only'
import { metrics } from '@opentelemetry/api'
import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { outbox, stripeEvent } from '@/db/schema'
import { inTime } from '@/lib/in-time'
import type { Log } from './log'
import { sharedTelemetry } from './shared'

/** What waits, and what waits for a person. Ages are in seconds, by the database's clock; 0 where nothing waits. */
export type Backlog = {
  inbox: { pending: number; oldestSeconds: number; parked: number }
  outbox: { pending: number; oldestSeconds: number; dead: number }
}

/** @throws what the database says */
export async function readBacklog(db: Database): Promise<Backlog> {
  const age = (column: unknown) =>
    sql<string | null>`timestampdiff(microsecond, min(${column}), utc_timestamp(6)) / 1e6`
  const count = sql<string>`count(*)`
  const [events, effects] = await Promise.all([
    db
      .select({ status: stripeEvent.status, count, age: age(stripeEvent.receivedAt) })
      .from(stripeEvent)
      .where(sql`${stripeEvent.status} in ('pending', 'parked')`)
      .groupBy(stripeEvent.status),
    db
      .select({ status: outbox.status, count, age: age(outbox.createdAt) })
      .from(outbox)
      .where(sql`${outbox.status} in ('pending', 'dead')`)
      .groupBy(outbox.status),
  ])
  const of = (rows: { status: string; count: string; age: string | null }[], status: string) => {
    const row = rows.find((one) => one.status === status)
    return { count: Number(row?.count ?? 0), age: Math.max(0, Number(row?.age ?? 0)) }
  }
  const [waiting, parked] = [of(events, 'pending'), of(events, 'parked')]
  const [unsent, dead] = [of(effects, 'pending'), of(effects, 'dead')]
  return {
    inbox: { pending: waiting.count, oldestSeconds: waiting.age, parked: parked.count },
    outbox: { pending: unsent.count, oldestSeconds: unsent.age, dead: dead.count },
  }
}

const PATIENCE_MS = 2000

/**
 * Reads the backlog at each collection, so that it is right whichever server is scraped. A database that doesn't answer in time leaves
 * these series out: `workshop_backlog_up` says so.
 */
export function observeBacklog(db: Database, log: Log): void {
  const shared = sharedTelemetry()
  if (shared.backlogObserved) return
  shared.backlogObserved = true
  const meter = metrics.getMeter('workshop-checkout')
  const gauge = (name: string, description: string) => meter.createObservableGauge(name, { description })
  const up = gauge('workshop_backlog_up', '1 where the database told what waits, 0 where it did not answer')
  const inboxPending = gauge('workshop_inbox_pending', 'Stripe events stored and not yet worked on')
  const inboxOldest = gauge('workshop_inbox_oldest_seconds', 'Age of the oldest event not yet worked on')
  const inboxParked = gauge('workshop_inbox_parked', 'Stripe events that wait for a person')
  const outboxPending = gauge('workshop_outbox_pending', 'E-mails and events not yet sent')
  const outboxOldest = gauge(
    'workshop_outbox_oldest_seconds',
    'Age of the oldest e-mail or event not yet sent',
  )
  const outboxDead = gauge('workshop_outbox_dead', 'E-mails and events given up')
  meter.addBatchObservableCallback(
    async (result) => {
      try {
        const { inbox, outbox } = await inTime(readBacklog(db), PATIENCE_MS, 'the database took too long')
        result.observe(up, 1)
        result.observe(inboxPending, inbox.pending)
        result.observe(inboxOldest, inbox.oldestSeconds)
        result.observe(inboxParked, inbox.parked)
        result.observe(outboxPending, outbox.pending)
        result.observe(outboxOldest, outbox.oldestSeconds)
        result.observe(outboxDead, outbox.dead)
      } catch (error) {
        result.observe(up, 0)
        log.warn({ event: 'metrics.backlog_unknown', err: error }, 'the database did not tell what waits')
      }
    },
    [up, inboxPending, inboxOldest, inboxParked, outboxPending, outboxOldest, outboxDead],
  )
}
