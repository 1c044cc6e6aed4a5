import type { LRUCache } from 'lru-cache'

/**
 * A `fetchMethod` of lru-cache that answers the last good value where it can't read a new one, and fails where there is none.
 * The cache's own `allowStaleOnFetchRejection` answers `undefined` then, as if nothing were known by that name.
 */
export const orStale =
  <V>(read: (key: string) => Promise<V>) =>
  async (key: string, stale: V | undefined): Promise<V> => {
    try {
      return await read(key)
    } catch (error) {
      if (stale === undefined) throw error
      return stale
    }
  }

type Overdue<V> = {
  /** How long after its time a value is still answered at once, and read anew behind the reader's back; milliseconds. */
  graceMs: (value: V) => number
}

/** How long a reader waits for a new value where an old one is there: what answers at all does so sooner. */
const PATIENCE_MS = 1000

/**
 * Reads from a cache that allows what is stale, but not however stale: nobody may have looked for hours, and the first who does is told
 * of today. Where the source doesn't answer, what was known last.
 */
export async function readThrough<V extends object>(
  cache: LRUCache<string, V>,
  key: string,
  { graceMs }: Overdue<V>,
): Promise<V | undefined> {
  const known = cache.peek(key, { allowStale: true })
  if (known === undefined || cache.getRemainingTTL(key) > -graceMs(known)) return cache.fetch(key)
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<V>((resolve) => {
    timer = setTimeout(() => resolve(known), PATIENCE_MS)
  })
  const read = cache.fetch(key, { allowStale: false })
  read.catch(() => undefined)
  try {
    return await Promise.race([read, patience])
  } finally {
    clearTimeout(timer)
  }
}
