import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eq, sql } from 'drizzle-orm'
import mysql from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { databaseErrorCode } from '@/db/errors'
import { product } from '@/db/schema'
import { type MysqlProxy, startMysqlProxy } from '@/sandbox/mysql/proxy'
import { type PrivateMysql, startPrivateMysql } from '@/sandbox/mysql/server.mjs'
import { openShop, type Shop, type WorkshopOnSale } from '@/sandbox/testing/shop'
import {
  expectLedToLink,
  expectNothingElsePayable,
  expectPagesUp,
  expectRecordedOnce,
  LONGEST_WAIT_MS,
  openSales,
  payAll,
  recover,
  timed,
  webhookAnswers,
} from './faults.testing'

/**
 * The database is full, read-only, slow, or has no connection left. Buyers are told so in time and led to the payment link, Stripe is
 * never told that something is stored which is not, and when it is over every paid session is one purchase. `shop.stop()` sees to it
 * that no secret stands in the log.
 */
let shop: Shop

describe('a database that takes no writes', () => {
  let folder: string
  let server: PrivateMysql

  const withRoom = (room: string) => [
    '--innodb-file-per-table=0',
    `--innodb-data-file-path=ibdata1:12M:autoextend:max:${room}`,
  ]

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'workshop-full-'))
    server = await startPrivateMysql({ dataDir: join(folder, 'mysql'), fast: true, args: withRoom('40M') })
    shop = await openShop({ RATE_LIMIT: '1000/60' }, { databaseServer: server.url })
  })
  afterAll(async () => {
    try {
      await shop.stop()
    } finally {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  })

  /** As somebody who may do anything there. */
  async function asRoot<T>(work: (connection: mysql.Connection) => Promise<T>): Promise<T> {
    const connection = await mysql.createConnection(server.url)
    try {
      return await work(connection)
    } finally {
      connection.destroy()
    }
  }

  const setReadOnly = (value: 0 | 1) => asRoot((root) => root.query('SET GLOBAL read_only = ?', [value]))

  /** Down to the last page: large rows first, then small ones. */
  const fill = () =>
    asRoot(async (root) => {
      await root.query('CREATE TABLE junk (id INT AUTO_INCREMENT PRIMARY KEY, data LONGBLOB)')
      for (const size of [1024 * 1024, 8000])
        expect(await insertUntilRefused(root, size)).toBe('ER_RECORD_FILE_FULL')
    })

  /** A full InnoDB can't even delete: what helps is a larger disk, and then what filled it can go. */
  const makeRoom = async () => {
    await server.restart(withRoom('400M'))
    await asRoot((root) => root.query('DROP TABLE junk'))
  }

  async function insertUntilRefused(root: mysql.Connection, size: number): Promise<string | undefined> {
    for (;;) {
      try {
        await root.query('INSERT INTO junk (data) VALUES (REPEAT("x", ?))', [size])
      } catch (error) {
        return databaseErrorCode(error)
      }
    }
  }

  async function sellThrough(begin: () => Promise<unknown>, end: () => Promise<unknown>) {
    const workshop = await shop.sell()
    const { productId } = workshop
    const sales = await openSales(shop, productId, 12)
    await expectPagesUp(shop, workshop)
    await begin()
    try {
      await expectLedToLink(shop, workshop)
      await expectPagesUp(shop, workshop)
      await payAll(shop, sales)
      await shop.delivered()
      const statuses = await Promise.all(sales.map((sale) => webhookAnswers(shop, sale)))
      const recorded = (await shop.purchases(productId)).length
      // Whatever found a place in a page that was not quite full is stored, and only that is taken.
      expect(statuses.filter((of) => of.includes(200))).toHaveLength(recorded)
      expect(new Set(statuses.flat().filter((status) => status !== 200))).toEqual(new Set([503]))
    } finally {
      await end()
    }
    await recover(shop)
    await expectRecordedOnce(shop, productId, sales)
    await expect(shop.checkout({ productId })).resolves.toMatch(/^cs_/)
  }

  test('because it is read-only', { timeout: 120_000 }, () =>
    sellThrough(
      () => setReadOnly(1),
      () => setReadOnly(0),
    ),
  )

  test('because it is full', { timeout: 120_000 }, () => sellThrough(fill, makeRoom))
})

