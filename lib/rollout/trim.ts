import 'server-only'
import { lt } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { exposure } from '@/db/schema'

const KEPT_DAYS = 180
const DAY_MS = 86_400_000
const BATCH = 1000

/**
 * Deletes who was shown what half a year ago: the rollout that it was for is long decided. Answers how many. Whoever comes back is counted
 * as new.
 */
export async function trimExposures(db: Database, now: Date): Promise<number> {
  const [result] = await db
    .delete(exposure)
    .where(lt(exposure.shownAt, new Date(now.getTime() - KEPT_DAYS * DAY_MS)))
    .orderBy(exposure.shownAt)
    .limit(BATCH)
  return result.affectedRows
}
