import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import * as tables from '@/db/schema'
import { fromMajor } from '@/lib/pricing/money'
import { openShop, type Shop, someone } from '@/sandbox/testing/shop'
import { jsonLines, runOps } from './testing/run'

// Each command is a process of its own, which takes its time on a small machine.
vi.setConfig({ testTimeout: 180_000 })

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.stop())

const ops = (...args: string[]) => runOps(args, shop.env)

test('a parked event is found, looked at, and worked on again once its product is known', async () => {
  const { productId, paymentLinkId } = await shop.sell()
  const [mapping] = await shop.db
    .select()
    .from(tables.merchantProduct)
    .where(eq(tables.merchantProduct.productId, productId))
  if (!mapping) throw new Error('no mapping')
  await shop.db.delete(tables.merchantProduct).where(eq(tables.merchantProduct.productId, productId))
  await shop.db.update(tables.product).set({ stripeProductId: null }).where(eq(tables.product.id, productId))
  const { id } = shop.stripe.openLink(paymentLinkId)
  await shop.stripe.pay(id, { email: someone() })
  await shop.delivered()
  const listed = jsonLines((await ops('events', 'list', '--status', 'parked', '--json')).out)
  expect(listed).toEqual([
    expect.objectContaining({ type: 'checkout.session.completed', status: 'parked', objectId: id }),
  ])
  const event = String(listed[0]?.id)
  expect(JSON.parse((await ops('events', 'show', event)).out)).toMatchObject({ id: event, status: 'parked' })

  const still = await ops('events', 'replay', event, '--yes')
  expect(still).toMatchObject({ code: 1, out: expect.stringContaining('parked: unknown product') })
  await shop.db.insert(tables.merchantProduct).values(mapping)
  expect(await ops('events', 'replay', '--parked')).toMatchObject({
    code: 0,
    out: expect.stringContaining('1 event would be'),
  })
  expect(await shop.purchases(productId)).toHaveLength(0)
  expect(await ops('events', 'replay', '--parked', '--yes')).toMatchObject({ code: 0, err: '' })
  expect(await shop.purchases(productId)).toHaveLength(1)
  expect(await ops('events', 'replay', event, '--yes')).toMatchObject({ code: 0 })
  expect(await shop.purchases(productId)).toHaveLength(1)
})

test('a parked event that can not be worked on now waits anew, and keeps none of the others waiting', async () => {
  const { productId } = await shop.sell()
  shop.stripe.setDeliveries({ drop: true })
  const sessions = [await shop.buy({ productId }), await shop.buy({ productId })]
  shop.stripe.setDeliveries({})
  const events = []
  for (const sessionId of sessions) {
    const { id, type, created } = await shop.eventOf(sessionId, 'checkout.session.completed')
    const payload = { data: { object: { id: sessionId } } }
    await shop.db.insert(tables.stripeEvent).values({
      id,
      type,
      created: created + events.length,
      objectId: sessionId,
      payload,
      status: 'parked',
      attempts: 80,
    })
    events.push(id)
  }
  const [first, second] = events
  // The one call about the first; SDKs of a batch ask five times more.
  shop.stripe.setFaults({ failNext: { count: 6, status: 500 } })
  const replayed = await ops('events', 'replay', '--parked', '--yes', '--json')
  shop.stripe.setFaults({})
  expect(replayed).toMatchObject({ code: 1, err: '' })
  expect(jsonLines(replayed.out)).toMatchObject([
    { id: first, outcome: 'postponed', reason: expect.any(String) },
    { id: second, outcome: 'recorded' },
  ])
  const [waiting] = await shop.db
    .select()
    .from(tables.stripeEvent)
    .where(eq(tables.stripeEvent.id, String(first)))
  expect(waiting).toMatchObject({ status: 'pending', attempts: 1 })
  expect(await ops('events', 'replay', String(first), '--yes')).toMatchObject({ code: 0 })
  expect(await shop.purchases(productId)).toHaveLength(2)
})

