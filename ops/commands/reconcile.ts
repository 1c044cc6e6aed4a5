import { Command } from 'commander'
import { notices } from '@/lib/reconcile/backward'
import type { Difference } from '@/lib/reconcile/difference'
import { differences, type Walked } from '@/lib/reconcile/reconcile'
import { repair } from '@/lib/reconcile/repair'
import { type OpsDeps, withOps } from '../deps'
import { type Progress, showProgress } from '../progress'
import { counted, say } from '../say'
import { past, UsageError } from '../usage'

type Options = { since?: Date; fix?: boolean; stripeIsRight?: boolean; json?: boolean }

/** `ops reconcile`: Stripe against the database, both ways. */
export const reconcileCommand = (): Command =>
  new Command('reconcile')
    .description('compares Stripe with the database, both ways; exits with 1 while something differs')
    .option('--since <ISO>', 'only sessions made since then, whenever paid, e.g. 2026-01-31', past)
    .option('--fix', 'repairs what has one right answer, and compares again')
    .option('--stripe-is-right', 'with --fix: also takes from Stripe what a person should decide')
    .option('--json', 'one JSON object a line')
    .action(async (options: Options) => {
      if (options.stripeIsRight && !options.fix)
        throw new UsageError('--stripe-is-right says how to repair: give --fix as well')
      await withOps(async (deps) => {
        if (options.fix) await compare(deps, options, 'found')
        const left = await compare(deps, options, 'left')
        await look(deps, options)
        if (left > 0) process.exitCode = 1
      })
    })

/** Names each difference in one line, and repairs it where this is the first of two rounds. Answers how many there are. */
async function compare(deps: OpsDeps, options: Options, round: 'found' | 'left'): Promise<number> {
  const { since, json } = options
  const span = since && { from: Date.now(), to: since.getTime() }
  const progress: Progress = showProgress('sessions', span)
  const walked = { sessions: 0, sales: 0 }
  const step = ({ sessions, sales, at }: Walked) => {
    walked.sessions += sessions
    walked.sales += sales
    progress.step(sessions, at)
  }
  let count = 0
  let repaired = 0
  try {
    for await (const found of differences(deps, since, step)) {
      const mended = round === 'found' ? await tryToRepair(deps, found, options) : []
      count += found.length
      repaired += mended.length
      for (const one of found) say(lineOf(one, mended.includes(one), json === true))
    }
  } catch (error) {
    progress.end()
    say('Not everything was compared: this proves nothing yet.', process.stderr)
    throw error
  }
  progress.end()
  if (round === 'found') {
    say(
      json
        ? JSON.stringify({ found: count, repaired })
        : `${counted(count, 'difference')} found, ${repaired} repaired`,
    )
  } else if (json) say(JSON.stringify({ left: count, ...walked }))
  else {
    say(comparedLine(walked, since))
    say(`${counted(count, 'difference')}${options.fix ? ' left' : ''}`)
  }
  return count
}

/** What "0 differences" is said of: of nothing at all, it would say nothing. */
function comparedLine({ sessions, sales }: Omit<Walked, 'at'>, since: Date | undefined): string {
  const compared = `${counted(sessions, 'complete session')} at Stripe compared, ${counted(sales, 'paid sale')} of ours among them`
  return since
    ? `${compared}; made since ${since.toISOString()}: what was paid or refunded since then of an older one is compared without --since alone`
    : compared
}

/** Somebody who took Stripe's word need not decide any more. */
function lineOf({ kind, id, detail, decide }: Difference, done: boolean, json: boolean): string {
  if (json) return JSON.stringify({ kind, id, detail, ...(decide && { decide }), ...(done && { done }) })
  if (done) return `repaired ${kind} ${id}: ${detail}`
  return `${kind} ${id}: ${detail}${decide ? `\n    ${decide}` : ''}`
}

/** One sale that can't be repaired keeps none of the others from being looked at. */
async function tryToRepair(
  deps: OpsDeps,
  found: Difference[],
  { stripeIsRight, json }: Options,
): Promise<Difference[]> {
  try {
    return await repair(deps, found, { stripeIsRight: stripeIsRight === true })
  } catch (error) {
    if (deps.signal.aborted) throw error
    const [first] = found
    const reason = error instanceof Error ? error.message : String(error)
    if (json) say(JSON.stringify({ failed: first?.kind, id: first?.id, reason }))
    else say(`not repaired ${first?.kind} ${first?.id}: ${reason}`)
    return []
  }
}

/** What stands, and that somebody should know of; it is no difference. */
async function look(deps: OpsDeps, { since, json }: Options): Promise<void> {
  for await (const notice of notices(deps, since)) {
    if (json) say(JSON.stringify({ notice: notice.kind, id: notice.id, detail: notice.detail }))
    else say(`to look at: ${notice.kind} ${notice.id}: ${notice.detail}`)
  }
}
