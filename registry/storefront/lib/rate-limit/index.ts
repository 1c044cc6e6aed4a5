import 'server-only'
import { env } from '@/lib/env'
import { createRateLimiter, type RateLimiter, unlimited } from '@/lib/rate-limit/limiter'
import { parseRate } from '@/lib/rate-limit/rate'
import { createRedisRateLimiter } from '@/lib/rate-limit/redis-store'
import { createLog } from '@/lib/telemetry/log'

export { quotaHeaders, type RateLimiter, tighter } from '@/lib/rate-limit/limiter'

/** Counted in Redis where `REDIS_URL` names one, else by this process alone; the commerce side counts again by the buyer's own address. */
function build(): RateLimiter {
  const settings = env()
  const rate = parseRate(settings.RATE_LIMIT)
  if (!rate) return unlimited
  const log = createLog(settings.LOG_LEVEL)
  const onProblem = (error: unknown) =>
    log.warn(
      { event: 'rate_limit.store_unavailable', err: error },
      'the rate limit is counted in this process alone',
    )
  const { REDIS_URL: url } = settings
  // What its connection says comes up again at the next count, and is told there.
  const options = url && { ...rate, url, keyPrefix: 'checkout_limit', onProblem: () => {} }
  const store = options ? createRedisRateLimiter(options).limiter : undefined
  return createRateLimiter({ rate, store, onProblem })
}

let instance: RateLimiter | undefined

export const rateLimiter = (): RateLimiter => {
  instance ??= build()
  return instance
}
