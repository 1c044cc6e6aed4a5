import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import { startMysql } from '../sandbox/mysql/start.mjs'
import type { Env, Surroundings } from '../sandbox/testing/app'
import { openShop, type Shop } from '../sandbox/testing/shop'
import buildOnce from '../scripts/vitest/production-build'

/** What every part of the bench is given. */
export type Bench = {
  /** The database server: somebody who may create databases there. */
  server: string
  /** As it names itself, e.g. `MySQL 9.4.0`. */
  database: string
  /** Seconds instead of minutes: to see that it works, not to measure. */
  quick: boolean
}

/** Runs something with a database server: the one that is named, else one of its own for this run. */
export async function withDatabase<T>(
  named: string | undefined,
  work: (server: string) => Promise<T>,
): Promise<T> {
  if (named) return work(named)
  const folder = mkdtempSync(join(tmpdir(), 'workshop-bench-'))
  const putAway = () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  process.once('exit', putAway)
  try {
    const database = await startMysql({ dataDir: join(folder, 'mysql'), fast: true })
    // Once more, behind the server's own: a run that is stopped ends the server first.
    process.off('exit', putAway).once('exit', putAway)
    try {
      return await work(database.url)
    } finally {
      await database.stop()
    }
  } finally {
    process.off('exit', putAway)
    putAway()
  }
}

export async function nameOf(server: string): Promise<string> {
  const connection = await mysql.createConnection(server)
  try {
    const [rows] = await connection.query<RowDataPacket[]>('select version() as version')
    const version = String(rows[0]?.version)
    return /mariadb/i.test(version) ? `MariaDB ${version.replace(/-mariadb.*/i, '')}` : `MySQL ${version}`
  } finally {
    await connection.end()
  }
}

/** Lets something be measured on the product as it runs in production, with a database of its own. Cleans up whatever comes of it. */
export async function withShop<T>(
  { server }: Pick<Bench, 'server'>,
  measure: (shop: Shop) => Promise<T>,
  env: Env = {},
  around: Surroundings = {},
): Promise<T> {
  await buildOnce()
  const shop = await openShop({ LOG_LEVEL: 'warn', ...env }, { databaseServer: server, ...around })
  try {
    return await measure(shop)
  } finally {
    await shop.stop()
  }
}
