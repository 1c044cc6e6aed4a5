import 'server-only'
import { countDifference } from '@/lib/telemetry/metrics'
import type { ReconcileDeps } from './deps'
import type { Difference } from './difference'
import { differences } from './reconcile'
import { repair } from './repair'

const DAY_MS = 86_400_000
/** Later than Stripe goes on delivering an event (three days), so that what never arrived is seen at least once after that. */
const RECENT_DAYS = 4

/** Nobody waits for a hundred sessions with all that belongs to them as a buyer waits for one. */
const PATIENCE = { timeout: 10_000, maxNetworkRetries: 1 }

export type Daily = {
  /** Only sessions made since then were compared, ISO 8601: everything older is `ops reconcile`'s. */
  since: string
  differences: number
  repaired: number
  /** Differences by kind. */
  kinds: Record<string, number>
  /** False where the time was over before everything had been compared. */
  finished: boolean
}

/**
 * What a scheduler does once a day: compares the sales of the last days, records what is missing and brings refunds and disputes up to
 * date through the one door. What was lost or changed by hand is named in the log and left to `ops reconcile --fix`. Any number of
 * servers may do so at once, since each sale is recorded once.
 */
export async function reconcileRecent(
  deps: ReconcileDeps,
  { budgetMs }: { budgetMs: number },
): Promise<Daily> {
  const signal = AbortSignal.timeout(budgetMs)
  const since = new Date(deps.now().getTime() - RECENT_DAYS * DAY_MS)
  const total: Daily = {
    since: since.toISOString(),
    differences: 0,
    repaired: 0,
    kinds: {},
    finished: true,
  }
  try {
    for await (const found of differences({ ...deps, signal, patience: PATIENCE }, since)) {
      for (const one of found) count(deps, total, one)
      const byItself = found.filter(({ kind }) => BY_ITSELF.has(kind))
      total.repaired += (await repaired(deps, byItself)).length
      signal.throwIfAborted()
    }
  } catch (error) {
    if (!signal.aborted) throw error
    total.finished = false
  }
  deps.log.info({ event: 'reconcile.done', ...total }, 'Stripe and the database compared')
  return total
}

/** One sale that can't be repaired keeps none of the others from being looked at. */
async function repaired(deps: ReconcileDeps, found: Difference[]): Promise<Difference[]> {
  try {
    return await repair(deps, found, { stripeIsRight: false })
  } catch (error) {
    deps.log.error({ event: 'reconcile.failed', id: found[0]?.id, err: error }, 'a difference stays for now')
    return []
  }
}

const BY_ITSELF = new Set<Difference['kind']>(['missing', 'checkout_lost', 'refunded', 'status'])

function count({ log }: ReconcileDeps, total: Daily, { kind, id, detail }: Difference): void {
  total.differences++
  total.kinds[kind] = (total.kinds[kind] ?? 0) + 1
  countDifference()
  log.error({ event: 'reconcile.difference', kind, id, detail }, 'Stripe and the database differ')
}
