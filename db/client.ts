import 'server-only'
import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2'
import mysql from 'mysql2/promise'
import { keepingTheCause } from './rollback'
import { savingRoundTrips } from './round-trips'
import * as schema from './schema'

export type Database = MySql2Database<typeof schema>
/** A database or a transaction on it. */
export type Queryable = Pick<
  Database,
  'select' | 'selectDistinct' | 'insert' | 'update' | 'delete' | 'execute'
>

export type DatabaseHandle = {
  db: Database
  /** The same database for the transactions that record sales: read committed, and as few round trips as can be. */
  sales: Database
  pool: mysql.Pool
  close: () => Promise<void>
}

const CONNECTIONS = 10
/** Of which sales have this share to themselves, so that no rush of visitors keeps a paid sale waiting. */
const SHARE_OF_SALES = 0.4

const SETTINGS = [
  "time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
  // Waiting for a row ends well before the 20 seconds that PlanetScale gives a whole transaction.
  'innodb_lock_wait_timeout = 8',
]

/** Two sales lock each other's rows, but never the gaps between them. */
const SETTINGS_OF_SALES = [...SETTINGS, 'SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED']

/** Told of each setting that the server refuses, for every connection anew. */
export type OnRefused = (setting: string, error: Error) => void

/**
 * Opens the pools. `connectionLimit`, for both together, and the other options of mysql2 may stand in the URL's query.
 * Every connection asks for UTC and strict mode, whatever the server's defaults, so that no amount or text is cut.
 */
export function openDatabase(url: string, onRefused?: OnRefused): DatabaseHandle {
  const limit = Number(new URL(url).searchParams.get('connectionLimit')) || CONNECTIONS
  const ofSales = Math.max(1, Math.floor(limit * SHARE_OF_SALES))
  const pool = openPool(url, { connectionLimit: Math.max(1, limit - ofSales) }, SETTINGS, onRefused)
  const sales = openPool(
    url,
    { connectionLimit: ofSales, multipleStatements: true },
    SETTINGS_OF_SALES,
    onRefused,
  )
  return {
    db: drizzle(keepingTheCause(pool), { schema, mode: 'planetscale' }),
    sales: drizzle(savingRoundTrips(keepingTheCause(sales)), { schema, mode: 'planetscale' }),
    pool,
    close: async () => void (await Promise.all([pool.end(), sales.end()])),
  }
}

function openPool(
  url: string,
  options: { connectionLimit: number; multipleStatements?: boolean },
  settings: string[],
  onRefused: OnRefused = () => undefined,
): mysql.Pool {
  const pool = mysql.createPool({
    uri: url,
    maxIdle: options.connectionLimit,
    idleTimeout: 60_000,
    connectTimeout: 4000,
    enableKeepAlive: true,
    charset: 'utf8mb4_unicode_ci',
    timezone: 'Z',
    supportBigNumbers: true,
    // A stack for each statement, in case it fails, costs more than parsing its answer; what fails is told by its code.
    trace: false,
    // An `insert … on duplicate key update` that found its row must not count as one that wrote it.
    flags: ['-FOUND_ROWS'],
    ...options,
  })
  pool.pool.on('connection', (connection) => {
    // Each by itself: a server that refuses one of them (Vitess knows not every variable) still takes the others, and serves.
    for (const setting of settings)
      connection.query(`SET ${setting}`, (error: Error | null) => error && onRefused(setting, error))
  })
  return pool
}
