import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as tables from '@/db/schema'
import { runOps } from '@/ops/testing/run'
import { newVisitor, openShop, type Shop, someone } from '@/sandbox/testing/shop'

/** What Course Builder's own code writes into the rows that we write into too, before, between and after. */

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.stop())

async function purchaseOf(sessionId: string) {
  const { purchaseId } = await shop.checkoutOf(sessionId)
  const [row] = await shop.db
    .select()
    .from(tables.purchase)
    .where(eq(tables.purchase.id, purchaseId ?? ''))
  if (!row) throw new Error(`${sessionId} has no purchase`)
  return row
}

async function couponOf(sessionId: string) {
  const { bulkCouponId } = await purchaseOf(sessionId)
  const [row] = await shop.db
    .select()
    .from(tables.coupon)
    .where(eq(tables.coupon.id, bulkCouponId ?? ''))
  if (!row) throw new Error(`${sessionId} has no coupon`)
  return row
}

/** What its webhook does with a buyer's next bulk purchase: the seats are added to the coupon that they have. */
async function buysMoreThere(sessionId: string, seats: number): Promise<void> {
  const { bulkCouponId, userId, productId, organizationId } = await purchaseOf(sessionId)
  await shop.db
    .update(tables.coupon)
    .set({ maxUses: sql`${tables.coupon.maxUses} + ${seats}` })
    .where(eq(tables.coupon.id, bulkCouponId ?? ''))
  await shop.db.insert(tables.purchase).values({
    id: `purch_theirs_${sessionId.slice(-8)}`,
    userId,
    productId,
    organizationId,
    bulkCouponId,
    totalAmount: '100.00',
    status: 'Valid',
  })
}

describe("a bulk purchase whose coupon got another one's seats too", () => {
  const bought = async () => {
    const { productId } = await shop.sell({ capacity: 20 })
    const sessionId = await shop.buy({ productId, quantity: 5 }, { email: someone() })
    await shop.delivered()
    await buysMoreThere(sessionId, 3)
    return { sessionId }
  }

  test('is in order, and its seats stay eight', async () => {
    const { sessionId } = await bought()
    const { body } = await shop.cron('reconcile')
    expect(body).toMatchObject({ differences: 0 })
    expect(await couponOf(sessionId)).toMatchObject({ maxUses: 8, expires: null })
  })

  test('refunded, takes its own seats along and leaves the others', async () => {
    const { sessionId } = await bought()
    shop.stripe.refund({ session: sessionId })
    await shop.delivered()
    expect(await couponOf(sessionId)).toMatchObject({ maxUses: 3, expires: null })
    const { body } = await shop.cron('reconcile')
    expect(body).toMatchObject({ differences: 0 })
    // What is repaired of such a sale puts no seat back.
    const { id } = await purchaseOf(sessionId)
    await shop.db.update(tables.purchase).set({ metadata: null }).where(eq(tables.purchase.id, id))
    await runOps(['reconcile', '--fix'], shop.env)
    expect(await couponOf(sessionId)).toMatchObject({ maxUses: 3, expires: null })
  })

  test('whose refund fails, gets its seats again', async () => {
    const { sessionId } = await bought()
    const { id } = shop.stripe.refund({ session: sessionId })
    await shop.delivered()
    expect((await couponOf(sessionId)).maxUses).toBe(3)
    shop.stripe.failRefund(id)
    await shop.delivered()
    expect(await couponOf(sessionId)).toMatchObject({ maxUses: 8, expires: null })
  })
})

test('a bulk purchase that Course Builder calls refunded, and whose event was lost: the daily reconciliation ends its coupon', async () => {
  const { productId } = await shop.sell()
  const sessionId = await shop.buy({ productId, quantity: 3 }, { email: someone() })
  await shop.delivered()
  const { id } = await purchaseOf(sessionId)
  await shop.db.update(tables.purchase).set({ status: 'Refunded' }).where(eq(tables.purchase.id, id))
  shop.stripe.setDeliveries({ drop: true })
  shop.stripe.refund({ session: sessionId })
  shop.stripe.setDeliveries({})
  await shop.cron('reconcile')
  expect((await couponOf(sessionId)).expires).not.toBeNull()
  expect((await shop.checkoutOf(sessionId)).status).toBe('refunded')
  expect((await shop.cron('reconcile')).body).toMatchObject({ differences: 0 })
})

