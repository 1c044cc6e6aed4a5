import { readFile } from 'node:fs/promises'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as tables from '@/db/schema'
import { commerceOn } from '@/sandbox/testing/commerce'
import { openShop, type Shop, someone } from '@/sandbox/testing/shop'
import { reconcileRecent } from './daily'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.stop())
afterEach(() => shop.stripe.setFaults({}))

test('once a day what never arrived is recorded, once, though two servers are asked at the same time', async () => {
  const { productId } = await shop.sell()
  const changed = await shop.buy({ productId }, { email: someone() })
  await shop.delivered()
  shop.stripe.setDeliveries({ drop: true })
  const lost = await shop.checkout({ productId })
  await shop.stripe.pay(lost, { email: someone('daily') })
  shop.stripe.setDeliveries({})
  const { purchaseId } = await shop.checkoutOf(changed)
  await shop.db
    .update(tables.purchase)
    .set({ totalAmount: '1.00' })
    .where(eq(tables.purchase.id, purchaseId ?? ''))

  const other = await shop.addServer()
  const headers = { Authorization: `Bearer ${shop.env.CRON_SECRET}` }
  const [first, second] = await Promise.all([
    shop.cron('reconcile'),
    shop.send(`${other}/api/cron/reconcile`, { headers }),
  ])
  expect([first.status, second.status]).toEqual([200, 200])
  expect(await shop.purchases(productId)).toHaveLength(2)
  expect((await shop.checkoutOf(lost)).status).toBe('complete')

  // What somebody changed by hand is named, and left for a person who asks for it.
  const { body } = await shop.cron('reconcile')
  const { since, ...found } = body
  expect(found).toEqual({ differences: 1, repaired: 0, kinds: { amount: 1 }, finished: true })
  // What it answers says how far back it looked: what is older is the command's.
  expect((Date.now() - Date.parse(String(since))) / 86_400_000).toBeCloseTo(4, 2)
  expect(shop.logs()).toContain('"event":"reconcile.difference"')
})

test('one sale that can not be recorded keeps none of the others from it', async () => {
  const [fine, broken] = [await shop.sell(), await shop.sell()]
  shop.stripe.setDeliveries({ drop: true })
  // Walked from the newest on: the broken one comes first.
  for (const { productId } of [fine, broken])
    await shop.stripe.pay(await shop.checkout({ productId }), { email: someone('daily') })
  shop.stripe.setDeliveries({})
  await shop.db.execute(
    sql.raw(`create trigger broken_sale before insert on egghead_Purchase for each row
      if new.productId = '${broken.productId}' then signal sqlstate '45000'; end if`),
  )
  try {
    expect((await shop.cron('reconcile')).status).toBe(200)
    expect(await shop.purchases(fine.productId)).toHaveLength(1)
    expect(await shop.purchases(broken.productId)).toHaveLength(0)
    expect(shop.logs()).toContain('"event":"reconcile.failed"')
  } finally {
    await shop.db.execute(sql.raw('drop trigger broken_sale'))
  }
  await shop.cron('reconcile')
  expect(await shop.purchases(broken.productId)).toHaveLength(1)
})

describe('a run in this process', () => {
  const run = (budgetMs = 30_000) => {
    const { STRIPE_SECRET_KEY: secretKey = '', STRIPE_API_BASE_URL: baseUrl = '' } = shop.env
    return reconcileRecent(commerceOn(shop, { secretKey, baseUrl }), { budgetMs })
  }

  test('compares the last four days, and what is older is left to whoever asks for it', async () => {
    const { productId, priceId } = await shop.sell()
    shop.stripe.setDeliveries({ drop: true })
    for (const hours of [4 * 24 - 1, 4 * 24 + 1]) {
      await shop.stripe.setClock(-hours * 3600)
      const { id } = await shop.client.checkout.sessions.create({
        mode: 'payment',
        line_items: [{ price: priceId, quantity: 1 }],
        success_url: 'https://shop.example.com/',
        metadata: { source: 'egghead-next' },
      })
      await shop.stripe.pay(id, { email: someone(`paid-${hours}-hours-ago`) })
    }
    await shop.stripe.setClock(0)
    shop.stripe.setDeliveries({})
    await run()
    expect((await shop.checkouts(productId)).map(({ email }) => email)).toEqual([
      expect.stringContaining('paid-95-hours-ago'),
    ])
  })

  test('says that it was cut off by its time; what fails before that is thrown', async () => {
    shop.stripe.setFaults({ latencyMs: 300 })
    expect(await run(100)).toMatchObject({ finished: false })
    shop.stripe.setFaults({ failRate: 1 })
    await expect(run()).rejects.toThrow()
    shop.stripe.setFaults({})
    expect(await run()).toMatchObject({ finished: true })
  })

  test('waits for a page of sessions longer than a buyer would, and asks once more where it was cut off', async () => {
    const path = '/v1/checkout/sessions'
    const pagesAskedFor = () => shop.stripe.requests().filter((request) => request.path === path).length
    shop.stripe.clearRequests()
    shop.stripe.setFaults({ latencyMs: 4500 })
    const slow = run()
    await expect.poll(pagesAskedFor).toBe(1)
    shop.stripe.setFaults({})
    expect(await slow).toMatchObject({ finished: true })
    expect(pagesAskedFor()).toBe(1)
    shop.stripe.setFaults({ failNext: { count: 1, status: 'cut', path } })
    expect(await run()).toMatchObject({ finished: true })
    expect(pagesAskedFor()).toBe(3)
  })
})

test('holds have a route of their own', async () => {
  expect(await shop.cron('holds')).toMatchObject({ status: 200, body: { swept: 0, unswept: 0 } })
})

test('vercel.json calls the routes that there are', async () => {
  const text = await readFile(new URL('../../vercel.json', import.meta.url), 'utf8')
  const { crons } = z.object({ crons: z.array(z.object({ path: z.string() })) }).parse(JSON.parse(text))
  expect(crons).toHaveLength(4)
  for (const { path } of crons) expect((await shop.send(path)).status, path).toBe(401)
})
