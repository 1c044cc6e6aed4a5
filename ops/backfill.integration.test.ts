import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { eq, like, lt } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import * as tables from '@/db/schema'
import { openShop, type Shop, someone } from '@/sandbox/testing/shop'
import { jsonLines, type Ran, runOps } from './testing/run'

/** `OPS_SALES=100000` is the long form. */
const SALES = Number(process.env.OPS_SALES) || 600
const SINCE = '2026-01-01'
const DAY_S = 86_400

// Each command is a process of its own, which takes its time on a small machine.
vi.setConfig({ testTimeout: 180_000 })

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.stop())

const cursors = () => shop.db.select().from(tables.setting).where(like(tables.setting.key, 'backfill:%'))

/** Resolves once the first page is done. @throws with what the command said, where it ended before that */
async function underWay(running: Promise<Ran>): Promise<void> {
  let ended: Ran | undefined
  void running.then((ran) => {
    ended = ran
  })
  while ((await cursors()).length === 0) {
    if (ended)
      throw new Error(`It ended with ${ended.code} before a page was done:\n${ended.out}${ended.err}`)
    await sleep(20)
  }
}

/** So many sales of the past, copies of one that was paid through a payment link, each with a charge and a buyer of its own. */
async function sellInThePast(paymentLinkId: string, sales: number): Promise<void> {
  const { id } = shop.stripe.openLink(paymentLinkId)
  await shop.stripe.pay(id, { email: someone() })
  const state = shop.stripe.snapshot()
  const session = state.sessions[id]
  const intent = state.paymentIntents[session?.payment_intent ?? '']
  const charge = state.charges[intent?.latest_charge ?? '']
  const notes = state.notes[id]
  if (!session || !intent || !charge || !notes) throw new Error('the sale to copy is not there')
  for (let at = 1; at < sales; at++) {
    const created = session.created - DAY_S - at
    const [sessionId, intentId, chargeId] = [`${id}${at}`, `${intent.id}x${at}`, `${charge.id}x${at}`]
    const details = session.customer_details && {
      ...session.customer_details,
      // One in ten buys again.
      email: `past.${at % Math.ceil(sales * 0.9)}@example.com`,
    }
    state.sessions[sessionId] = {
      ...session,
      id: sessionId,
      created,
      payment_intent: intentId,
      customer: null,
      customer_details: details,
    }
    state.notes[sessionId] = notes
    state.paymentIntents[intentId] = { ...intent, id: intentId, latest_charge: chargeId }
    state.charges[chargeId] = { ...charge, id: chargeId, created, payment_intent: intentId }
  }
  shop.stripe.restore(state)
}

test('past sales are imported once, though it is killed in the middle', async () => {
  const { productId, paymentLinkId } = await shop.sell()
  shop.stripe.setDeliveries({ drop: true })
  await sellInThePast(paymentLinkId, SALES)
  shop.stripe.setDeliveries({ drop: true })
  const count = () => shop.db.$count(tables.purchase, eq(tables.purchase.productId, productId))
  const args = ['backfill', '--since', SINCE, '--json']

  const dry = await runOps(args, shop.env)
  expect(dry).toMatchObject({ code: 0, err: '' })
  expect(jsonLines(dry.out)).toEqual([
    { walked: SALES, recorded: SALES, known: 0, parked: 0, written: false },
  ])
  expect(await count()).toBe(0)

  let child: ChildProcess | undefined
  const started = performance.now()
  const killed = runOps([...args, '--yes'], shop.env, (running) => {
    child = running
  })
  await underWay(killed)
  child?.kill('SIGKILL')
  await killed
  const half = await count()
  expect(half).toBeGreaterThan(0)
  expect(half).toBeLessThan(SALES)

  shop.stripe.clearRequests()
  const rest = await runOps([...args, '--yes'], { ...shop.env, NODE_OPTIONS: '--max-old-space-size=160' })
  expect(rest).toMatchObject({ code: 0, err: '' })
  const seconds = (performance.now() - started) / 1000
  expect(await count()).toBe(SALES)
  expect(jsonLines(rest.out)).toEqual([expect.objectContaining({ walked: SALES, parked: 0, written: true })])
  // It went on where it was killed, not at the newest sale, with one call a hundred sessions.
  const lists = shop.stripe.requests().filter(({ path }) => path === '/v1/checkout/sessions')
  expect(lists[0]?.params).toHaveProperty('starting_after')
  expect(shop.stripe.requests()).toHaveLength(lists.length)
  expect(await cursors()).toEqual([])
  if (process.env.OPS_SALES) process.stdout.write(`${SALES} sales in ${seconds.toFixed(0)} s\n`)

  const again = await runOps([...args, '--yes'], shop.env)
  expect(jsonLines(again.out)).toEqual([
    expect.objectContaining({ walked: SALES, recorded: 0, known: SALES }),
  ])
  expect(await count()).toBe(SALES)
  // Nobody of the past is written to, and each purchase is dated by when its money was taken.
  expect(await shop.db.$count(tables.outbox)).toBe(0)
  const yesterday = new Date(Date.now() - DAY_S * 1000)
  expect(await shop.db.$count(tables.purchase, lt(tables.purchase.createdAt, yesterday))).toBe(SALES - 1)
}, 7_200_000)

test('Ctrl-C ends it cleanly, and the same command goes on', async () => {
  let child: ChildProcess | undefined
  await shop.db.delete(tables.checkoutSession)
  const stopped = runOps(['backfill', '--since', SINCE, '--yes'], shop.env, (running) => {
    child = running
  })
  await underWay(stopped)
  // The terminal's, and the one that npm passes on.
  for (const _ of [1, 2]) child?.kill('SIGINT')
  expect(await stopped).toMatchObject({ code: 130, err: expect.stringContaining('Stopped.') })
  expect(await cursors()).toHaveLength(1)
}, 120_000)

test('money for an unknown product that was met before it was killed is counted when it goes on', async () => {
  const [oldest] = Object.values(shop.stripe.snapshot().sessions).sort((a, b) => a.created - b.created)
  const since = '2026-01-02T00:00:00.000Z'
  await shop.db.insert(tables.setting).values({
    key: `backfill:${since}`,
    value: { after: oldest?.id, startedAt: new Date().toISOString(), walked: 100, recorded: 98, parked: 2 },
  })
  const { code, out } = await runOps(['backfill', '--since', since, '--yes', '--json'], shop.env)
  expect(jsonLines(out)).toEqual([{ walked: 100, recorded: 98, known: 0, parked: 2, written: true }])
  expect(code).toBe(1)
})
