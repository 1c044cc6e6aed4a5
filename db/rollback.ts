import type { Pool, PoolConnection, QueryOptions, QueryValues } from 'mysql2/promise'
import { overriding } from './overriding'

/**
 * A pool whose transactions fail with what made them fail. Drizzle also rolls back on a connection that is gone, and the error of that
 * rollback, which has no code, would take the place of the first one. A connection that can't roll back is closed instead: then the
 * database does it, and no other transaction gets that connection.
 */
export const keepingTheCause = (pool: Pool): Pool =>
  overriding(pool, { getConnection: async () => closingOnFailedRollback(await pool.getConnection()) })

function closingOnFailedRollback(connection: PoolConnection): PoolConnection {
  async function query(options: QueryOptions & { sql: string }, values?: QueryValues) {
    if (options.sql !== 'rollback') return connection.query(options, values)
    try {
      return await connection.query(options, values)
    } catch {
      connection.destroy()
      return [[], []]
    }
  }
  return overriding(connection, { query })
}
