import 'server-only'
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRes,
  RLWrapperTimeouts,
} from 'rate-limiter-flexible'
import { CheckoutError } from '@/lib/contract/errors'
import type { Buyer } from '@/lib/contract/types'
import { addressKey, emailKey, viewerKey } from './caller-key'
import type { Rate } from './rate'

/** What is counted, each by itself: a confirmation page that asks again takes nothing from the next checkout. */
export type Limited = 'checkout' | 'confirm' | 'start' | 'code'

/**
 * Who is counted, as far as they are known: the address they send from, the e-mail that was typed, and the verified viewer's. A typed one
 * is counted apart: anybody can type anybody's, and must not use up what its owner has left.
 */
export type Caller = Pick<Buyer, 'ip'> & { email?: string | undefined; viewer?: string | undefined }

export type Quota = { limit: number; remaining: number; resetSeconds: number }

export type RateLimiter = {
  /**
   * Counts one request; answers what is left, or null where nothing is counted.
   * @throws CheckoutError `rate_limited`, with `Retry-After` and the `RateLimit-*` headers
   */
  limit: (caller: Caller, what?: Limited) => Promise<Quota | null>
}

type Options = {
  rate: Rate
  /** Where all servers count together, perhaps still to be loaded; without it each process counts for itself. */
  store?: RateLimiterAbstract | Promise<RateLimiterAbstract> | undefined
  /** Told once a minute at most. */
  onProblem: (error: unknown) => void
  now?: () => number
}

const PATIENCE_MS = 500
const REST_MS = 5000
const COMPLAIN_EVERY_MS = 60_000

/** A store that can't be reached stops nobody: this process counts for itself meanwhile, and leaves the store alone for a moment. */
export function createRateLimiter({ rate, store, onProblem, now = Date.now }: Options): RateLimiter {
  const memory = new RateLimiterMemory({ points: rate.points, duration: rate.seconds })
  const shared = store && patient(store)
  shared?.catch(() => undefined)
  const complain = onceIn(COMPLAIN_EVERY_MS, onProblem, now)
  let restUntil = 0

  const consume = async (key: string): Promise<RateLimiterRes> => {
    if (!shared || now() < restUntil) return memory.consume(key)
    try {
      return await (await shared).consume(key)
    } catch (reason) {
      if (reason instanceof RateLimiterRes) throw reason
      restUntil = now() + REST_MS
      complain(reason)
      return memory.consume(key)
    }
  }

  return {
    limit: async ({ ip, email, viewer }, what = 'checkout') => {
      let quota: Quota | null = null
      // In this order, so that an address that is stopped can't use up what another's e-mail has left.
      for (const key of [ip && addressKey(ip), email && emailKey(email), viewer && viewerKey(viewer)]) {
        if (!key) continue
        try {
          quota = tighter(quota, quotaOf(rate, await consume(`${what}:${key}`)))
        } catch (reason) {
          if (reason instanceof RateLimiterRes) throw refusal(quotaOf(rate, reason))
          throw reason
        }
      }
      return quota
    },
  }
}

const patient = async (store: RateLimiterAbstract | Promise<RateLimiterAbstract>) =>
  new RLWrapperTimeouts({ limiter: await store, timeoutMs: PATIENCE_MS })

export const unlimited: RateLimiter = { limit: async () => null }

const quotaOf = ({ points }: Rate, { remainingPoints, msBeforeNext }: RateLimiterRes): Quota => ({
  limit: points,
  remaining: remainingPoints,
  resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
})

/** Of two counts the one that will stop the caller first. */
export function tighter(left: Quota | null, right: Quota | null): Quota | null {
  if (!left || !right) return left ?? right
  return right.remaining < left.remaining ? right : left
}

/** https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/06/ */
export const quotaHeaders = (quota: Quota | null): Record<string, string> =>
  quota
    ? {
        'RateLimit-Limit': String(quota.limit),
        'RateLimit-Remaining': String(quota.remaining),
        'RateLimit-Reset': String(quota.resetSeconds),
      }
    : {}

const refusal = (quota: Quota) =>
  new CheckoutError('rate_limited', {
    details: { retryAfter: quota.resetSeconds },
    headers: quotaHeaders({ ...quota, remaining: 0 }),
  })

function onceIn(ms: number, tell: (error: unknown) => void, now: () => number) {
  let quietUntil = 0
  return (error: unknown) => {
    if (now() < quietUntil) return
    quietUntil = now() + ms
    tell(error)
  }
}