test('a refund that nobody told us of is told by a repair too, though Stripe is said to be right', async () => {
  const { productId } = await shop.sell()
  const email = someone()
  const sessionId = await shop.buy({ productId, quantity: 3 }, { email })
  await shop.delivered()
  shop.stripe.setDeliveries({ drop: true })
  shop.stripe.refund({ session: sessionId })
  shop.stripe.setDeliveries({})
  await runOps(['reconcile', '--fix', '--stripe-is-right'], shop.env)
  expect(await purchaseOf(sessionId)).toMatchObject({ status: 'Refunded' })
  expect((await couponOf(sessionId)).expires).not.toBeNull()
  await shop.cron('outbox')
  await expect.poll(() => shop.mailTo(email).some((subject) => subject.startsWith('Refunded'))).toBe(true)
})

test('seats of a sale that Course Builder recorded, and refunds, are taken off the coupon that it shares', async () => {
  const { productId } = await shop.sell()
  const sessionId = await shop.buy({ productId, quantity: 5 }, { email: someone() })
  await shop.delivered()
  await buysMoreThere(sessionId, 3)
  await shop.db
    .update(tables.checkoutSession)
    .set({ flags: ['adopted'] })
    .where(eq(tables.checkoutSession.sessionId, sessionId))
  const { id } = await purchaseOf(sessionId)
  await shop.db.update(tables.purchase).set({ status: 'Refunded' }).where(eq(tables.purchase.id, id))
  shop.stripe.refund({ session: sessionId })
  await shop.delivered()
  expect(await couponOf(sessionId)).toMatchObject({ maxUses: 3, expires: null })
})

test('a purchase that Course Builder refunded by hand keeps that, whatever else happens to its charge', async () => {
  const { productId } = await shop.sell()
  const sessionId = await shop.buy({ productId }, { email: someone() })
  await shop.delivered()
  const { id } = await purchaseOf(sessionId)
  await shop.db.update(tables.purchase).set({ status: 'Refunded' }).where(eq(tables.purchase.id, id))
  for (const amount of [100, 200]) {
    shop.stripe.refund({ session: sessionId, amount })
    await shop.delivered()
    expect((await purchaseOf(sessionId)).status).toBe('Refunded')
  }
  await shop.db.update(tables.purchase).set({ status: 'Valid' }).where(eq(tables.purchase.id, id))
})

test('a bulk purchase that Course Builder calls refunded before Stripe tells us hands out no seat any more', async () => {
  const { productId } = await shop.sell()
  const sessionId = await shop.buy({ productId, quantity: 3 }, { email: someone() })
  await shop.delivered()
  const { id } = await purchaseOf(sessionId)
  await shop.db.update(tables.purchase).set({ status: 'Refunded' }).where(eq(tables.purchase.id, id))
  shop.stripe.refund({ session: sessionId })
  await shop.delivered()
  expect((await couponOf(sessionId)).expires).not.toBeNull()
  expect(await shop.checkoutOf(sessionId)).toMatchObject({ status: 'refunded', amountRefunded: 3 * 49_900 })
})

describe('a charge of which Course Builder has not written the purchase yet', () => {
  /** A sale at Stripe, whose charge Course Builder has just written down. */
  async function charged(writtenAt: Date) {
    const { productId } = await shop.sell()
    const email = someone()
    shop.stripe.setDeliveries({ hold: true })
    const sessionId = await shop.buy({ productId }, { email })
    shop.stripe.setDeliveries({})
    const session = await shop.client.checkout.sessions.retrieve(sessionId, {
      expand: ['payment_intent.latest_charge'],
    })
    const intent = session.payment_intent
    const charge = intent !== null && typeof intent === 'object' ? intent.latest_charge : null
    const identifier = charge !== null && typeof charge === 'object' ? charge.id : ''
    const userId = `u_${identifier}`
    await shop.db.insert(tables.user).values({ id: userId, email })
    await shop.db.insert(tables.merchantCharge).values({
      id: `mc_${identifier}`,
      identifier,
      userId,
      merchantAccountId: 'ma',
      merchantProductId: 'mp',
      merchantCustomerId: 'mcus',
      createdAt: writtenAt,
    })
    const event = await shop.eventOf(sessionId, 'checkout.session.completed')
    const write = () =>
      shop.db.insert(tables.purchase).values({
        id: `purch_${identifier}`,
        userId,
        productId,
        merchantChargeId: `mc_${identifier}`,
        totalAmount: '499.00',
        status: 'Valid',
      })
    return { productId, sessionId, event, write }
  }

  test('is looked at again, and the purchase that is written meanwhile is adopted', async () => {
    const { productId, sessionId, event, write } = await charged(new Date())
    expect((await shop.deliver(event)).status).toBe(500)
    expect(await shop.purchases(productId)).toHaveLength(0)
    await write()
    expect((await shop.deliver(event)).status).toBe(200)
    expect(await shop.purchases(productId)).toHaveLength(1)
    expect(await shop.checkoutOf(sessionId)).toMatchObject({ status: 'complete', flags: ['adopted'] })
  })

  test('a minute later gets ours', async () => {
    const { productId, event } = await charged(new Date(Date.now() - 90_000))
    expect((await shop.deliver(event)).status).toBe(200)
    expect(await shop.purchases(productId)).toHaveLength(1)
  })
})

