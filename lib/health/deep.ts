import 'server-only'
import { inTime } from '@/lib/in-time'

/**
 * The state of one thing that a sale needs. `unknown`: it could not be checked, because what it is checked through does not answer.
 * `off`: not set up, and not needed.
 */
export type CheckResult = { status: 'ok' | 'failing' | 'unknown' | 'off'; detail?: string }

export type DeepHealth = {
  status: 'ok' | 'failing'
  /** ISO 8601. */
  checkedAt: string
  checks: Record<string, CheckResult>
}

/** How long a result is kept, in milliseconds: however many ask, the database, Stripe and the mail server are asked no more often. */
const KEPT_MS = 10_000
/** How long each check may take, in milliseconds; all begin at once. */
export const PATIENCE_MS = 2000

export const good: CheckResult = { status: 'ok' }
export const failing = (detail: string): CheckResult => ({ status: 'failing', detail })
export const unknown = (detail: string): CheckResult => ({ status: 'unknown', detail })
export const off = (detail: string): CheckResult => ({ status: 'off', detail })

/** A check's result, or `otherwise` where it fails or takes too long, so that no third party's message gets out. Never rejects. */
export const look = (work: () => Promise<CheckResult>, otherwise: CheckResult): Promise<CheckResult> =>
  inTime(work(), PATIENCE_MS, 'late').catch(() => otherwise)

type Deps = {
  checks: () => Promise<Record<string, CheckResult>>
  now: () => number
}

/** Runs the checks. Callers share a run that is under way, and its result for the next ten seconds. */
export function createDeepHealth({ checks, now }: Deps): () => Promise<DeepHealth> {
  let known: { at: number; health: DeepHealth } | undefined
  let looking: Promise<DeepHealth> | undefined
  const lookNow = async (): Promise<DeepHealth> => {
    const found = await checks()
    const well = Object.values(found).every(({ status }) => status === 'ok' || status === 'off')
    const at = now()
    const health: DeepHealth = {
      status: well ? 'ok' : 'failing',
      checkedAt: new Date(at).toISOString(),
      checks: found,
    }
    known = { at, health }
    return health
  }
  return async () => {
    if (known && now() - known.at < KEPT_MS) return known.health
    looking ??= lookNow().finally(() => {
      looking = undefined
    })
    return looking
  }
}
