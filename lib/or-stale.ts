import type { LRUCache } from 'lru-cache'

type Options<V> = {
  /**
   * How long after its time a value is still answered at once, and read anew in the background; milliseconds. 0: never, not even where
   * the source fails, as for the answer that something does not exist.
   */
  graceMs: (value: V) => number
}

/** What is answered where the source fails is tried again soon. */
const AGAIN_MS = 1000
/** How long a reader waits for a new value where a good old one is there: what answers at all does so sooner. */
const PATIENCE_MS = 1000

/**
 * A cache of what a slower source says. Where the source fails, the last good value is answered; where there is none, the failure. (The
 * cache's own `allowStaleOnFetchRejection` answers `undefined` then, as if nothing were known by that name.)
 */
export const orStale =
  <V extends object>(read: (key: string) => Promise<V>, { graceMs }: Options<V>) =>
  async (key: string, stale: V | undefined, { options }: { options: { ttl?: number } }): Promise<V> => {
    try {
      return await read(key)
    } catch (error) {
      if (stale === undefined || graceMs(stale) === 0) throw error
      options.ttl = AGAIN_MS
      return stale
    }
  }

/**
 * Reads from such a cache, which allows what is stale, but not however stale: nobody may have looked for hours, and the first who does
 * is told of today.
 */
export async function readThrough<V extends object>(
  cache: LRUCache<string, V>,
  key: string,
  { graceMs }: Options<V>,
): Promise<V | undefined> {
  const known = cache.peek(key, { allowStale: true })
  if (known === undefined || cache.getRemainingTTL(key) > -graceMs(known)) return cache.fetch(key)
  const read = cache.fetch(key, { allowStale: false })
  if (graceMs(known) === 0) return read
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<V>((resolve) => {
    timer = setTimeout(() => resolve(known), PATIENCE_MS)
  })
  try {
    // It may be forgotten meanwhile.
    return await Promise.race([read.catch(() => known), patience])
  } finally {
    clearTimeout(timer)
  }
}
