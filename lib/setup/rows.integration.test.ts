import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DatabaseHandle, openDatabase } from '@/db/client'
import { migrate } from '@/db/migrate'
import { merchantPrice } from '@/db/schema'
import { createTestDatabase, type TestDatabase } from '@/sandbox/testing/database'
import { aWorkshop } from '@/sandbox/testing/shop'
import { planRows } from './rows'

let server: TestDatabase
let database: DatabaseHandle

beforeAll(async () => {
  server = await createTestDatabase()
  await migrate(server.url)
  database = openDatabase(server.url)
})
afterAll(async () => {
  await database.close()
  await server.drop()
})

test("an active price row that names no price of Stripe's is switched off once, and not planned again", async () => {
  const workshop = aWorkshop()
  const ids = {
    productId: workshop.stripeProductId,
    priceId: `price_of_${workshop.productId}`,
    paymentLink: 'https://buy.stripe.com/test',
  }
  const plan = () => planRows(database.db, workshop, ids)
  for (const change of await plan()) await change.apply()
  expect(await plan()).toEqual([])
  await database.db.insert(merchantPrice).values({
    id: 'mpr_by_hand',
    merchantAccountId: 'ma_workshops',
    merchantProductId: `mp_${workshop.productId}`,
    status: 1,
  })
  const changes = await plan()
  expect(changes).toMatchObject([{ action: 'deactivate', id: 'mpr_by_hand' }])
  for (const change of changes) await change.apply()
  const [row] = await database.db.select().from(merchantPrice).where(eq(merchantPrice.id, 'mpr_by_hand'))
  expect(row?.status).toBe(0)
  expect(await plan()).toEqual([])
})