describe("a country's price", () => {
  const inIndia = async (code: string) => {
    const { productId, paymentLinkId } = await shop.sell({
      coupons: { ppp: { IN: code, BR: `${code}_BR` } },
      discounts: [
        { code, percentOff: 60 },
        { code: `${code}_BR`, percentOff: 50 },
      ],
    })
    return { productId, paymentLinkId }
  }

  test('is restricted to the country that it was given for, wherever the card is from', async () => {
    const { productId } = await inIndia('BESIDE_IN')
    const visitor = newVisitor({ country: 'IN' })
    const sessionId = await shop.buy({ productId, couponCode: 'BESIDE_IN' }, { country: 'US' }, visitor)
    expect(await purchaseOf(sessionId)).toMatchObject({ status: 'Restricted', country: 'IN' })
    expect(await shop.checkoutOf(sessionId)).toMatchObject({ country: 'IN' })
  })

  test('through a payment link is restricted to the country of its code', async () => {
    const { paymentLinkId } = await inIndia('BESIDE_LINK')
    const { id } = shop.stripe.openLink(paymentLinkId, { prefilled_promo_code: 'BESIDE_LINK' })
    await shop.stripe.pay(id, { country: 'US' })
    await shop.delivered()
    expect(await purchaseOf(id)).toMatchObject({ status: 'Restricted', country: 'IN' })
  })

  test('at any other price the country is the card’s', async () => {
    const { productId } = await shop.sell()
    const sessionId = await shop.buy({ productId }, { country: 'US' }, newVisitor({ country: 'IN' }))
    expect(await purchaseOf(sessionId)).toMatchObject({ status: 'Valid', country: 'US' })
  })

  test('is also what Course Builder calls one, and stays so after a dispute', async () => {
    const code = 'BESIDE_PPP'
    const { productId } = await shop.sell({ discounts: [{ code, percentOff: 40, public: true }] })
    await shop.db.insert(tables.merchantCoupon).values({
      id: `mcoup_${code}`,
      identifier: code,
      status: 1,
      merchantAccountId: 'ma',
      percentageDiscount: '0.40',
      type: 'ppp',
    })
    const sessionId = await shop.buy({ productId, couponCode: code }, { email: someone() })
    expect((await purchaseOf(sessionId)).status).toBe('Restricted')
    const dispute = shop.stripe.openDispute({ session: sessionId })
    await shop.delivered()
    shop.stripe.closeDispute(dispute.id, 'won')
    await shop.delivered()
    expect((await purchaseOf(sessionId)).status).toBe('Restricted')
  })
})

test('somebody whose personal organization was deleted buys all the same, and is at home again', async () => {
  const { productId } = await shop.sell()
  const email = someone()
  const first = await purchaseOf(await shop.buy({ productId }, { email }))
  await shop.db.delete(tables.organization).where(eq(tables.organization.id, first.organizationId ?? ''))
  const second = await purchaseOf(await shop.buy({ productId, allowDuplicate: true }, { email }))
  expect(second).toMatchObject({
    userId: first.userId,
    organizationMembershipId: first.organizationMembershipId,
  })
  const home = await shop.db
    .select()
    .from(tables.organizationMembership)
    .innerJoin(tables.organization, eq(tables.organization.id, tables.organizationMembership.organizationId))
    .where(eq(tables.organizationMembership.userId, first.userId ?? ''))
  expect(home).toHaveLength(1)
  // Their older purchase follows them there.
  await runOps(['reconcile', '--fix'], shop.env)
  const { organizationId } = await purchaseById(first.id)
  expect(organizationId).toBe(second.organizationId)
})

const purchaseById = async (id: string) => {
  const [row] = await shop.db.select().from(tables.purchase).where(eq(tables.purchase.id, id))
  if (!row) throw new Error(`${id} is gone`)
  return row
}

test('a name is cut where Course Builder still reads it', async () => {
  const { productId } = await shop.sell()
  const email = someone()
  const sessionId = await shop.buy({ productId }, { email, name: '🎓'.repeat(200) })
  const { userId } = await purchaseOf(sessionId)
  const [user] = await shop.db
    .select()
    .from(tables.user)
    .where(eq(tables.user.id, userId ?? ''))
  expect(user?.name).toBe('🎓'.repeat(127))
})
