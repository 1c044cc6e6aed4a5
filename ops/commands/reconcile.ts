import { Command } from 'commander'
import { eq } from 'drizzle-orm'
import { purchase } from '@/db/schema'
import { fulfill } from '@/lib/fulfillment/fulfill'
import { type OpsDeps, openOps } from '../deps'
import type { Difference } from '../reconcile/compare'
import { differences, lostColumns } from '../reconcile/walk'
import { say } from '../say'
import { readSince } from '../usage'

type Options = { since?: string; fix?: boolean; json?: boolean }

/** `ops reconcile`: Stripe against the database, both ways. */
export const reconcileCommand = (): Command =>
  new Command('reconcile')
    .description('compares Stripe with the database, both ways; exits with 1 while something differs')
    .option('--since <ISO>', 'only sessions made since then')
    .option('--fix', 'repairs what can be repaired, and compares again')
    .option('--json', 'one JSON object a line')
    .action(async (options: Options) => {
      const since = readSince(options.since)
      const deps = openOps()
      try {
        if (options.fix) await report(deps, since, options, (found) => repair(deps, found))
        const left = await report(deps, since, options)
        if (left > 0) process.exitCode = 1
      } finally {
        await deps.close()
      }
    })

/** Names each difference in one line. Answers how many there are. */
async function report(
  deps: OpsDeps,
  since: Date | undefined,
  { json }: Options,
  work?: (found: Difference) => Promise<boolean>,
): Promise<number> {
  let count = 0
  for await (const found of differences(deps, since)) {
    count++
    const repaired = await work?.(found)
    if (json) say(JSON.stringify({ ...found, ...(repaired !== undefined && { repaired }) }))
    else say(`${repaired ? 'repaired ' : ''}${found.kind} ${found.sessionId}: ${found.detail}`)
  }
  const stage = work ? 'found' : 'left'
  say(json ? JSON.stringify({ [stage]: count }) : `${count} differences ${stage}`)
  return count
}

/** Through the one door for money; only our own added columns are written here. */
async function repair(deps: OpsDeps, { kind, sessionId }: Difference): Promise<boolean> {
  if (kind === 'missing' || kind === 'refunded' || kind === 'status') {
    const outcome = await fulfill(deps, sessionId)
    return outcome.kind === 'recorded'
  }
  if (kind !== 'columns') return false
  const kept = await lostColumns(deps, sessionId)
  if (!kept?.purchaseId) return false
  const { chargeId: stripeChargeId, stripeCouponId, purchaseId } = kept
  await deps.db.update(purchase).set({ stripeChargeId, stripeCouponId }).where(eq(purchase.id, purchaseId))
  return true
}
