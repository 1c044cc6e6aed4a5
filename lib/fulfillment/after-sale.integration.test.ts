import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import * as tables from '@/db/schema'
import { newVisitor, openShop, type Shop, someone, type WorkshopOnSale } from '@/sandbox/testing/shop'

let shop: Shop

beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.stop())
afterEach(() => shop.stripe.setDeliveries({}))

const purchaseOf = async (sessionId: string) => {
  const { purchaseId } = await shop.checkoutOf(sessionId)
  const [row] = await shop.db
    .select()
    .from(tables.purchase)
    .where(eq(tables.purchase.id, purchaseId ?? ''))
  return row
}

async function mailsTo(address: string, count: number) {
  await shop.delivered()
  const arrived = async () => {
    await shop.cron('outbox')
    return shop.mailTo(address)
  }
  await expect.poll(arrived, { timeout: 15_000 }).toHaveLength(count)
  return shop.mailTo(address)
}

describe('a payment that takes days', () => {
  test('is under way, then recorded', async () => {
    const { productId } = await shop.sell({ capacity: 1 })
    const email = someone()
    const sessionId = await shop.buy({ productId }, { email, delayed: true })
    expect((await shop.status(sessionId)).status).toBe('processing')
    expect(await shop.purchases(productId)).toEqual([])
    expect((await shop.register({ productId })).body).toMatchObject({ code: 'sold_out' })
    await shop.stripe.settle(sessionId)
    await shop.delivered()
    expect((await shop.status(sessionId)).status).toBe('complete')
    expect(await shop.purchases(productId)).toMatchObject([{ status: 'Valid' }])
    expect(await mailsTo(email, 1)).toHaveLength(1)
  })

  test('and comes to nothing gives its seat back, and its buyer is told once', async () => {
    const { productId } = await shop.sell({ capacity: 1 })
    const email = someone()
    const sessionId = await shop.buy({ productId }, { email, delayed: true })
    await shop.stripe.settle(sessionId, false)
    await shop.delivered()
    expect((await shop.status(sessionId)).status).toBe('failed')
    expect(await shop.purchases(productId)).toEqual([])
    expect((await shop.register({ productId })).status).toBe(200)
    const { id } = await shop.eventOf(sessionId, 'checkout.session.async_payment_failed')
    await shop.stripe.resend(id)
    expect(await mailsTo(email, 1)).toEqual([expect.stringMatching(/^The payment didn't go through: /)])
  })

  test('is the same when its events come in the other order', async () => {
    const { productId } = await shop.sell()
    shop.stripe.setDeliveries({ hold: true })
    const sessionId = await shop.buy({ productId }, { email: someone(), delayed: true })
    await shop.stripe.settle(sessionId)
    const done = await shop.eventOf(sessionId, 'checkout.session.async_payment_succeeded')
    const begun = await shop.eventOf(sessionId, 'checkout.session.completed')
    shop.stripe.setDeliveries({})
    await shop.stripe.resend(done.id)
    await shop.stripe.resend(begun.id)
    await shop.stripe.flush(true)
    expect(await shop.purchases(productId)).toHaveLength(1)
    expect((await shop.status(sessionId)).status).toBe('complete')
  })
})

describe('a session that nobody paid', () => {
  test('expires, and its seat is free', async () => {
    const { productId } = await shop.sell({ capacity: 1 })
    const sessionId = await shop.checkout({ productId })
    expect((await shop.register({ productId })).status).toBe(409)
    await shop.stripe.expire(sessionId)
    await shop.delivered()
    expect((await shop.status(sessionId)).status).toBe('expired')
    expect((await shop.register({ productId })).status).toBe(200)
  })

  test('and was paid in the last moment stays sold, whatever an old event says', async () => {
    const { productId } = await shop.sell()
    const sessionId = await shop.buy({ productId })
    const { id, type, ...event } = await shop.eventOf(sessionId, 'checkout.session.completed')
    const stale = JSON.stringify({ ...event, id: `${id}0`, type: type.replace('completed', 'expired') })
    const { Stripe } = await import('stripe')
    const signature = Stripe.webhooks.generateTestHeaderString({
      payload: stale,
      secret: shop.env.STRIPE_WEBHOOK_SECRET ?? '',
    })
    const answer = await shop.send('/api/stripe/webhook', {
      method: 'POST',
      body: stale,
      headers: { 'Stripe-Signature': signature },
    })
    expect(answer.status).toBe(200)
    expect((await shop.status(sessionId)).status).toBe('complete')
  })

  test('a declined card leaves it open', async () => {
    const { productId } = await shop.sell()
    const sessionId = await shop.checkout({ productId })
    const declined = await shop.stripe.pay(sessionId, { card: '4000000000000002' })
    expect(declined.kind).toBe('declined')
    await shop.delivered()
    expect((await shop.status(sessionId)).status).toBe('open')
    await shop.stripe.pay(sessionId)
    expect((await shop.status(sessionId)).status).toBe('complete')
  })
})

describe('money back', () => {
  test('in part, then whole', async () => {
    const { productId } = await shop.sell()
    const email = someone()
    const sessionId = await shop.buy({ productId }, { email })
    await mailsTo(email, 1)
    shop.stripe.refund({ session: sessionId, amount: 9900 })
    await mailsTo(email, 2)
    expect(await purchaseOf(sessionId)).toMatchObject({ status: 'Valid' })
    expect(await shop.status(sessionId)).toMatchObject({
      status: 'complete',
      purchase: { refunded: { amount: 9900, currency: 'usd' }, total: { amount: 49_900 } },
    })
    shop.stripe.refund({ session: sessionId })
    await mailsTo(email, 3)
    expect(await purchaseOf(sessionId)).toMatchObject({ status: 'Refunded' })
    expect(await shop.status(sessionId)).toMatchObject({
      status: 'refunded',
      purchase: { refunded: { amount: 49_900 } },
    })
  })

  test('told five times is one mail', async () => {
    const { productId } = await shop.sell()
    const email = someone()
    const sessionId = await shop.buy({ productId }, { email })
    shop.stripe.setDeliveries({ copies: 5, shuffleMs: 50 })
    shop.stripe.refund({ session: sessionId })
    await mailsTo(email, 2)
    expect(await shop.checkoutOf(sessionId)).toMatchObject({ status: 'refunded', amountRefunded: 49_900 })
  })

  test('before its sale was told: the sale is recorded first', async () => {
    const { productId } = await shop.sell()
    shop.stripe.setDeliveries({ hold: true })
    const sessionId = await shop.buy({ productId }, { email: someone() })
    const refund = shop.stripe.refund({ session: sessionId })
    const event = await shop.eventOf(String(refund.charge), 'charge.refunded')
    shop.stripe.setDeliveries({})
    await shop.stripe.resend(event.id)
    expect(await shop.purchases(productId)).toMatchObject([{ status: 'Refunded' }])
    await shop.stripe.flush(true)
    expect(await shop.purchases(productId)).toMatchObject([{ status: 'Refunded' }])
    expect(await shop.checkoutOf(sessionId)).toMatchObject({ status: 'refunded' })
  })

  test('that fails days later: the seats are theirs as before, until it is refunded again', async () => {
    const { productId } = await shop.sell()
    const email = someone()
    const sessionId = await shop.buy({ productId, quantity: 2 }, { email })
    await mailsTo(email, 1)
    const { bulkCouponId } = (await purchaseOf(sessionId)) ?? {}
    const couponEnds = async () => {
      const { coupon } = tables
      const [row] = await shop.db
        .select()
        .from(coupon)
        .where(eq(coupon.id, bulkCouponId ?? ''))
      return row?.expires
    }
    const refund = shop.stripe.refund({ session: sessionId })
    await mailsTo(email, 2)
    expect(await purchaseOf(sessionId)).toMatchObject({ status: 'Refunded' })
    expect(await couponEnds()).toBeInstanceOf(Date)
    shop.stripe.failRefund(refund.id)
    await shop.delivered()
    expect(await shop.inbox(refund.id, 'refund.failed')).toMatchObject([{ status: 'processed' }])
    await expect
      .poll(() =>
        shop
          .logs()
          .split('\n')
          .filter((line) => line.includes('sale.refund_failed')),
      )
      .toMatchObject([expect.stringContaining(refund.id)])
    expect(await purchaseOf(sessionId)).toMatchObject({ status: 'Valid' })
    expect(await couponEnds()).toBeNull()
    expect(await shop.checkoutOf(sessionId)).toMatchObject({ status: 'complete', amountRefunded: 0 })
    shop.stripe.refund({ session: sessionId })
    // The buyer was promised their money twice, and hears of both.
    await mailsTo(email, 3)
    expect(await purchaseOf(sessionId)).toMatchObject({ status: 'Refunded' })
  })

  test('of which one part fails leaves the other', async () => {
    const { productId } = await shop.sell()
    const sessionId = await shop.buy({ productId })
    const first = shop.stripe.refund({ session: sessionId, amount: 9900 })
    shop.stripe.refund({ session: sessionId, amount: 1000 })
    shop.stripe.failRefund(first.id)
    await shop.delivered()
    expect(await purchaseOf(sessionId)).toMatchObject({ status: 'Valid' })
    expect(await shop.checkoutOf(sessionId)).toMatchObject({ status: 'complete', amountRefunded: 1000 })
  })

  test('of a charge that is none of ours changes nothing', async () => {
    const { productId, priceId } = await shop.sell()
    const session = await elsewhere(priceId, {})
    await shop.stripe.pay(session)
    const { charge } = shop.stripe.refund({ session })
    await shop.delivered()
    expect(await shop.inbox(String(charge), 'charge.refunded')).toMatchObject([{ status: 'ignored' }])
    expect(await shop.purchases(productId)).toEqual([])
  })
})

describe('a dispute', () => {
  test.for(['won', 'lost'] as const)('%s', async (outcome) => {
    const { productId } = await shop.sell({ capacity: 1 })
    const sessionId = await shop.buy({ productId })
    const dispute = shop.stripe.openDispute({ session: sessionId })
    await shop.delivered()
    expect(await purchaseOf(sessionId)).toMatchObject({ status: 'Disputed' })
    expect((await shop.status(sessionId)).status).toBe('complete')
    expect((await shop.register({ productId })).body).toMatchObject({ code: 'sold_out' })
    shop.stripe.closeDispute(dispute.id, outcome)
    await shop.delivered()
    expect(await purchaseOf(sessionId)).toMatchObject({ status: outcome === 'won' ? 'Valid' : 'Disputed' })
    const events = await shop.inbox(dispute.id, 'charge.dispute.%')
    expect(events.filter(({ status }) => status === 'processed')).toHaveLength(2)
  })

  test("at a country's price goes back to restricted when it is won", async () => {
    const { productId, paymentLinkId } = await shop.sell({
      coupons: { ppp: { IN: 'DISPUTED_IN' } },
      discounts: [{ code: 'DISPUTED_IN', percentOff: 60 }],
    })
    const visitor = newVisitor({ country: 'IN' })
    const ours = await shop.buy({ productId, couponCode: 'DISPUTED_IN' }, {}, visitor)
    const link = shop.stripe.openLink(paymentLinkId, { prefilled_promo_code: 'DISPUTED_IN' }).id
    await shop.stripe.pay(link)
    for (const sessionId of [ours, link]) {
      const { id } = shop.stripe.openDispute({ session: sessionId })
      await shop.delivered()
      expect(await purchaseOf(sessionId)).toMatchObject({ status: 'Disputed' })
      shop.stripe.closeDispute(id, 'won')
      await shop.delivered()
      expect(await purchaseOf(sessionId)).toMatchObject({ status: 'Restricted' })
    }
  })
})

/** A session that somebody else made on the same Stripe account. */
async function elsewhere(price: string, metadata: Record<string, string>): Promise<string> {
  const { id } = await shop.client.checkout.sessions.create({
    mode: 'payment',
    line_items: [{ price, quantity: 1 }],
    success_url: 'https://elsewhere.example/thanks',
    metadata,
  })
  return id
}

const priceNobodyKnows = async () => {
  const product = await shop.client.products.create({ name: 'Something else' })
  return (await shop.client.prices.create({ product: product.id, currency: 'usd', unit_amount: 1000 })).id
}

const purchasesInAll = () => shop.db.$count(tables.purchase)

describe("another's sale on the same account", () => {
  let known: WorkshopOnSale
  beforeAll(async () => {
    known = await shop.sell()
  })

  const paidElsewhere = async (price: string, metadata: Record<string, string>) => {
    const before = await purchasesInAll()
    const id = await elsewhere(price, metadata)
    await shop.stripe.pay(id, { email: someone() })
    const [event] = await shop.inbox(id, 'checkout.session.completed')
    return { id, event, recorded: (await purchasesInAll()) - before }
  }

  test('is ignored, even for a product of ours', async () => {
    const { event, recorded } = await paidElsewhere(known.priceId, { source: 'some-other-site' })
    expect(event).toMatchObject({ status: 'ignored' })
    expect(recorded).toBe(0)
  })

  test('of an unknown product under our name is parked, and shouted about', async () => {
    const price = await priceNobodyKnows()
    const { id, event, recorded } = await paidElsewhere(price, { source: 'egghead-next' })
    expect(event).toMatchObject({ status: 'parked', reason: expect.stringContaining(price) })
    expect(recorded).toBe(0)
    expect(shop.logs()).toMatch(new RegExp(`"level":"error".*sale.unknown_product.*${id}`))
  })

  test('through a payment link is told as under way until somebody says what it is', async () => {
    const { productId, paymentLinkId } = await shop.sell()
    const { id } = shop.stripe.openLink(paymentLinkId)
    expect((await shop.send(`/api/workshop/checkout/${id}`)).status).toBe(404)
    await shop.db.delete(tables.merchantProduct).where(eq(tables.merchantProduct.productId, productId))
    await shop.db
      .update(tables.product)
      .set({ stripeProductId: null })
      .where(eq(tables.product.id, productId))
    await shop.stripe.pay(id, { email: someone() })
    await shop.delivered()
    expect(await shop.inbox(id, 'checkout.session.completed')).toMatchObject([{ status: 'parked' }])
    for (const method of ['GET', 'POST'])
      expect(await shop.send(`/api/workshop/checkout/${id}`, { method })).toMatchObject({
        status: 200,
        body: { status: 'processing' },
      })
  })

  test('under our name for a product of ours is recorded, though nobody here began it', async () => {
    const { id, recorded } = await paidElsewhere(known.priceId, { source: 'egghead-next' })
    expect(recorded).toBe(1)
    expect((await shop.status(id)).status).toBe('complete')
  })

  test('a charge that Course Builder has recorded already is adopted, never doubled', async () => {
    const { productId } = await shop.sell()
    shop.stripe.setDeliveries({ hold: true })
    const sessionId = await shop.buy({ productId }, { email: someone() })
    const { payment_intent: intent } = await shop.client.checkout.sessions.retrieve(sessionId, {
      expand: ['payment_intent'],
    })
    const charge = intent && typeof intent === 'object' ? String(intent.latest_charge) : ''
    const row = { userId: 'u_theirs', merchantAccountId: 'ma_workshops', status: 1 }
    const [chargeId, purchaseId] = [`mc_${randomUUID()}`, `purch_${randomUUID()}`]
    await shop.db.insert(tables.merchantCharge).values({
      ...row,
      id: chargeId,
      identifier: charge,
      merchantProductId: 'mp_x',
      merchantCustomerId: 'mcus_x',
    })
    await shop.db.insert(tables.purchase).values({
      id: purchaseId,
      userId: 'u_theirs',
      productId,
      totalAmount: '499',
      merchantChargeId: chargeId,
    })
    shop.stripe.setDeliveries({})
    await shop.stripe.flush()
    expect(await shop.purchases(productId)).toMatchObject([{ id: purchaseId }])
    expect(await shop.checkoutOf(sessionId)).toMatchObject({
      purchaseId,
      flags: ['adopted'],
      status: 'complete',
    })
    expect(await shop.inbox(sessionId, 'checkout.session.completed')).toMatchObject([
      { status: 'processed', attempts: 1 },
    ])
  })
})
