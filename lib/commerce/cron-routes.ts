import 'server-only'
import { sweepCheckouts } from '@/lib/checkout/sweep'
import { commerce } from '@/lib/commerce'
import { CheckoutError } from '@/lib/contract/errors'
import { env } from '@/lib/env'
import { trimInbox } from '@/lib/fulfillment/trim'
import { workDue } from '@/lib/fulfillment/work'
import { json } from '@/lib/http/respond'
import { type Handler, route } from '@/lib/http/route'
import { showsSecret } from '@/lib/http/secret'
import { trimOutbox } from '@/lib/outbox/trim'
import { sweepRateLimits } from '@/lib/rate-limit/sweep'
import { reconcileRecent } from '@/lib/reconcile/daily'
import { trimExposures } from '@/lib/rollout/trim'
import { createLog } from '@/lib/telemetry/log'

const log = () => createLog(env().LOG_LEVEL)

const BATCH = { limit: 100, budgetMs: 20_000 }

/** A route for a scheduler, which calls by GET with the bearer secret; without a secret, or on a pure storefront, there is none. */
function cron(path: string, work: () => Promise<object>) {
  const handler: Handler<Record<never, never>> = async (request) => {
    if (!showsSecret(request.headers, env().CRON_SECRET)) throw new CheckoutError('unauthorized')
    return json(await work())
  }
  const exists = () => env().commerce && env().CRON_SECRET !== undefined
  return route({ path, log, exists, GET: handler, POST: handler })
}

export const inboxCron = cron('/api/cron/inbox', async () => {
  const { deps } = commerce()
  const events = await workDue(deps, BATCH)
  const checkouts = await sweepCheckouts(deps, { budgetMs: 10_000 })
  const expiredCounts = await sweepRateLimits(deps.db, deps.now())
  const trimmedEvents = await trimInbox(deps.db, deps.now())
  const trimmedExposures = await trimExposures(deps.db, deps.now())
  return { ...events, ...checkouts, expiredCounts, trimmedEvents, trimmedExposures }
})

/** Hold expiry by itself, for a scheduler that wants it at a pace of its own; the inbox's route does it too. */
export const holdsCron = cron('/api/cron/holds', async () =>
  sweepCheckouts(commerce().deps, { budgetMs: 20_000 }),
)

/** Once a day; a run that is cut off by its time says so, and the next one starts at the newest sale again. */
export const reconcileCron = cron('/api/cron/reconcile', async () =>
  reconcileRecent(commerce().deps, { budgetMs: 50_000 }),
)

export const outboxCron = cron('/api/cron/outbox', async () => {
  const { deps, deliver } = commerce()
  const delivered = await deliver(BATCH)
  return { ...delivered, trimmed: await trimOutbox(deps.db, deps.now()) }
})
