import 'server-only'
import { commerce } from '@/lib/commerce'
import { env } from '@/lib/env'
import { createLog } from '@/lib/telemetry/log'
import { createRateLimiter, type RateLimiter, unlimited } from './limiter'
import { MysqlRateLimiter } from './mysql-store'
import { parseRate, type Rate } from './rate'

export { quotaHeaders, type RateLimiter, tighter } from './limiter'

const KEY_PREFIX = 'checkout_limit'

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
  return createRateLimiter({ rate, store: storeOf(), onProblem })

  function storeOf() {
    if (!rate) return undefined
    const { REDIS_URL: url } = settings
    if (url) return openRedis({ ...rate, url })
    if (!settings.commerce) return undefined
    return new MysqlRateLimiter({ ...rate, db: commerce().deps.db, keyPrefix: KEY_PREFIX, now: Date.now })
  }
}

/** Loaded only where Redis counts: its client is four times as large as the rest of a checkout. */
async function openRedis(options: Rate & { url: string }) {
  const { createRedisRateLimiter } = await import('./redis-store')
  // A failing connection is reported by the next count.
  return createRedisRateLimiter({ ...options, keyPrefix: KEY_PREFIX, onProblem: () => {} }).limiter
}

let instance: RateLimiter | undefined

/** This process's own: for the browser's routes and, by what the storefront vouches for, the server-to-server ones. */
export const rateLimiter = (): RateLimiter => {
  instance ??= build()
  return instance
}
