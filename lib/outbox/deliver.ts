import 'server-only'
import type { Database } from '@/db/client'
import { MailError, redact } from '@/lib/email/mail-error'
import { inTime } from '@/lib/in-time'
import { countDelivery } from '@/lib/telemetry/metrics'
import { backoff, spent } from './backoff'
import { type Claimed, claim, LEASE, markFailed, markSent } from './claim'
import { type Channels, NotConfigured, perform, readEffect } from './perform'
import { RefundRefused } from './refund'

/** Like pino's. */
export type Log = Record<'info' | 'warn' | 'error', (fields: object, message: string) => void>

export type DeliverDeps = Channels & {
  db: Database
  now(): Date
  log: Log
  /** @default Math.random */
  random?: () => number
}

export type DeliverOptions = {
  /** Only these, as right after a sale. @default whatever is due */
  ids?: readonly string[]
  /** How many rows at the most. */
  limit: number
  /** After how many milliseconds no further row is taken up. */
  budgetMs: number
}

export type Delivered = { sent: number; retried: number; dead: number }

/** How many go out side by side. */
const ABREAST = 5
/** A delivery that takes longer is taken for failed, in milliseconds; the lease outlives it. */
const DEADLINE = LEASE / 2
/** How often an effect that nobody here can carry out is looked at again, in milliseconds. */
const UNCONFIGURED_WAIT = 5 * 60_000

/**
 * Delivers what is due: claims a few rows, carries them out side by side outside any transaction, writes down what
 * came of each, and goes on until nothing is due or limit or budget is used up. Any number of servers may do so at once. One that
 * dies between sending and writing it down can only cause the same message, under the same name, to go out again.
 */
export async function deliverDue(
  deps: DeliverDeps,
  { ids, limit, budgetMs }: DeliverOptions,
): Promise<Delivered> {
  const total: Delivered = { sent: 0, retried: 0, dead: 0 }
  if (ids?.length === 0) return total
  const started = performance.now()
  let left = limit
  while (left > 0 && performance.now() - started < budgetMs) {
    const rows = await claim(deps.db, { ids, limit: Math.min(left, ABREAST), now: deps.now() })
    if (rows.length === 0) break
    left -= rows.length
    const done = rows.map(async (row) => {
      const outcome = await deliverOne(deps, row)
      countDelivery(row.kind, outcome)
      total[outcome]++
    })
    await Promise.all(done)
  }
  return total
}

async function deliverOne(deps: DeliverDeps, row: Claimed): Promise<keyof Delivered> {
  const { db, log } = deps
  const about = { effect: row.id, kind: row.kind, attempts: row.attempts }
  try {
    await inTime(perform(readEffect(row), deps, row.attempts), DEADLINE, 'took too long')
  } catch (error) {
    return await failed(deps, row, error).catch((cause: unknown) => {
      // The lease runs out by itself.
      log.error(
        { event: 'effect.unwritten', ...about, reason: reasonOf(cause) },
        'outbox: could not write down a failure',
      )
      return 'retried'
    })
  }
  try {
    await markSent(db, row.id, deps.now())
    const event = row.kind.startsWith('email.') ? 'email.sent' : 'effect.sent'
    log.info({ event, ...about }, 'outbox: sent')
    return 'sent'
  } catch (cause) {
    log.error(
      { event: 'effect.unwritten', ...about, reason: reasonOf(cause) },
      'outbox: sent, but could not write that down; it may go out again',
    )
    return 'retried'
  }
}

async function failed(deps: DeliverDeps, row: Claimed, error: unknown): Promise<'retried' | 'dead'> {
  const { db, log, random } = deps
  const now = deps.now()
  const reason = reasonOf(error)
  const about = { effect: row.id, kind: row.kind, attempts: row.attempts, reason }
  if (error instanceof NotConfigured) {
    const nextAttemptAt = new Date(now.getTime() + UNCONFIGURED_WAIT)
    await markFailed(db, row, { reason, nextAttemptAt, counts: false })
    log.warn({ event: 'effect.waiting', ...about }, 'outbox: waiting to be set up')
    return 'retried'
  }
  const refused = (error instanceof MailError && !error.temporary) || error instanceof RefundRefused
  if (refused || spent(row.attempts, row.createdAt, now)) {
    await markFailed(db, row, { reason, dead: true })
    log.error(
      { event: 'effect.dead', ...about },
      refused ? 'outbox: refused for good' : 'outbox: given up after three days',
    )
    return 'dead'
  }
  const asked = error instanceof MailError ? (error.retryAfter ?? 0) : 0
  const wait = Math.max(backoff(row.attempts, random), Math.min(asked, 24 * 60 * 60_000))
  await markFailed(db, row, { reason, nextAttemptAt: new Date(now.getTime() + wait), counts: true })
  log.warn({ event: 'effect.retried', ...about, waitMs: wait }, 'outbox: will try again')
  return 'retried'
}

const reasonOf = (error: unknown) =>
  redact(error instanceof Error ? `${error.name}: ${error.message}` : `${error}`)
