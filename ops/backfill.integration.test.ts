import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { like } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as tables from '@/db/schema'
import { openShop, type Shop, someone } from '@/sandbox/testing/shop'
import { runOps } from './testing/run'

/** `OPS_SALES=5000` for the longer form. */
const SALES = Number(process.env.OPS_SALES) || 300
const SINCE = '2026-01-01'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.stop())

const cursors = () => shop.db.select().from(tables.setting).where(like(tables.setting.key, 'backfill:%'))

test('past sales are imported once, though it is killed in the middle', async () => {
  const { productId, paymentLinkId } = await shop.sell()
  shop.stripe.setDeliveries({ drop: true })
  for (let sale = 0; sale < SALES; sale++) {
    const { id } = shop.stripe.openLink(paymentLinkId)
    await shop.stripe.pay(id, { email: someone() })
  }
  const count = async () => (await shop.purchases(productId)).length
  const args = ['backfill', '--since', SINCE, '--json']

  const dry = await runOps(args, shop.env)
  expect(dry).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(dry.out)).toMatchObject({ recorded: SALES, written: false })
  expect(await count()).toBe(0)

  let child: ChildProcess | undefined
  const killed = runOps([...args, '--yes'], shop.env, (started) => {
    child = started
  })
  while ((await cursors()).length === 0) await sleep(20)
  child?.kill('SIGKILL')
  await killed
  const half = await count()
  expect(half).toBeGreaterThan(0)
  expect(half).toBeLessThan(SALES)

  shop.stripe.clearRequests()
  const rest = await runOps([...args, '--yes'], shop.env)
  expect(rest).toMatchObject({ code: 0, err: '' })
  expect(await count()).toBe(SALES)
  expect(JSON.parse(rest.out)).toMatchObject({ walked: SALES, parked: 0, written: true })
  // It went on where it was killed, not at the newest sale.
  const list = shop.stripe.requests().find(({ path }) => path === '/v1/checkout/sessions')
  expect(list?.params).toHaveProperty('starting_after')
  expect(await cursors()).toEqual([])

  const again = await runOps([...args, '--yes'], shop.env)
  expect(JSON.parse(again.out)).toMatchObject({ walked: SALES, recorded: 0 })
  expect(await count()).toBe(SALES)
  expect(await shop.db.$count(tables.outbox)).toBe(0)
}, 300_000)
