import { randomBytes } from 'node:crypto'
import { and, eq, like } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import * as tables from '@/db/schema'
import { fulfill } from './fulfill'
import { fulfillCharge } from './fulfill-charge'
import { dueEvent, store } from './inbox'
import {
  alarms,
  database,
  deps,
  type Fields,
  gate,
  openWireToStripe,
  paid,
  recorded,
  rowsOf,
  sandbox,
  sell,
} from './wire.testing'
import { work } from './work'

/** What was read too early, told from elsewhere, given up at last, or configured after it was paid. */

openWireToStripe()

const effectsOf = (name: string, kind: string) =>
  database.db
    .select()
    .from(tables.outbox)
    .where(and(like(tables.outbox.id, `%${name}%`), like(tables.outbox.kind, kind)))

/** Something to wait for, and the hand that brings it about. */
function signal() {
  const made: { promise: Promise<void>; resolve: () => void } = { promise: Promise.resolve(), resolve: quiet }
  made.promise = new Promise<void>((resolve) => {
    made.resolve = resolve
  })
  return made
}

const quiet = () => undefined

describe('what was asked before somebody else wrote', () => {
  /** The next answer about a session is kept on its way until `release`. */
  function holdNextAnswer() {
    const held = signal()
    const asked = signal()
    gate.hooks.after = (call) => {
      if (!call.startsWith('GET /v1/disputes')) return
      gate.hooks.after = undefined
      asked.resolve()
      return held.promise
    }
    return { asked: asked.promise, release: () => held.resolve() }
  }

  test('a dispute that was won meanwhile stays won', async () => {
    const { priceId } = await sell()
    const { id } = await paid([{ price: priceId }])
    await recorded(id)
    const dispute = sandbox.control.openDispute({ session: id })
    const { asked, release } = holdNextAnswer()
    const slow = fulfillCharge(deps, dispute.charge, dispute.payment_intent ?? undefined)
    await asked
    await fulfill(deps, id)
    expect((await rowsOf(id)).purchase.status).toBe('Disputed')
    sandbox.control.closeDispute(dispute.id, 'won')
    await fulfill(deps, id)
    expect((await rowsOf(id)).purchase.status).toBe('Valid')
    release()
    await slow
    expect((await rowsOf(id)).purchase.status).toBe('Valid')
  })

  test('a second dispute is told to Course Builder like the first', async () => {
    const { priceId } = await sell()
    const { id } = await paid([{ price: priceId }])
    const { checkout } = await recorded(id)
    const told = async () =>
      (await effectsOf(`${checkout.chargeId}`, 'inngest.purchase-status')).map(
        ({ payload }) => payload.status,
      )
    const { id: dispute } = sandbox.control.openDispute({ session: id })
    for (const status of ['needs_response', 'won', 'needs_response', 'won']) {
      gate.hooks.rewrite = (call, answer) =>
        call.startsWith('GET /v1/disputes') ? { ...answer, data: [{ id: dispute, status }] } : answer
      await fulfill(deps, id)
    }
    expect((await told()).sort()).toEqual(['Disputed', 'Disputed', 'Valid', 'Valid'])
  })

  test('a partial refund and a dispute, seen together, are both told', async () => {
    const { priceId } = await sell()
    const { id } = await paid([{ price: priceId }])
    const { checkout, purchase } = await recorded(id)
    sandbox.control.refund({ session: id, amount: 100 })
    sandbox.control.openDispute({ session: id })
    await fulfill(deps, id)
    expect(await effectsOf(`${checkout.chargeId}`, 'inngest.purchase-status')).toMatchObject([
      { payload: { status: 'Disputed' } },
    ])
    expect(await effectsOf(purchase.id, 'email.refund')).toHaveLength(1)
  })
})

test('a bulk purchase that is refunded hands out no seats any more', async () => {
  const { priceId } = await sell()
  const { id } = await paid([{ price: priceId, quantity: 4 }])
  const { purchase } = await recorded(id)
  const couponNow = async () => {
    const [row] = await database.db
      .select()
      .from(tables.coupon)
      .where(eq(tables.coupon.id, `${purchase.bulkCouponId}`))
    return row
  }
  sandbox.control.refund({ session: id, amount: 49_900 })
  await fulfill(deps, id)
  expect(await couponNow()).toMatchObject({ maxUses: 4, expires: null })
  sandbox.control.refund({ session: id, amount: 3 * 49_900 })
  await fulfill(deps, id)
  expect(await couponNow()).toMatchObject({ maxUses: 4, expires: expect.any(Date) })
})

