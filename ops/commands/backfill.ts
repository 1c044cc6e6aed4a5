import { Command } from 'commander'
import { fulfill } from '@/lib/fulfillment/fulfill'
import { forgetCursor, readCursor, writeCursor } from '../backfill/cursor'
import { type OpsDeps, openOps } from '../deps'
import { say } from '../say'
import { readSince, UsageError } from '../usage'

type Options = { since: string; yes?: boolean; email?: boolean; json?: boolean }
type Counts = { walked: number; recorded: number; parked: number }

const PAGE = 50

/** `ops backfill`: imports past sales through the one door, and goes on where it was killed. */
export const backfillCommand = (): Command =>
  new Command('backfill')
    .description('imports past sales, payment links included; without --yes it only counts them')
    .requiredOption('--since <ISO>', 'sessions made since then')
    .option('--yes', 'writes; without it nothing is written')
    .option('--email', 'also writes to the buyers of payment links, as if they had bought today')
    .option('--json', 'one JSON object at the end')
    .action(async (options: Options) => {
      const since = readSince(options.since)
      if (!since) throw new UsageError('--since is missing')
      const ops = openOps()
      try {
        const counts = await backfill({ ...ops, mailLinkSales: options.email === true }, since, options)
        if (counts.parked > 0) process.exitCode = 1
      } finally {
        await ops.close()
      }
    })

async function backfill(deps: OpsDeps, since: Date, { yes, json }: Options): Promise<Counts> {
  const cursor = yes ? await readCursor(deps.db, since) : undefined
  if (cursor && !json) say(`goes on after ${cursor.walked} sessions`)
  const counts: Counts = { walked: cursor?.walked ?? 0, recorded: cursor?.recorded ?? 0, parked: 0 }
  let after = cursor?.after
  for (;;) {
    const { data, has_more: more } = await deps.stripe.checkout.sessions.list({
      status: 'complete',
      created: { gte: Math.floor(since.getTime() / 1000) },
      limit: PAGE,
      ...(after !== undefined && { starting_after: after }),
    })
    for (const session of data) {
      counts.walked++
      const candidate = session.metadata?.source === 'egghead-next' || session.payment_link
      if (candidate && yes) await record(deps, session.id, counts)
      else if (candidate) counts.recorded++
    }
    after = data.at(-1)?.id
    if (!more || after === undefined) break
    // A page that was cut off is walked again, which changes nothing: fulfill records a session once.
    if (yes) await writeCursor(deps.db, since, { after, walked: counts.walked, recorded: counts.recorded })
    if (!json) say(`${counts.walked} sessions`, process.stderr)
  }
  if (yes) await forgetCursor(deps.db, since)
  say(json ? JSON.stringify({ ...counts, written: yes === true }) : summary(counts, yes))
  return counts
}

const summary = ({ walked, recorded, parked }: Counts, yes: boolean | undefined) =>
  yes
    ? `${walked} sessions walked, ${recorded} newly recorded, ${parked} of an unknown product`
    : `${walked} sessions, ${recorded} of them may be ours; --yes records them`

async function record(deps: OpsDeps, sessionId: string, counts: Counts): Promise<void> {
  const outcome = await fulfill(deps, sessionId)
  if (outcome.kind === 'recorded' && outcome.created) counts.recorded++
  if (outcome.kind !== 'parked') return
  counts.parked++
  say(`parked ${sessionId}: ${outcome.reason}`, process.stderr)
}
