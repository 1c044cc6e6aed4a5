import { Command } from 'commander'
import { sessionPages } from '@/lib/reconcile/sessions'
import { mayWrite, type WriteOptions } from '../ask'
import { forgetCursor, readCursor, writeCursor } from '../backfill/cursor'
import { type Counts, recordPage } from '../backfill/record'
import { type OpsDeps, withOps } from '../deps'
import { type Progress, showProgress } from '../progress'
import { counted, say } from '../say'
import { past, writes } from '../usage'

type Options = WriteOptions & { since: Date; email?: boolean; events?: boolean }

/** `ops backfill`: imports past sales through the one door, and goes on where it was killed. */
export const backfillCommand = (): Command =>
  writes(
    new Command('backfill')
      .description('imports past sales, payment links included, through the same door as the webhook')
      .requiredOption('--since <ISO>', 'sessions made since then, e.g. 2026-01-31', past),
  )
    .option('--email', 'also writes to the buyers, as if they had bought today')
    .option('--events', "also sends Course Builder's events, on which its access and welcome mail hang")
    .option('--json', 'one JSON object at the end')
    .action(async (options: Options) => {
      await withOps(async (ops) => {
        const write = await mayWrite(
          `Record the sales since ${options.since.toISOString()} in the database?`,
          options,
        )
        const deps = {
          ...ops,
          quiet: options.email !== true,
          mailLinkSales: options.email === true,
          inngest: ops.inngest && options.events === true,
        }
        const counts = await backfill(deps, options, write)
        say(options.json ? JSON.stringify({ ...counts, written: write }) : summary(counts, write))
        if (counts.parked > 0) process.exitCode = 1
      })
    })

const NOTHING: Counts = { walked: 0, recorded: 0, known: 0, parked: 0 }
/** What is still true of the pages before, when it goes on behind them. */
const KEPT = ['walked', 'recorded', 'parked'] as const

async function backfill(deps: OpsDeps, { since, json }: Options, write: boolean): Promise<Counts> {
  const cursor = write ? await readCursor(deps.db, since) : undefined
  if (cursor && !json)
    say(`Goes on behind the ${counted(cursor.walked, 'session')} of before.`, process.stderr)
  const startedAt = cursor?.startedAt ?? deps.now().toISOString()
  const counts = { ...NOTHING }
  if (cursor) for (const key of KEPT) counts[key] = cursor[key]
  const progress = showProgress('sessions', { from: deps.now().getTime(), to: since.getTime() })
  try {
    for await (const { sessions, last } of sessionPages(deps, { since, after: cursor?.after })) {
      await page(deps, sessions, write, counts, progress)
      // A page that was cut off is walked again, which changes nothing: a session is recorded once.
      const { walked, recorded, parked } = counts
      if (write && last)
        await writeCursor(deps.db, since, { after: last, startedAt, walked, recorded, parked })
    }
    // What was sold while this backfill stood still was on no page of it.
    if (cursor) {
      const meanwhile = { ...NOTHING }
      for await (const { sessions } of sessionPages(deps, { since: new Date(startedAt) }))
        await page(deps, sessions, write, meanwhile, progress)
      counts.walked += meanwhile.recorded
      counts.recorded += meanwhile.recorded
      counts.parked += meanwhile.parked
    }
  } finally {
    progress.end()
  }
  if (write) await forgetCursor(deps.db, since)
  return counts
}

async function page(
  deps: OpsDeps,
  sessions: Parameters<typeof recordPage>[1],
  write: boolean,
  counts: Counts,
  progress: Progress,
): Promise<void> {
  const complain = (line: string) => say(line, process.stderr)
  const found = await recordPage(deps, sessions, { write, complain })
  for (const key of ['walked', 'recorded', 'known', 'parked'] as const) counts[key] += found[key]
  const oldest = sessions.at(-1)
  progress.step(sessions.length, oldest && oldest.created * 1000)
}

const summary = ({ walked, recorded, known, parked }: Counts, write: boolean): string =>
  write
    ? `${counted(walked, 'session')} walked, ${recorded} newly recorded, ${known} known before, ${parked} of an unknown product`
    : `${counted(walked, 'session')}: ${recorded} would be recorded, ${known} already are, ${parked} of an unknown product. --yes records them`
