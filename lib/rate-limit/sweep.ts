import 'server-only'
import { and, inArray, lt } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { rateLimit } from '@/db/schema'

const BATCH = 1000

/** Deletes counts whose window is over. By key, so that no count in use is locked meanwhile. */
export async function sweepRateLimits(db: Database, now: Date): Promise<number> {
  const over = lt(rateLimit.expire, now.getTime())
  const rows = await db.select({ key: rateLimit.key }).from(rateLimit).where(over).limit(BATCH)
  if (rows.length === 0) return 0
  const keys = rows.map(({ key }) => key)
  const [result] = await db.delete(rateLimit).where(and(inArray(rateLimit.key, keys), over))
  return result.affectedRows
}
