import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { openShop, type Shop, someone } from '@/sandbox/testing/shop'

// The tables are named when their schema is loaded, here as in the server.
const before = vi.hoisted(() => {
  const value = process.env.TABLE_PREFIX
  process.env.TABLE_PREFIX = 'builder_'
  return value
})

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ TABLE_PREFIX: 'builder_' })
})
afterAll(async () => {
  await shop.stop()
  if (before === undefined) delete process.env.TABLE_PREFIX
  else process.env.TABLE_PREFIX = before
})

test('another prefix: a whole sale and its refund, and no table under the usual one', async () => {
  const { productId } = await shop.sell({ capacity: 3 })
  const email = someone()
  const sessionId = await shop.buy({ productId, quantity: 2 }, { email })
  await shop.delivered()
  shop.stripe.refund({ session: sessionId, amount: 100 })
  await shop.delivered()
  expect(await shop.status(sessionId)).toMatchObject({
    status: 'complete',
    purchase: { quantity: 2, refunded: { amount: 100 } },
  })
  const [purchases] = await shop.db.execute(
    sql`select p.status from builder_Purchase p join builder_User u on u.id = p.userId where u.email = ${email}`,
  )
  expect(purchases).toEqual([{ status: 'Valid' }])
  for (const job of ['inbox', 'outbox', 'holds', 'reconcile'] as const)
    expect((await shop.cron(job)).status, job).toBe(200)
  const [tables] = await shop.db.execute(
    sql`select table_name as name from information_schema.tables where table_schema = database()`,
  )
  const names = z
    .array(z.object({ name: z.string() }))
    .parse(tables)
    .map(({ name }) => name)
  expect(names.filter((name) => /^builder_/i.test(name)).length).toBeGreaterThan(15)
  expect(names.filter((name) => /^egghead_/i.test(name))).toEqual([])
})
