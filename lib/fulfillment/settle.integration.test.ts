import { randomBytes } from 'node:crypto'
import { eq, like, sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import * as tables from '@/db/schema'
import { fulfill } from './fulfill'
import { database, deps, gate, openWireToStripe, paid, recorded, rowsOf, sandbox, sell } from './wire.testing'

/** A sale is brought to Stripe's present state, whatever its rows say, and what a person or an answer of Stripe's ended stays so. */

openWireToStripe()

async function aSale(quantity = 1) {
  const { priceId, productId } = await sell()
  const { id } = await paid([{ price: priceId, quantity }])
  const { purchase } = await recorded(id)
  return { id, productId, purchase }
}

describe('a charge that was disputed', () => {
  const disputedSale = async () => {
    const { id } = await aSale()
    sandbox.control.openDispute({ session: id })
    await fulfill(deps, id)
    expect((await rowsOf(id)).purchase.status).toBe('Disputed')
    return id
  }
  const tellDisputes = (...statuses: string[]) => {
    gate.hooks.rewrite = (call, answer) =>
      call.startsWith('GET /v1/disputes')
        ? { ...answer, data: statuses.map((status) => ({ id: `dp_${status}`, status })) }
        : answer
  }

  test.for(['won', 'warning_closed', 'prevented'])('and is %s stands again', async (status) => {
    const id = await disputedSale()
    tellDisputes(status)
    await fulfill(deps, id)
    const { purchase, checkout } = await rowsOf(id)
    expect(purchase.status).toBe('Valid')
    expect(checkout).toMatchObject({ status: 'complete', flags: [] })
  })

  test.for([
    { statuses: ['lost'] },
    { statuses: ['under_review'] },
    { statuses: ['warning_needs_response'] },
    // One of several is enough; and where Stripe lists none, the charge itself says so.
    { statuses: ['won', 'needs_response'] },
    { statuses: [] },
  ])('stays disputed while its disputes are $statuses', async ({ statuses }) => {
    const id = await disputedSale()
    tellDisputes(...statuses)
    await fulfill(deps, id)
    const { purchase, checkout } = await rowsOf(id)
    expect(purchase.status).toBe('Disputed')
    expect(checkout).toMatchObject({ status: 'complete' })
  })
})

test('who was banned at Course Builder stays banned, whatever becomes of their money', async () => {
  const { id, purchase } = await aSale()
  await database.db
    .update(tables.purchase)
    .set({ status: 'Banned' })
    .where(eq(tables.purchase.id, purchase.id))
  sandbox.control.refund({ session: id })
  await fulfill(deps, id)
  const rows = await rowsOf(id)
  expect(rows.purchase.status).toBe('Banned')
  expect(rows.checkout).toMatchObject({ status: 'refunded', amountRefunded: 49_900 })
})

test('a refund that fails is told to nobody as one more', async () => {
  const { id, purchase } = await aSale()
  const { id: first } = sandbox.control.refund({ session: id, amount: 9900 })
  sandbox.control.refund({ session: id, amount: 1000 })
  await fulfill(deps, id)
  sandbox.control.failRefund(first)
  await fulfill(deps, id)
  expect((await rowsOf(id)).checkout.amountRefunded).toBe(1000)
  const letters = await database.db
    .select()
    .from(tables.outbox)
    .where(like(tables.outbox.id, `refund:${purchase.id}:%`))
  expect(letters).toHaveLength(1)
})

test('seats of a shared coupon that were claimed stay, though the purchase that paid for them is refunded', async () => {
  const { id, productId, purchase } = await aSale(4)
  const { bulkCouponId, userId, organizationId } = purchase
  // As Course Builder does it with a buyer's next bulk purchase: two seats more on the same coupon, five of six claimed.
  const { coupon } = tables
  await database.db
    .update(coupon)
    .set({ maxUses: sql`${coupon.maxUses} + 2`, usedCount: 5 })
    .where(eq(coupon.id, `${bulkCouponId}`))
  await database.db.insert(tables.purchase).values({
    id: `purch_${randomBytes(8).toString('hex')}`,
    ...{ userId, organizationId, productId, bulkCouponId },
    totalAmount: '100.00',
    status: 'Valid',
  })
  sandbox.control.refund({ session: id })
  await fulfill(deps, id)
  expect(
    await database.db
      .select()
      .from(coupon)
      .where(eq(coupon.id, `${bulkCouponId}`)),
  ).toMatchObject([{ maxUses: 5, usedCount: 5, expires: null }])
})

describe('a checkout', () => {
  const { checkoutSession } = tables
  /** A row of ours for a session, as somebody left it. */
  async function left(row: {
    productId: string
    sessionId: string | null
    status: 'creating' | 'open' | 'failed' | 'expired'
  }) {
    const id = `chk_${randomBytes(8).toString('hex')}`
    const attemptKey = randomBytes(32).toString('hex')
    await database.db.insert(checkoutSession).values({ id, attemptKey, source: 'session', ...row })
    return id
  }
  const statusOf = async (sessionId: string) =>
    (await database.db.select().from(checkoutSession).where(eq(checkoutSession.sessionId, sessionId)))[0]
      ?.status

  /** A session that nobody has paid yet. */
  async function unpaid(price: string, metadata: Record<string, string> = {}) {
    const { id } = await deps.stripe.checkout.sessions.create({
      mode: 'payment',
      line_items: [{ price, quantity: 1 }],
      success_url: 'https://shop.example.com/',
      metadata: { source: 'egghead-next', ...metadata },
    })
    return id
  }

  test.for(['failed', 'expired'] as const)(
    'that Stripe has said is %s is not opened again by an answer from before',
    async (status) => {
      const { productId, priceId } = await sell()
      const id = await unpaid(priceId)
      await left({ productId, sessionId: id, status })
      expect(await fulfill(deps, id)).toEqual({ kind: 'noted', status })
      expect(await statusOf(id)).toBe(status)
    },
  )

  test('whose delayed payment has failed is not under way again by an answer from before', async () => {
    const { productId, priceId } = await sell()
    const id = await unpaid(priceId)
    await left({ productId, sessionId: id, status: 'failed' })
    await sandbox.control.pay(id, { delayed: true })
    expect(await fulfill(deps, id)).toEqual({ kind: 'noted', status: 'failed' })
    await sandbox.control.settle(id)
    expect(await fulfill(deps, id)).toMatchObject({ kind: 'recorded' })
  })

  test('that we gave up without an answer of Stripe’s is open where Stripe says so', async () => {
    const { productId, priceId } = await sell()
    const checkoutId = await left({ productId, sessionId: null, status: 'failed' })
    const id = await unpaid(priceId, { checkoutId })
    expect(await fulfill(deps, id)).toEqual({ kind: 'noted', status: 'open' })
    expect(await statusOf(id)).toBe('open')
  })

  test.for(['open', 'failed', 'expired'] as const)(
    'that we took for %s, and that was paid for what nobody knows, is under way',
    async (status) => {
      const { priceId, productId } = await sell({}, { known: false })
      const { id } = await paid([{ price: priceId }])
      await left({ productId, sessionId: id, status })
      expect(await fulfill(deps, id)).toMatchObject({ kind: 'parked' })
      expect(await statusOf(id)).toBe('processing')
    },
  )

  test('that is recorded stays complete, though nobody knows its product any more', async () => {
    const { id, productId } = await aSale()
    await database.db.delete(tables.merchantProduct).where(eq(tables.merchantProduct.productId, productId))
    await database.db
      .update(tables.product)
      .set({ stripeProductId: null })
      .where(eq(tables.product.id, productId))
    deps.catalogue.forget()
    expect(await fulfill(deps, id)).toMatchObject({ kind: 'parked' })
    expect(await statusOf(id)).toBe('complete')
  })
})
