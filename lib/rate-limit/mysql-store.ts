import 'server-only'
import { sql } from 'drizzle-orm'
import { RateLimiterMySQL, RateLimiterRes } from 'rate-limiter-flexible'
import type { Database } from '@/db/client'
import { despiteDeadlocks } from '@/db/deadlock'
import { rateLimit } from '@/db/schema'
import type { Rate } from './rate'

type Options = Rate & { db: Database; keyPrefix: string; now: () => number }
type Counted = { consumed: number; expire: number }

/**
 * Counts in `checkout_RateLimit` with one statement a request, where the library's own MySQL store takes a transaction of four.
 * Only `consume` is there. Windows begin at whole multiples of their length, so that every server knows a window's end
 * without reading it; a server whose clock is behind counts into the window that has begun already.
 */
export class MysqlRateLimiter extends RateLimiterMySQL {
  readonly #db: Database
  readonly #now: () => number

  constructor({ db, keyPrefix, now, points, seconds }: Options) {
    super({
      points,
      duration: seconds,
      keyPrefix,
      storeClient: db,
      storeType: 'drizzle',
      tableCreated: true,
      clearExpiredByTimeout: false,
    })
    this.#db = db
    this.#now = now
  }

  /** What the library calls to count: `LAST_INSERT_ID(…)` carries the new count back in the statement's own answer. */
  async _upsert(key: string, points: number, milliseconds: number): Promise<Counted> {
    const expire = (Math.floor(this.#now() / milliseconds) + 1) * milliseconds
    const statement = sql`insert into ${rateLimit} (${sql.identifier('key')}, points, expire)
      values (${key}, last_insert_id(${points}), ${expire})
      on duplicate key update
        points = last_insert_id(if(expire >= ${expire}, points + ${points}, ${points})),
        expire = greatest(expire, ${expire})`
    const [result] = await despiteDeadlocks(() => this.#db.execute(statement))
    return { consumed: 'insertId' in result ? result.insertId : 0, expire }
  }

  _getRateLimiterRes(_key: string, points: number, { consumed, expire }: Counted): RateLimiterRes {
    return new RateLimiterRes(
      Math.max(this.points - consumed, 0),
      Math.max(expire - this.#now(), 0),
      consumed,
      consumed === points,
    )
  }
}
