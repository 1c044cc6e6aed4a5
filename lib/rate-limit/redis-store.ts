import 'server-only'
import { createClient } from '@redis/client'
import { RateLimiterRedis } from 'rate-limiter-flexible'
import type { Rate } from './rate'

type Options = Rate & { url: string; keyPrefix: string; onProblem: (error: unknown) => void }

const LONGEST_WAIT_MS = 5000

/** Counts in Redis. While it is away, a count fails at once, and the connection is tried again behind it. */
export function createRedisRateLimiter({ url, keyPrefix, onProblem, points, seconds }: Options) {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: 2000,
      reconnectStrategy: (tries) => Math.min(100 * 2 ** tries, LONGEST_WAIT_MS),
    },
  })
  client.on('error', onProblem)
  const connected = client.connect().catch(onProblem)
  const limiter = new RateLimiterRedis({
    storeClient: client,
    useRedisPackage: true,
    rejectIfRedisNotReady: true,
    keyPrefix,
    points,
    duration: seconds,
  })
  return { limiter, connected, close: () => client.destroy() }
}
