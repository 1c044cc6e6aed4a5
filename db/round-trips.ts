import { type SQLWrapper, sql } from 'drizzle-orm'
import type { Pool, PoolConnection, QueryOptions, QueryValues } from 'mysql2/promise'
import { overriding } from './overriding'

/** A transaction on a pool that takes several statements in one text. */
type Transaction = { execute: (query: SQLWrapper) => Promise<unknown> }

/** Writes that wait for nothing of each other, in one round trip and in this order; the first that fails fails them all. */
export const inOneRoundTrip = (tx: Transaction, writes: SQLWrapper[]) =>
  tx.execute(
    sql.join(
      writes.map((write) => write.getSQL()),
      sql`; `,
    ),
  )

/**
 * The same for the last writes of a transaction: its commit goes with them, and nothing may be said in it any more. One that fails is
 * where the database stops reading, so that the commit behind it is never reached.
 */
export const inLastRoundTrip = (tx: Transaction, writes: SQLWrapper[]) =>
  inOneRoundTrip(tx, [...writes, sql`commit`])

/**
 * A pool whose transactions wait for no begin and, after `inLastRoundTrip`, for no commit: rows stay locked for as long as something is
 * said about them, and no round trip longer. The begin travels with the first statement.
 */
export const savingRoundTrips = (pool: Pool): Pool =>
  overriding(pool, { getConnection: async () => savingOn(await pool.getConnection()) })

/** What the driver answers: a statement's results and fields, or a list of each for several statements. */
type Answer = [results: unknown, fields: unknown]

const LAST = /; commit$/
const UNSAID: Answer = [[], []]

function savingOn(connection: PoolConnection): PoolConnection {
  let transaction: 'none' | 'due' | 'begun' | 'over' = 'none'

  async function query(options: QueryOptions & { sql: string }, values?: QueryValues): Promise<Answer> {
    const { sql: text } = options
    if (text === 'begin') {
      transaction = 'due'
      return UNSAID
    }
    if (text === 'commit' || text === 'rollback') {
      const said = transaction === 'begun'
      transaction = 'none'
      return said ? connection.query(options, values) : UNSAID
    }
    if (transaction === 'over')
      throw new Error('the transaction is over: its commit went with its last writes')
    const begins = transaction === 'due'
    if (begins) transaction = 'begun'
    const answer = begins
      ? withoutFirst(await connection.query({ ...options, sql: `begin; ${text}` }, values))
      : await connection.query(options, values)
    if (transaction === 'begun' && LAST.test(text)) transaction = 'over'
    return answer
  }

  return overriding(connection, { query })
}

/** A statement alone is answered by itself, without the list. */
function withoutFirst([results, fields]: Answer): Answer {
  if (!Array.isArray(results) || !Array.isArray(fields)) throw new Error('several statements, one answer')
  return results.length === 2 ? [results[1], fields[1]] : [results.slice(1), fields.slice(1)]
}
