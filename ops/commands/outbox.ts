import { Command } from 'commander'
import { and, desc, eq, inArray } from 'drizzle-orm'
import { type OutboxStatus, outbox } from '@/db/schema'
import { mayWrite, type WriteOptions } from '../ask'
import { type OpsDeps, withOps } from '../deps'
import { counted, say } from '../say'
import { count, named, UsageError, writes } from '../usage'

type ListOptions = { status?: OutboxStatus; limit: number; json?: boolean }

const STATUSES = ['pending', 'sent', 'dead', 'cancelled'] as const

/** `ops outbox`: e-mail and events on their way. */
export const outboxCommand = (): Command => {
  const command = new Command('outbox').description('e-mail and events on their way out')
  command.addCommand(list())
  command.addCommand(show())
  command.addCommand(retry())
  command.addCommand(cancel())
  return command
}

const list = () =>
  new Command('list')
    .description('the newest effects')
    .option('--status <status>', STATUSES.join(', '))
    .option('--limit <n>', 'how many at the most', count, 50)
    .option('--json', 'one JSON object a line')
    .action((options: ListOptions) =>
      withOps(async ({ db }) => {
        const status = STATUSES.find((known) => known === options.status)
        if (options.status && !status) throw new UsageError(`--status is one of ${STATUSES.join(', ')}`)
        const { id, kind, attempts, nextAttemptAt, lastError, createdAt } = outbox
        const rows = await db
          .select({ id, kind, status: outbox.status, attempts, createdAt, nextAttemptAt, lastError })
          .from(outbox)
          .where(status && eq(outbox.status, status))
          .orderBy(desc(createdAt))
          .limit(options.limit)
        for (const row of rows)
          say(
            options.json
              ? JSON.stringify(row)
              : `${row.createdAt.toISOString()}  ${row.status.padEnd(7)}  ${row.id}  ${row.attempts === 1 ? '1 try' : `${row.attempts} tries`}${row.lastError ? `  ${row.lastError}` : ''}`,
          )
        if (!options.json && rows.length === 0) say('No such effects.')
      }),
    )

const show = () =>
  new Command('show')
    .description('one effect, with what it is made from')
    .argument('<id>', 'e.g. confirmation:purch_1abc')
    .action((id: string) =>
      withOps(async ({ db }) => {
        const [row] = await db.select().from(outbox).where(eq(outbox.id, id))
        if (!row) throw new UsageError(`There is no effect ${id}. \`outbox list\` shows what there is`)
        say(JSON.stringify(row, null, 2))
      }),
    )

/** @throws UsageError naming those that are not there */
async function refuseUnknown(db: OpsDeps['db'], ids: string[]): Promise<void> {
  if (ids.length === 0) return
  const rows = await db.select({ id: outbox.id }).from(outbox).where(inArray(outbox.id, ids))
  const lacking = ids.filter((id) => !rows.some((row) => row.id === id))
  if (lacking.length > 0) throw new UsageError(`There is no effect ${named(lacking)} in the outbox`)
}

type Chosen = WriteOptions & { dead?: boolean }

const retry = () =>
  writes(new Command('retry').description('makes effects due now; the scheduler sends them'))
    .argument('[ids...]', 'effects; or --dead')
    .option('--dead', 'every effect that was given up')
    .option('--json', 'one JSON object at the end')
    .action((ids: string[], options: Chosen) =>
      withOps(async ({ db, now }) => {
        if (ids.length > 0 === (options.dead === true)) throw new UsageError('Name effects, or give --dead')
        await refuseUnknown(db, ids)
        const which = and(
          options.dead ? eq(outbox.status, 'dead') : inArray(outbox.id, ids),
          inArray(outbox.status, ['pending', 'dead']),
        )
        const waiting = await db.$count(outbox, which)
        const write = await mayWrite(`Send ${counted(waiting, 'effect')} again?`, options)
        if (write)
          // As new: one that is three days old would be given up at its first failure.
          await db
            .update(outbox)
            .set({ status: 'pending', attempts: 0, createdAt: now(), nextAttemptAt: now(), lastError: null })
            .where(which)
        if (waiting < ids.length) process.exitCode = 1
        say(
          options.json
            ? JSON.stringify({ due: waiting, written: write })
            : `${counted(waiting, 'effect')} ${write ? 'to be sent now.' : 'would be sent again. --yes does it.'}${waiting < ids.length ? ` Sent already, or cancelled: ${ids.length - waiting}.` : ''}`,
        )
      }),
    )

const cancel = () =>
  writes(
    new Command('cancel').description('says that effects are never sent: ones that wait, or were given up'),
  )
    .argument('<ids...>', 'effects')
    .option('--json', 'one JSON object at the end')
    .action((ids: string[], options: WriteOptions) =>
      withOps(async ({ db }) => {
        await refuseUnknown(db, ids)
        const which = and(inArray(outbox.id, ids), inArray(outbox.status, ['pending', 'dead']))
        const waiting = await db.$count(outbox, which)
        const write = await mayWrite(`Never send ${counted(waiting, 'effect')}?`, options)
        if (write)
          await db.update(outbox).set({ status: 'cancelled', lastError: 'cancelled by hand' }).where(which)
        if (waiting < ids.length) process.exitCode = 1
        say(
          options.json
            ? JSON.stringify({ cancelled: waiting, written: write })
            : `${waiting} of ${counted(ids.length, 'effect')} ${write ? 'cancelled.' : 'would be cancelled. --yes does it.'}`,
        )
      }),
    )
