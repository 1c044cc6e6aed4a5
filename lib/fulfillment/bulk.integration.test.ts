import { inArray } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as tables from '@/db/schema'
import { inParallel, openShop, type Shop, someone } from '@/sandbox/testing/shop'

const BUYS = 50
const PRICE = 12_345

let shop: Shop

beforeAll(async () => {
  shop = await openShop({ LOG_LEVEL: 'warn' })
})
afterAll(() => shop.stop())

type Buy = { sessionId: string; email: string; quantity: number }

/** Opens as many checkouts as there are seats for, then pays all of them at once. Answers what was paid. */
async function buyAtOnce(productId: string, emails: string[]): Promise<Buy[]> {
  const wanted = emails.map((email, index) => ({ email, quantity: 2 + (index % 4) }))
  const opened = await inParallel(wanted, BUYS, async ({ email, quantity }) => {
    const { status, body } = await shop.register({ productId, quantity })
    if (status !== 200) expect(body.code).toBe('sold_out')
    return status === 200 ? [{ sessionId: `${body.sessionId}`, email, quantity }] : []
  })
  const buys = opened.flat()
  await Promise.all(buys.map(({ sessionId, email }) => shop.stripe.pay(sessionId, { email })))
  await shop.delivered()
  return buys
}

/** Every buy is one purchase with a coupon of its own that hands out as many seats as were paid for. */
async function expectOneEach(productId: string, buys: Buy[]): Promise<void> {
  const purchases = await shop.purchases(productId)
  expect(purchases).toHaveLength(buys.length)
  const { coupon } = tables
  const coupons = await shop.db
    .select()
    .from(coupon)
    .where(inArray(coupon.restrictedToProductId, [productId]))
  expect(coupons).toHaveLength(buys.length)
  const checkouts = await shop.checkouts(productId)
  const told = buys.map(({ sessionId, email, quantity }) => {
    const checkout = checkouts.find((row) => row.sessionId === sessionId)
    const purchase = purchases.find(({ id }) => id === checkout?.purchaseId)
    const own = coupons.filter(({ id }) => id === purchase?.bulkCouponId)
    return {
      sessionId,
      email: checkout?.email,
      total: Number(purchase?.totalAmount),
      status: purchase?.status,
      coupons: own.map(({ maxUses, usedCount, percentageDiscount, status }) => ({
        maxUses,
        usedCount,
        share: Number(percentageDiscount),
        status,
      })),
      expected: { email, quantity },
    }
  })
  expect(told).toEqual(
    buys.map(({ sessionId, email, quantity }) => ({
      sessionId,
      email,
      total: (PRICE * quantity) / 100,
      status: 'Valid',
      coupons: [{ maxUses: quantity, usedCount: 0, share: 1, status: 1 }],
      expected: { email, quantity },
    })),
  )
  expect(new Set(purchases.map(({ bulkCouponId }) => bulkCouponId)).size).toBe(buys.length)
}

async function expectPeople(emails: string[]): Promise<void> {
  const { user, organization } = tables
  const users = await shop.db.select().from(user).where(inArray(user.email, emails))
  expect(users).toHaveLength(emails.length)
  const ids = users.map(({ id }) => id)
  const homes = await shop.db
    .select()
    .from(organization)
    .where(inArray(organization.personalOrganizationUserId, ids))
  expect(homes).toHaveLength(emails.length)
}

const price = { amount: PRICE, currency: 'usd' }

test('fifty buyers of several seats at once', { timeout: 120_000 }, async () => {
  const { productId } = await shop.sell({ price })
  const emails = Array.from({ length: BUYS }, () => someone('bulk'))
  const buys = await buyAtOnce(productId, emails)
  expect(buys).toHaveLength(BUYS)
  await expectOneEach(productId, buys)
  await expectPeople(emails)
})

test('one buyer of several seats, fifty times at once', { timeout: 120_000 }, async () => {
  const { productId } = await shop.sell({ price })
  const email = someone('bulk')
  const buys = await buyAtOnce(productId, Array<string>(BUYS).fill(email))
  expect(buys).toHaveLength(BUYS)
  await expectOneEach(productId, buys)
  await expectPeople([email])
})

test('where seats are limited, no more are handed out than there are', { timeout: 120_000 }, async () => {
  const capacity = 60
  const { productId } = await shop.sell({ price, capacity })
  const emails = Array.from({ length: BUYS }, () => someone('bulk'))
  const buys = await buyAtOnce(productId, emails)
  const seats = buys.reduce((sum, { quantity }) => sum + quantity, 0)
  expect(seats).toBeLessThanOrEqual(capacity)
  // The largest order is of five seats: nobody is sent away while that many are left.
  expect(seats).toBeGreaterThan(capacity - 5)
  await expectOneEach(productId, buys)
  expect((await shop.checkouts(productId)).flatMap(({ flags }) => flags)).toEqual([])
})
