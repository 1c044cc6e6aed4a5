import { Command } from 'commander'
import type { Change, Problem } from '@/lib/setup/change'
import { activeLinks, planWorkshop, type WorkshopPlan } from '@/lib/setup/setup'
import { declaredWorkshops } from '@/lib/workshops'
import { mayWrite, type WriteOptions } from '../ask'
import { type OpsDeps, withOps } from '../deps'
import { counted, say } from '../say'
import { isReachable, planEndpoint } from '../setup/webhook'
import { UsageError, writes } from '../usage'

type Options = WriteOptions & { live?: boolean; webhook: boolean; secretFile?: string }

/** `ops setup`: carries `workshops.config.ts` into Stripe and the database. */
export const setupCommand = (): Command =>
  writes(
    new Command('setup').description(
      'carries workshops.config.ts into Stripe and the database; shows what differs first, deletes nothing',
    ),
  )
    .option('--live', 'allows a live key')
    .option('--no-webhook', 'leaves the webhook endpoint alone')
    .option('--secret-file <path>', 'where the signing secret of a new endpoint is written; must not exist')
    .option('--json', 'one JSON object a line')
    .action((options: Options) => withOps((deps) => setup(deps, options), { withoutWebhookSecret: true }))

async function setup(deps: OpsDeps, options: Options): Promise<void> {
  const { settings } = deps
  if (settings.live && !options.live)
    throw new UsageError('STRIPE_SECRET_KEY is a live key: give --live to change what is sold for real money')
  const links = await activeLinks(deps.stripe)
  const plans: WorkshopPlan[] = []
  for (const workshop of declaredWorkshops()) {
    deps.signal.throwIfAborted()
    plans.push(await planWorkshop(deps, workshop, links))
  }
  const endpoint = await planWebhook(deps, options)
  const changes = [...plans.flatMap((plan) => plan.changes), ...endpoint.changes]
  const problems = [...plans.flatMap((plan) => plan.problems), ...endpoint.problems]
  for (const change of changes) show(change, options)
  for (const problem of problems) complain(problem, options)
  const write =
    changes.length > 0 &&
    (await mayWrite(`Write ${counted(changes.length, 'change')} to Stripe and the database?`, options))
  if (write) {
    for (const plan of plans) {
      deps.signal.throwIfAborted()
      await plan.apply(({ refused }) => {
        if (refused) problems.push(refused)
        if (refused) complain(refused, options)
      })
    }
    for (const change of endpoint.changes) await change.apply()
  }
  if (options.json)
    say(JSON.stringify({ changes: changes.length, problems: problems.length, written: write }))
  else say(summary(changes.length, write))
  if (write && endpoint.creates) sayWhereTheSecretIs(options)
  if (problems.length > 0) process.exitCode = 1
}

async function planWebhook({ stripe, settings, appUrl }: OpsDeps, options: Options) {
  const none = { changes: [], problems: [], creates: false }
  if (!options.webhook) return none
  if (isReachable(appUrl, settings.STRIPE_API_BASE_URL !== undefined))
    return planEndpoint(stripe, appUrl, options.secretFile)
  say(
    `Stripe can't reach ${appUrl}, so that no webhook endpoint is made. Use: stripe listen --forward-to ${appUrl}/api/stripe/webhook`,
    process.stderr,
  )
  return none
}

const SIGNS = { create: '+', change: '~', deactivate: '-' } as const

function show({ action, where, what, id, detail }: Change, { json }: Options): void {
  if (json) say(JSON.stringify({ action, where, what, id, detail }))
  else say(`${SIGNS[action]} ${where}: ${action} ${what} ${id}${detail ? `: ${detail}` : ''}`)
}

function complain({ what, id, detail, fix }: Problem, { json }: Options): void {
  if (json) say(JSON.stringify({ problem: what, id, detail, fix }))
  else say(`! ${what} ${id} ${detail}.\n    ${fix}`)
}

function summary(changes: number, write: boolean): string {
  if (changes === 0) return 'Nothing to do: Stripe and the database are as declared.'
  return write
    ? `${counted(changes, 'change')} written.`
    : `${counted(changes, 'change')}, none written. --yes writes them.`
}

function sayWhereTheSecretIs({ secretFile }: Options): void {
  say(
    secretFile
      ? `The new endpoint's signing secret is in ${secretFile}. Set it as STRIPE_WEBHOOK_SECRET, then remove the file.`
      : "Set the new endpoint's signing secret as STRIPE_WEBHOOK_SECRET: in the Dashboard, under Webhooks, the endpoint shows it.",
    process.stderr,
  )
}
