import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type MysqlProxy, startMysqlProxy } from '@/sandbox/mysql/proxy'
import { createTestDatabase, type TestDatabase } from '@/sandbox/testing/database'
import { type DatabaseHandle, openDatabase } from './client'
import { isDatabaseAway } from './errors'

/** A database that goes away in the middle of a transaction: whoever asked has to hear that, and not that a rollback came too late. */
let server: TestDatabase
let wire: MysqlProxy
let database: DatabaseHandle

beforeAll(async () => {
  server = await createTestDatabase()
  wire = await startMysqlProxy(server.url)
  database = openDatabase(`${wire.url}?connectionLimit=2`)
})
afterAll(async () => {
  await database.close()
  await wire.close()
  await server.drop()
})
beforeEach(() => {
  wire.hooks.before = undefined
})

test.for(['db', 'sales'] as const)(
  'a transaction of %s that loses its connection fails with that, and the next one gets another',
  async (name) => {
    const pool = database[name]
    wire.hooks.before = (text) => {
      if (text.includes('cut here')) wire.cut()
    }
    const lost = pool.transaction(async (tx) => {
      await tx.execute(sql`select 1`)
      await tx.execute(sql`select 2 /* cut here */`)
    })
    expect(isDatabaseAway(await lost.catch((error: unknown) => error))).toBe(true)
    const [rows] = await pool.transaction((tx) => tx.execute(sql`select 3 as three`))
    expect(rows).toEqual([{ three: 3 }])
  },
)
