import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DatabaseHandle, openDatabase } from '@/db/client'
import { fromJson } from '@/db/json'
import { migrate } from '@/db/migrate'
import { attemptCount, exposure, merchantProduct, product, setting } from '@/db/schema'
import { createTestDatabase, type TestDatabase } from '@/sandbox/testing/database'
import { CLOSED } from './guard'
import { CountsTaken, type Exposure } from './report'
import { databaseExchange, writeExposures } from './store'

let server: TestDatabase
let database: DatabaseHandle

beforeAll(async () => {
  server = await createTestDatabase()
  await migrate(server.url)
  database = openDatabase(server.url)
  await database.db.insert(product).values([
    { id: 'product_a', name: 'A' },
    { id: 'product_b', name: 'B' },
  ])
  await database.db.insert(merchantProduct).values({
    id: 'mp_a',
    merchantAccountId: 'ma',
    productId: 'product_a',
    identifier: 'prod_StripeA',
  })
})
afterAll(async () => {
  await database.close()
  await server.drop()
})

const at = (second: number) => `2026-11-24T12:00:0${second}.000Z`
const aVisitor = () => randomUUID().replaceAll('-', '')
const seen = (visitorId: string, productId: string, more: Partial<Exposure> = {}): Exposure => ({
  visitorId,
  productId,
  variant: 'session',
  guarded: false,
  shownAt: at(0),
  ...more,
})
const write = (...exposures: Exposure[]) => writeExposures(database.db, exposures)
const rowsOf = (visitorId: string) =>
  database.db.select().from(exposure).where(eq(exposure.visitorId, visitorId))

const shown = (visitorId: string) => seen(visitorId, 'product_a', { shownAt: at(1), startedAt: at(5) })
const startedByStripe = (visitorId: string) =>
  seen(visitorId, 'prod_StripeA', {
    variant: 'payment-link',
    guarded: true,
    shownAt: at(2),
    startedAt: at(3),
  })
const one = {
  productId: 'product_a',
  variant: 'session',
  guarded: true,
  shownAt: new Date(at(1)),
}

test.each([
  ['shown first', [shown, startedByStripe]],
  ['started first', [startedByStripe, shown]],
])('one batch names a product by both ids, %s: one row, of the first moments', async (_name, both) => {
  const id = aVisitor()
  await write(...both.map((each) => each(id)))
  expect(await rowsOf(id)).toEqual([{ visitorId: id, ...one, startedAt: new Date(at(3)) }])
})

test("a later start under Stripe's id belongs to what was shown", async () => {
  const id = aVisitor()
  await write(seen(id, 'product_a', { shownAt: at(1) }))
  await write(startedByStripe(id))
  expect(await rowsOf(id)).toEqual([{ visitorId: id, ...one, startedAt: new Date(at(3)) }])
})

test('two visitors, and two products of one, stay apart', async () => {
  const [first, second] = [aVisitor(), aVisitor()]
  await write(seen(first, 'prod_StripeA'), seen(first, 'product_b'), seen(second, 'product_a'))
  const products = (await rowsOf(first)).map(({ productId }) => productId)
  expect(products.sort()).toEqual(['product_a', 'product_b'])
  expect(await rowsOf(second)).toHaveLength(1)
})

test('capitals are told apart no more than the shop does', async () => {
  const id = aVisitor()
  await write(seen(id, 'prod_stripea'), seen(id, 'PRODUCT_A'))
  expect(await rowsOf(id)).toMatchObject([{ productId: 'product_a' }])
})

test('what names no product of ours is dropped, the rest is written', async () => {
  const id = aVisitor()
  await write(seen(id, 'made_up'), seen(id, 'product_b'), seen(id, 'prod_\ud800'))
  expect(await rowsOf(id)).toMatchObject([{ productId: 'product_b' }])
  await write(seen(aVisitor(), 'made_up'))
})

test('nothing to write asks nothing', async () => {
  const closed = openDatabase(server.url)
  await closed.close()
  await writeExposures(closed.db, [])
  await expect(writeExposures(closed.db, [seen(aVisitor(), 'product_a')])).rejects.toThrow()
})

describe('a verdict', () => {
  const now = Date.parse('2026-11-25T12:00:00Z')
  const report = { exposures: [], counts: [{ second: now / 1000 - 5, attempts: 25, failures: 25 }] }
  const GUARD = 'rollout.guard'
  const theirs = { ...CLOSED, since: 1, version: 8 }

  /** Statements of this database that wait for a lock. */
  const waiting = async () => {
    const [statements] = await database.db.execute(
      sql`select id from information_schema.processlist where db = database() and info regexp '^(insert into|update).*checkout_Setting'`,
    )
    return statements
  }

  test.each([
    ['where there was none yet', undefined],
    ['in the place of the last', { ...CLOSED, version: 7 }],
  ])('that another server wrote meanwhile stands, and this one says nothing: %s', async (_, before) => {
    await database.db.delete(setting)
    if (before) await database.db.insert(setting).values({ key: GUARD, value: before })
    const told: unknown[] = []
    const exchange = databaseExchange({
      db: database.db,
      now: () => now,
      onVerdict: (verdict) => told.push(verdict),
    })
    let judging: Promise<unknown> | undefined
    await database.db.transaction(async (tx) => {
      await tx
        .insert(setting)
        .values({ key: GUARD, value: theirs })
        .onDuplicateKeyUpdate({ set: { value: theirs } })
      judging = exchange(report)
      await expect.poll(waiting).toHaveLength(1)
    })
    await judging
    expect(told).toEqual([])
    const [stored] = await database.db.select().from(setting).where(eq(setting.key, GUARD))
    expect(fromJson(stored?.value)).toEqual(theirs)
  })
})

describe('counts', () => {
  const now = Date.parse('2026-11-24T12:00:00Z')
  const second = now / 1000 - 5
  const report = { exposures: [], counts: [{ second, attempts: 25, failures: 25 }] }
  const counted = async () => (await database.db.select().from(attemptCount)).map(({ failures }) => failures)

  beforeEach(async () => {
    await database.db.delete(attemptCount)
    await database.db.delete(setting)
  })

  test('are not written where what is shared can not be read', async () => {
    await database.db.insert(setting).values({ key: 'rollout', value: { rollout: 'sideways' } })
    const exchange = databaseExchange({ db: database.db, now: () => now, onVerdict: () => undefined })
    await expect(exchange(report)).rejects.not.toBeInstanceOf(CountsTaken)
    expect(await counted()).toEqual([])
  })

  test('that are written are said to be, whatever fails after that', async () => {
    const onVerdict = () => {
      throw new Error('nobody to be told')
    }
    const exchange = databaseExchange({ db: database.db, now: () => now, onVerdict })
    await expect(exchange(report)).rejects.toBeInstanceOf(CountsTaken)
    expect(await counted()).toEqual([25])
    expect((await exchange({ exposures: [], counts: [] })).verdict).not.toEqual(CLOSED)
  })
})
