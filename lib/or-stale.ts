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
