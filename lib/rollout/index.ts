import 'server-only'
import { env } from '@/lib/env'
import { authorization } from '@/lib/http/bearer'
import { createLog, type Log } from '@/lib/telemetry/log'
import { countGuardTransition } from '@/lib/telemetry/metrics'
import { guardState, shareOf, type Verdict } from './guard'
import { localExchange } from './local'
import { remoteExchange } from './remote'
import type { Exchange } from './report'
import { RolloutState } from './rollout'

/** Says what the guard did, once for all servers, or for a server that can ask nobody. */
const tellOf = (log: Log, scope: 'all' | 'this-server') => (verdict: Verdict, before: Verdict) => {
  const [to, from] = [guardState(verdict), guardState(before)]
  const share = shareOf(verdict)
  const line = { event: `guard.${to}`, scope, share }
  if (to === 'open') log.error(line, 'too many checkouts fail: visitors are led to payment links')
  else log.warn(line, to === 'closed' ? 'checkout is back for everybody' : 'checkout is tried again')
  if (to !== from) countGuardTransition(to === 'probing' ? 'half-open' : to)
}

function build(): RolloutState {
  const settings = env()
  const log = createLog(settings.LOG_LEVEL)
  return new RolloutState({
    exchange: exchangeOf(log),
    fallback: settings.CHECKOUT_ROLLOUT,
    log,
    now: Date.now,
    onLocalVerdict: tellOf(log, 'this-server'),
  })
}

function exchangeOf(log: Log): Exchange {
  const settings = env()
  const { COURSE_BUILDER_API_URL: baseUrl, COURSE_BUILDER_API_KEY: key } = settings
  if (!baseUrl || !key) return localExchange(tellOf(log, 'all'))
  const bearer = { key, method: settings.COURSE_BUILDER_API_AUTH }
  return remoteExchange({
    baseUrl,
    authorize: (body) => authorization(bearer, settings.NEXT_PUBLIC_APP_URL, body),
    log,
  })
}

const KEY = Symbol.for('workshop-checkout.rollout')
const holder: typeof globalThis & { [KEY]?: RolloutState } = globalThis

/** This process's own. It hangs on the process: Next gives pages, routes and the instrumentation each a copy of this module. */
export const rollout = (): RolloutState => {
  holder[KEY] ??= build()
  return holder[KEY]
}
