import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type MysqlProxy, startMysqlProxy } from '@/sandbox/mysql/proxy'
import { createTestDatabase, type TestDatabase } from '@/sandbox/testing/database'
import { type DatabaseHandle, openDatabase } from './client'
import { isDuplicateKey } from './errors'
import { inLastRoundTrip, inOneRoundTrip } from './round-trips'

let server: TestDatabase
let wire: MysqlProxy
let database: DatabaseHandle
let said: string[]

beforeAll(async () => {
  server = await createTestDatabase()
  wire = await startMysqlProxy(server.url)
  database = openDatabase(`${wire.url}?connectionLimit=2`)
  await database.db.execute(sql`create table noted (id int primary key)`)
})
afterAll(async () => {
  await database.close()
  await wire.close()
  await server.drop()
})
beforeEach(async () => {
  wire.hooks.before = undefined
  await database.db.execute(sql`delete from noted`)
  // The one connection for sales is open, and has said what it says once.
  await database.sales.execute(sql`do 0`)
  said = []
  wire.hooks.before = (text) => void said.push(text)
})

const note = (id: number) => sql`insert into noted values (${id})`
const noted = async () => {
  wire.hooks.before = undefined
  const [rows] = await database.db.execute(sql`select id from noted order by id`)
  return rows
}

test('a transaction that reads, then writes, takes two round trips', async () => {
  const found = await database.sales.transaction(async (tx) => {
    const rows = await tx.select({ one: sql<number>`1`.as('one') }).from(sql`(select 1) once`)
    await inLastRoundTrip(tx, [note(1), note(2)])
    return rows
  })
  expect(found).toEqual([{ one: 1 }])
  expect(said).toEqual([
    expect.stringMatching(/^begin; select/),
    'insert into noted values (1); insert into noted values (2); commit',
  ])
  expect(await noted()).toEqual([{ id: 1 }, { id: 2 }])
})

test('one that begins with its last writes takes a single one', async () => {
  await database.sales.transaction((tx) => inLastRoundTrip(tx, [note(1)]))
  expect(said).toEqual(['begin; insert into noted values (1); commit'])
  expect(await noted()).toEqual([{ id: 1 }])
})

test('what is written before the end is committed by a round trip of its own', async () => {
  await database.sales.transaction(async (tx) => {
    const [written] = await tx.execute(note(1))
    expect(written).toMatchObject({ affectedRows: 1 })
    await inOneRoundTrip(tx, [note(2), note(3)])
  })
  expect(said).toHaveLength(3)
  expect(said.at(-1)).toBe('commit')
  expect(await noted()).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
})

test.for([
  [note(1), note(1)],
  [note(1), note(2), note(1)],
])('nothing of %#: the last writes failed before their commit', async (writes) => {
  const failed = database.sales.transaction((tx) => inLastRoundTrip(tx, writes))
  expect(isDuplicateKey(await failed.catch((error: unknown) => error))).toBe(true)
  expect(said.at(-1)).toBe('rollback')
  expect(await noted()).toEqual([])
})

test('nothing of what was written before somebody thought better of it', async () => {
  const failed = database.sales.transaction(async (tx) => {
    await tx.execute(note(1))
    throw new Error('changed my mind')
  })
  await expect(failed).rejects.toThrow('changed my mind')
  expect(said).toEqual(['begin; insert into noted values (1)', 'rollback'])
  expect(await noted()).toEqual([])
})

test('nothing is said of a transaction that says nothing', async () => {
  await database.sales.transaction(async () => undefined)
  await expect(database.sales.transaction(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(said).toEqual([])
})

test('nothing can be said after the end, and the next transaction on the connection is whole', async () => {
  const late = database.sales.transaction(async (tx) => {
    await inLastRoundTrip(tx, [note(1)])
    await tx.execute(note(2))
  })
  // Its end stands all the same.
  await expect(late).rejects.toMatchObject({ cause: { message: expect.stringContaining('is over') } })
  await expect(database.sales.transaction((tx) => inLastRoundTrip(tx, [note(3), note(3)]))).rejects.toThrow()
  await database.sales.transaction((tx) => inLastRoundTrip(tx, [note(4)]))
  expect(await noted()).toEqual([{ id: 1 }, { id: 4 }])
})

test('a connection that is cut on the way leaves nothing', async () => {
  wire.hooks.before = (text) => {
    if (text.startsWith('insert')) wire.cut()
  }
  const cut = database.sales.transaction(async (tx) => {
    await tx.execute(note(1))
    await inLastRoundTrip(tx, [note(2)])
  })
  await expect(cut).rejects.toThrow()
  expect(await noted()).toEqual([])
})