test('a waiting event is parked with its reason; one that is done is not', async () => {
  const { productId } = await shop.sell()
  const sessionId = await shop.buy({ productId }, { email: someone() })
  await shop.delivered()
  const { id } = await shop.eventOf(sessionId, 'checkout.session.completed')
  expect(await ops('events', 'park', id, '--reason', 'why', '--yes')).toMatchObject({ code: 1 })
  await shop.db
    .update(tables.stripeEvent)
    .set({ status: 'pending', nextAttemptAt: new Date('2037-01-01') })
    .where(eq(tables.stripeEvent.id, id))
  expect(await ops('events', 'park', id, '--reason', 'looked into by hand', '--yes')).toMatchObject({
    code: 0,
  })
  expect(await shop.inbox(sessionId, 'checkout.session.completed')).toMatchObject([
    { status: 'parked', reason: 'looked into by hand' },
  ])
  expect(await ops('events', 'ignore', id, '--reason', 'settled')).toMatchObject({ code: 0 })
  const asked = await ops('events', 'ignore', id, '--reason', 'settled', '--json')
  expect(jsonLines(asked.out)).toEqual([{ ignored: 1, written: false }])
  const again = await ops('events', 'replay', id, '--json')
  expect(jsonLines(again.out)).toEqual([{ due: 1, written: false }])
  expect(await shop.inbox(sessionId, 'checkout.session.completed')).toMatchObject([{ status: 'parked' }])
  expect(await ops('events', 'ignore', id, '--reason', 'settled', '--yes')).toMatchObject({ code: 0 })
  expect(await shop.inbox(sessionId, 'checkout.session.completed')).toMatchObject([
    { status: 'ignored', reason: 'settled' },
  ])
  expect(await ops('events', 'ignore', id, '--reason', 'settled', '--yes')).toMatchObject({ code: 1 })
})

test('what can not be done is wrong usage', async () => {
  for (const wrong of [
    ['events', 'replay'],
    ['events', 'replay', 'evt_nobody', '--yes'],
    ['events', 'show', 'evt_nobody'],
    ['events', 'list', '--status', 'lost'],
    ['events', 'list', '--limit', '0'],
    ['outbox', 'show', 'nothing'],
    ['outbox', 'retry', 'nothing', '--yes'],
    ['outbox', 'cancel', 'nothing', '--yes'],
    ['events', 'replay', '', '--yes'],
  ])
    expect(await ops(...wrong), wrong.join(' ')).toMatchObject({ code: 2, out: '' })
})

test('a message that was given up is sent again; one that waits is cancelled', async () => {
  const { productId } = await shop.sell()
  const email = someone('outbox')
  const sessionId = await shop.buy({ productId }, { email })
  await shop.delivered()
  const { purchaseId } = await shop.checkoutOf(sessionId)
  const id = `confirmation:${purchaseId}`
  const row = async () => (await shop.db.select().from(tables.outbox).where(eq(tables.outbox.id, id)))[0]
  await expect.poll(async () => (await row())?.status, { timeout: 15_000 }).toBe('sent')
  expect(await ops('outbox', 'retry', id, '--yes')).toMatchObject({ code: 1 })
  expect(await ops('outbox', 'cancel', id, '--yes')).toMatchObject({
    code: 1,
    out: '0 of 1 effect cancelled.\n',
  })
  expect((await row())?.status).toBe('sent')
  await shop.db
    .update(tables.outbox)
    .set({ status: 'dead', attempts: 12, createdAt: new Date('2026-01-01'), lastError: 'refused' })
    .where(eq(tables.outbox.id, id))
  expect((await ops('outbox', 'list', '--status', 'dead')).out).toContain(id)
  expect(JSON.parse((await ops('outbox', 'show', id)).out)).toMatchObject({ lastError: 'refused' })
  expect(await ops('outbox', 'retry', '--dead')).toMatchObject({ code: 0 })
  expect((await row())?.status).toBe('dead')
  expect(await ops('outbox', 'retry', '--dead', '--yes')).toMatchObject({ code: 0, err: '' })
  // Three days from now on, not from when it was written: else its next failure would be its last.
  expect(Date.now() - Number((await row())?.createdAt)).toBeLessThan(60_000)
  await shop.cron('outbox')
  expect((await row())?.status).toBe('sent')
  expect(shop.mailTo(email)).toHaveLength(2)

  await shop.db
    .update(tables.outbox)
    .set({ status: 'pending', nextAttemptAt: new Date('2037-01-01') })
    .where(eq(tables.outbox.id, id))
  expect(await ops('outbox', 'cancel', id, '--yes')).toMatchObject({ code: 0 })
  await shop.makeDue()
  await shop.cron('outbox')
  expect(await row()).toMatchObject({ status: 'cancelled', lastError: 'cancelled by hand' })
  expect(await ops('outbox', 'retry', id, '--yes')).toMatchObject({ code: 1 })
  expect((await row())?.status).toBe('cancelled')
  // What was given up and is settled need not be counted for ever.
  await shop.db.update(tables.outbox).set({ status: 'dead' }).where(eq(tables.outbox.id, id))
  expect(await ops('outbox', 'cancel', id, '--yes')).toMatchObject({ code: 0 })
  expect((await row())?.status).toBe('cancelled')
})