describe('an event', () => {
  async function receive(object: Fields, change: Fields = {}) {
    const event = {
      id: `evt_${randomBytes(8).toString('hex')}`,
      object: 'event',
      type: 'checkout.session.completed',
      created: 1_764_000_000,
      data: { object },
      ...change,
    }
    await store(database.db, event as never, deps.now())
    const outcome = await work(deps, dueEvent({ ...event, payload: event })).catch(() => 'put off')
    const [row] = await database.db
      .select()
      .from(tables.stripeEvent)
      .where(eq(tables.stripeEvent.id, event.id))
    return { outcome, status: row?.status, reason: row?.reason ?? '', id: event.id, event }
  }
  const nowhere = () => ({ id: `cs_test_${randomBytes(8).toString('hex')}` })

  test('of a connected account, whose sessions are out of our reach, is ignored', async () => {
    const { status, reason } = await receive(nowhere(), { account: 'acct_other' })
    expect({ status, reason }).toEqual({ status: 'ignored', reason: 'of the connected account acct_other' })
    expect(alarms).toEqual([])
  })

  test('of the other mode is ignored, and one of ours that is missing is parked', async () => {
    expect(await receive(nowhere(), { livemode: true })).toMatchObject({
      status: 'ignored',
      reason: expect.stringContaining('live mode'),
    })
    expect(await receive(nowhere(), { livemode: false })).toMatchObject({ status: 'parked' })
    expect(alarms).toMatchObject([{ event: 'webhook.worked', outcome: 'parked' }])
  })

  test('as older API versions wrote it is worked on like any other', async () => {
    const { priceId } = await sell()
    const { id } = await paid([{ price: priceId }])
    const old = { id, object: 'checkout.session', display_items: [], payment_intent: { id: 'pi_expanded' } }
    expect(await receive(old, { api_version: '2019-05-16' })).toMatchObject({ status: 'processed' })
  })

  test('that another server was done with while it failed here is neither put off nor parked', async () => {
    const { priceId } = await sell()
    const { id } = await paid([{ price: priceId }])
    const { stripeEvent } = tables
    gate.hooks.before = async () => {
      // Long tried: one failure more, and it would be parked.
      await database.db
        .update(stripeEvent)
        .set({ status: 'processed', attempts: 79 })
        .where(eq(stripeEvent.objectId, id))
      throw new Error('nobody there')
    }
    try {
      expect(await receive({ id })).toMatchObject({ outcome: 'put off', status: 'processed', reason: '' })
      expect(alarms).toEqual([])
    } finally {
      gate.hooks.before = undefined
    }
  })

  test('that fails for three days is parked in the end, and shouted about', async () => {
    const { priceId } = await sell()
    const { id } = await paid([{ price: priceId }])
    gate.hooks.before = () => {
      throw new Error('nobody there')
    }
    try {
      const first = await receive({ id })
      expect(first).toMatchObject({ outcome: 'put off', status: 'pending' })
      await database.db
        .update(tables.stripeEvent)
        .set({ attempts: 79 })
        .where(eq(tables.stripeEvent.id, first.id))
      expect(alarms).toEqual([])
      await work(deps, dueEvent({ ...first.event, payload: first.event })).catch(() => undefined)
      expect(alarms).toMatchObject([{ stripeEventId: first.id, outcome: 'parked' }])
    } finally {
      gate.hooks.before = undefined
    }
  })
})

test('paid for what nobody here knows yet: under way to its buyer, and recorded once it is configured', async () => {
  const sold = await sell({}, { known: false })
  const { id } = await paid([{ price: sold.priceId }])
  await database.db.insert(tables.checkoutSession).values({
    id: `chk_${id.slice(-20)}`,
    attemptKey: randomBytes(32).toString('hex'),
    sessionId: id,
    status: 'open',
    productId: sold.productId,
    source: 'session',
  })
  const { checkoutSession } = tables
  const statusNow = async () =>
    (await database.db.select().from(checkoutSession).where(eq(checkoutSession.sessionId, id)))[0]?.status
  expect(await fulfill(deps, id)).toMatchObject({ kind: 'parked' })
  expect(await statusNow()).toBe('processing')
  expect(alarms).toMatchObject([{ event: 'sale.unknown_product', sessionId: id }])
  await sold.addRows()
  await recorded(id)
  expect(await statusNow()).toBe('complete')
})
