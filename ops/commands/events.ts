import { Command } from 'commander'
import { and, asc, desc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { type InboxStatus, type StripeEventRow, stripeEvent } from '@/db/schema'
import { dueEvent } from '@/lib/fulfillment/inbox'
import { work } from '@/lib/fulfillment/work'
import { mayWrite, type WriteOptions } from '../ask'
import { type OpsDeps, withOps } from '../deps'
import { counted, say } from '../say'
import { count, named, UsageError, writes } from '../usage'

type ListOptions = { status?: InboxStatus; type?: string; limit: number; json?: boolean }

const STATUSES = ['pending', 'processed', 'ignored', 'parked'] as const

/** `ops events`: the inbox. */
export const eventsCommand = (): Command => {
  const events = new Command('events').description('the inbox: every verified event of Stripe')
  events.addCommand(list())
  events.addCommand(show())
  events.addCommand(replay())
  events.addCommand(park())
  events.addCommand(ignore())
  return events
}

const list = () =>
  new Command('list')
    .description('the newest events')
    .option('--status <status>', STATUSES.join(', '))
    .option('--type <type>', 'e.g. checkout.session.completed')
    .option('--limit <n>', 'how many at the most', count, 50)
    .option('--json', 'one JSON object a line')
    .action((options: ListOptions) =>
      withOps(async ({ db }) => {
        const status = STATUSES.find((known) => known === options.status)
        if (options.status && !status) throw new UsageError(`--status is one of ${STATUSES.join(', ')}`)
        const { id, type, reason, attempts, receivedAt, objectId } = stripeEvent
        const rows = await db
          .select({ id, type, status: stripeEvent.status, attempts, receivedAt, objectId, reason })
          .from(stripeEvent)
          .where(
            and(status && eq(stripeEvent.status, status), options.type ? eq(type, options.type) : undefined),
          )
          .orderBy(desc(receivedAt))
          .limit(options.limit)
        for (const row of rows) say(options.json ? JSON.stringify(row) : lineOf(row))
        if (!options.json && rows.length === 0) say('No such events.')
      }),
    )

type Line = {
  id: string
  type: string
  status: string
  attempts: number
  receivedAt: Date
  objectId: string | null
  reason: string | null
}

const lineOf = ({ id, type, status, attempts, receivedAt, objectId, reason }: Line): string =>
  `${receivedAt.toISOString()}  ${status.padEnd(9)}  ${id}  ${type}  ${objectId ?? ''}  ${attempts === 1 ? '1 try' : `${attempts} tries`}${reason ? `  ${reason}` : ''}`

const show = () =>
  new Command('show')
    .description('one event, with its payload')
    .argument('<id>', 'e.g. evt_1abc')
    .action((id: string) =>
      withOps(async (deps) => {
        say(JSON.stringify(await find(deps, id), null, 2))
      }),
    )

async function find({ db }: OpsDeps, id: string) {
  const [row] = await db.select().from(stripeEvent).where(eq(stripeEvent.id, id))
  if (!row) throw new UsageError(`There is no event ${id} in the inbox. \`events list\` shows what there is`)
  return row
}

type Chosen = WriteOptions & { parked?: boolean }

const replay = () =>
  writes(new Command('replay').description('works on events again, as if Stripe had sent them now'))
    .argument('[ids...]', 'events; or --parked')
    .option('--parked', 'every parked event, the oldest first')
    .option('--json', 'one JSON object a line')
    .action((ids: string[], options: Chosen) =>
      withOps(async (deps) => {
        const chosen = await choose(deps, ids, options)
        if (chosen.length === 0) return options.json ? undefined : say('No such events.')
        if (!(await mayWrite(`Work on ${counted(chosen.length, 'event')} again?`, options)))
          return say(
            options.json
              ? JSON.stringify({ due: chosen.length, written: false })
              : `${counted(chosen.length, 'event')} would be worked on again. --yes does it.`,
          )
        for (const event of chosen) {
          deps.signal.throwIfAborted()
          await replayOne(deps, event, options)
        }
      }),
    )

async function choose(deps: OpsDeps, ids: string[], { parked }: Chosen) {
  if (ids.length > 0 === (parked === true)) throw new UsageError('Name events, or give --parked')
  if (!parked) return findAll(deps, ids)
  return read(deps, eq(stripeEvent.status, 'parked'))
}

/** @throws UsageError naming those that are not there */
async function findAll(deps: OpsDeps, ids: string[]) {
  const rows = await read(deps, inArray(stripeEvent.id, ids))
  const lacking = ids.filter((id) => !rows.some((row) => row.id === id))
  if (lacking.length > 0) throw new UsageError(`There is no event ${named(lacking)} in the inbox`)
  return rows
}

const read = ({ db }: OpsDeps, which: SQL) =>
  db.select().from(stripeEvent).where(which).orderBy(asc(stripeEvent.created))

async function replayOne(deps: OpsDeps, row: StripeEventRow, { json }: WriteOptions): Promise<void> {
  const { id } = row
  // Else a failure would be put off under a status that nobody works on, or given up for the tries of before.
  await deps.db.update(stripeEvent).set({ status: 'pending', attempts: 0 }).where(eq(stripeEvent.id, id))
  const { outcome, reason } = await outcomeOf(deps, row)
  if (outcome === 'parked' || outcome === 'postponed') process.exitCode = 1
  say(json ? JSON.stringify({ id, outcome, reason }) : `${id}: ${outcome}${reason ? `: ${reason}` : ''}`)
}

/** One that can't be worked on now waits for its next try, and keeps none of the others from being worked on. */
async function outcomeOf(deps: OpsDeps, row: StripeEventRow): Promise<{ outcome: string; reason?: string }> {
  try {
    const outcome = await work(deps, dueEvent(row))
    return { outcome: outcome.kind, ...('reason' in outcome && { reason: outcome.reason }) }
  } catch (error) {
    if (deps.signal.aborted) throw error
    return { outcome: 'postponed', reason: error instanceof Error ? error.message : String(error) }
  }
}

const park = () =>
  settle({
    name: 'park',
    about: 'takes waiting events out of the queue, with a reason',
    done: 'parked',
    from: 'pending',
    only: 'only waiting ones can be',
  })

const ignore = () =>
  settle({
    name: 'ignore',
    about: 'says that parked events are settled, with a reason',
    done: 'ignored',
    from: 'parked',
    only: 'only parked ones can be',
  })

type Settling = { name: string; about: string; done: InboxStatus; from: InboxStatus; only: string }

/** A person's word on what becomes of events. */
const settle = ({ name, about, done, from, only }: Settling) =>
  writes(new Command(name).description(about))
    .argument('<ids...>', 'events')
    .requiredOption('--reason <text>', 'why, for whoever finds them')
    .option('--json', 'one JSON object a line')
    .action((ids: string[], options: WriteOptions & { reason: string }) =>
      withOps(async (deps) => {
        const { db } = deps
        const rows = await findAll(deps, ids)
        const able = rows.filter(({ status }) => status === from).length
        const which = `${able} of ${counted(rows.length, 'event')}`
        if (!(await mayWrite(`Mark ${which} as ${done}?`, options))) {
          if (able < rows.length) process.exitCode = 1
          return say(
            options.json
              ? JSON.stringify({ [done]: able, written: false })
              : `${which} would be ${done}; ${only}. --yes does it.`,
          )
        }
        const [result] = await db
          .update(stripeEvent)
          .set({ status: done, reason: options.reason, finishedAt: sql`CURRENT_TIMESTAMP(3)` })
          .where(and(inArray(stripeEvent.id, ids), eq(stripeEvent.status, from)))
        if (result.affectedRows < ids.length) process.exitCode = 1
        say(
          options.json
            ? JSON.stringify({ [done]: result.affectedRows, written: true })
            : `${result.affectedRows} of ${counted(ids.length, 'event')} ${done}; ${only}.`,
        )
      }),
    )