test('the export has a line for each sale, and no cell that a spreadsheet would run', async () => {
  const { productId } = await shop.sell()
  const sessionId = await shop.buy({ productId }, { email: someone('export') })
  await shop.delivered()
  shop.stripe.refund({ session: sessionId, amount: 1050 })
  await shop.delivered()
  const checkout = await shop.checkoutOf(sessionId)
  const name = '=HYPERLINK("https://evil.example","a, b")\nand more'
  await shop.db.execute(
    `update egghead_User u join egghead_Purchase p on p.userId = u.id set u.name = '${name.replace('\n', '\\n')}' where p.id = '${checkout.purchaseId}'`,
  )
  const { out, err, code } = await ops('export', '--csv')
  expect({ err, code }).toEqual({ err: '', code: 0 })
  const line = out.slice(out.indexOf(checkout.purchaseId ?? '-'))
  expect(out.split('\n')[0]).toMatch(
    /^purchaseId,createdAt,status,productId,email,name,quantity,currency,total/,
  )
  expect(line).toContain(
    `"'=HYPERLINK(""https://evil.example"",""a, b"")\nand more",1,usd,499.00,10.50,${sessionId},`,
  )
  expect(line).toContain(checkout.chargeId)
  expect((await ops('export', '--csv', '--since', '2099-01-01')).out.trim().split('\n')).toHaveLength(1)
  expect(await ops('export')).toMatchObject({ code: 2 })
})

test('export and report add up to what Stripe took and gave back, to the smallest unit, in each currency', async () => {
  const exported = new Map<string, { total: number; refunded: number }>()
  const sold = []
  for (const [currency, amount, back] of [
    ['usd', 49_933, 1],
    ['eur', 39_001, 39_001],
    ['jpy', 32_001, 7],
    ['kwd', 12_340, 10],
  ] as const) {
    const { productId } = await shop.sell({ price: { amount, currency } })
    const sessions = [await shop.buy({ productId }), await shop.buy({ productId, quantity: 3 })]
    shop.stripe.refund({ session: sessions[0], amount: back })
    await shop.delivered()
    sold.push({ productId, currency, sessions })
  }
  const { out } = await ops('export', '--csv')
  for (const line of out.split('\n')) {
    const [, , , productId = '', , , , currency = '', total = '', refunded = ''] = line.split(',')
    if (!sold.some((one) => one.productId === productId)) continue
    const sum = exported.get(productId) ?? { total: 0, refunded: 0 }
    sum.total += fromMajor(total, currency).amount
    sum.refunded += fromMajor(refunded, currency).amount
    exported.set(productId, sum)
  }
  const { charges } = shop.stripe.snapshot()
  for (const { productId, currency, sessions } of sold) {
    let [total, refunded] = [0, 0]
    for (const sessionId of sessions) {
      const charge = charges[(await shop.checkoutOf(sessionId)).chargeId ?? '']
      total += charge?.amount ?? 0
      refunded += charge?.amount_refunded ?? 0
    }
    expect(exported.get(productId), currency).toEqual({ total, refunded })
    const report = jsonLines((await ops('report', '--product', productId, '--json')).out)
    expect(report).toMatchObject([{ variants: [{ revenue: [{ currency, amount: total, refunded }] }] }])
  }

  // A row that somebody has damaged ends neither, and makes up no currency.
  const [damaged] = sold
  await shop.db
    .update(tables.checkoutSession)
    .set({ currency: null, amountTotal: null })
    .where(eq(tables.checkoutSession.sessionId, damaged?.sessions[0] ?? ''))
  const { purchaseId } = await shop.checkoutOf(damaged?.sessions[0] ?? '')
  const line = (await ops('export', '--csv')).out.split('\n').find((one) => one.startsWith(`${purchaseId},`))
  expect(line).toContain(',1,,499.33,,cs_')
  const left = jsonLines((await ops('report', '--product', damaged?.productId ?? '', '--json')).out)
  expect(left).toMatchObject([{ variants: [{ revenue: [{ currency: 'usd', amount: 149_799 }] }] }])
})