describe('a database behind a bad line', () => {
  let wire: MysqlProxy

  beforeAll(async () => {
    shop = await openShop(
      { RATE_LIMIT: '1000/60' },
      {
        database: async (url) => {
          wire = await startMysqlProxy(url)
          return wire.url
        },
      },
    )
  })
  afterAll(async () => {
    await shop.stop()
    await wire.close()
  })
  afterEach(() => {
    wire.hooks.before = undefined
  })

  const slowDown = (ms: number) => {
    wire.hooks.before = () => sleep(ms)
  }

  test('that takes 300 ms a statement: everything works, later', { timeout: 120_000 }, async () => {
    const workshop = await shop.sell()
    const sales = await openSales(shop, workshop.productId, 4)
    slowDown(300)
    const { answer, ms } = await timed(shop.register({ productId: workshop.productId }))
    expect(answer).toMatchObject({ status: 200 })
    expect(ms).toBeLessThan(LONGEST_WAIT_MS)
    await expectPagesUp(shop, workshop)
    await payAll(shop, sales)
    wire.hooks.before = undefined
    await recover(shop)
    await expectRecordedOnce(shop, workshop.productId, sales)
  })

  test('that takes seconds for a statement: buyers are led on, sales wait', {
    timeout: 120_000,
  }, async () => {
    const workshop = await shop.sell()
    const sales = await openSales(shop, workshop.productId, 4)
    slowDown(3000)
    await expectLedToLink(shop, workshop)
    await expectPagesUp(shop, workshop)
    // Three round trips: longer than Stripe waits for an answer.
    slowDown(8000)
    await payAll(shop, sales)
    const statuses = await Promise.all(sales.map((sale) => webhookAnswers(shop, sale)))
    expect(statuses.flat()).not.toContain(200)
    expect(await shop.purchases(workshop.productId)).toEqual([])
    wire.hooks.before = undefined
    await recover(shop)
    await expectRecordedOnce(shop, workshop.productId, sales)
    await expectNothingElsePayable(shop, workshop.productId, [])
  })
})

describe('a database whose two connections are held up by a lock', () => {
  beforeAll(async () => {
    shop = await openShop(
      { RATE_LIMIT: '1000/60' },
      {
        database: async (url) => {
          const limited = new URL(url)
          limited.searchParams.set('connectionLimit', '2')
          return limited.href
        },
      },
    )
  })
  afterAll(() => shop.stop())

  const REQUESTS = 40
  const PAID = 8

  test('forty requests at once are answered in time, and no sale is lost', { timeout: 120_000 }, async () => {
    const [stuck, workshop] = await Promise.all([shop.sell({ capacity: 500 }), shop.sell()])
    const sales = await openSales(shop, workshop.productId, PAID)
    await shop.checkout({ productId: stuck.productId })
    await expectPagesUp(shop, workshop)
    const answers = await whileLocked(stuck, async () => {
      // One of the two connections is the sales' own: the first takes the other, and waits; the second waits for it.
      const held = [1, 2].map(() => expectLedToLink(shop, stuck))
      await expect.poll(waiting).toHaveLength(1)
      const paying = payAll(shop, sales)
      const asking = Array.from({ length: REQUESTS - PAID }, () =>
        timed(shop.register({ productId: workshop.productId })),
      )
      await expectPagesUp(shop, workshop)
      const answered = await Promise.all(asking)
      await Promise.all(held)
      expect(await shop.purchases(workshop.productId)).toEqual([])
      return { answered, paying }
    })
    for (const { answer, ms } of answers.answered) {
      expect(ms).toBeLessThan(LONGEST_WAIT_MS)
      expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } })
      expect(`${answer.body.fallbackUrl}`).toContain(workshop.paymentLink)
    }
    await answers.paying
    await recover(shop)
    await expectRecordedOnce(shop, workshop.productId, sales)
    await expectNothingElsePayable(shop, workshop.productId, [])
    await expect(shop.checkout({ productId: workshop.productId })).resolves.toMatch(/^cs_/)
  })

  const waiting = async () => {
    const [statements] = await shop.db.execute(
      sql`select id from information_schema.processlist where db = database() and info like 'insert into%checkout_Session%'`,
    )
    return statements
  }
  const whileLocked = <T>({ productId }: WorkshopOnSale, work: () => Promise<T>): Promise<T> =>
    shop.db.transaction(async (tx) => {
      await tx.select().from(product).where(eq(product.id, productId)).for('update')
      return work()
    })
})
