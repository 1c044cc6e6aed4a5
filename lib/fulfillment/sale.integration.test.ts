import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import * as tables from '@/db/schema'
import { newVisitor, openShop, type Shop, someone } from '@/sandbox/testing/shop'

let shop: Shop

beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.stop())
afterEach(() => {
  shop.stripe.setDeliveries({})
  shop.stripe.setFaults({})
})

/** A sale with every row that hangs on it. Fails where one is missing, or there are two of it. */
async function familyOf(sessionId: string) {
  const { purchase, purchaseProduct, user, organization, organizationMembership } = tables
  const { merchantCharge, merchantCustomer, merchantSession } = tables
  const checkout = await shop.checkoutOf(sessionId)
  const rows = await shop.db
    .select({
      purchase,
      purchaseProduct,
      user,
      organization,
      membership: organizationMembership,
      charge: merchantCharge,
      customer: merchantCustomer,
      session: merchantSession,
    })
    .from(purchase)
    .innerJoin(purchaseProduct, eq(purchaseProduct.purchaseId, purchase.id))
    .innerJoin(user, eq(user.id, purchase.userId))
    .innerJoin(organization, eq(organization.id, purchase.organizationId))
    .innerJoin(organizationMembership, eq(organizationMembership.id, purchase.organizationMembershipId))
    .innerJoin(merchantSession, eq(merchantSession.id, purchase.merchantSessionId))
    .leftJoin(merchantCharge, eq(merchantCharge.id, purchase.merchantChargeId))
    .leftJoin(merchantCustomer, eq(merchantCustomer.id, merchantCharge.merchantCustomerId))
    .where(eq(purchase.id, checkout.purchaseId ?? ''))
  expect(rows).toHaveLength(1)
  const [family] = rows
  if (!family) throw new Error('no purchase')
  return { ...family, checkout }
}

const atStripe = (sessionId: string) =>
  shop.client.checkout.sessions.retrieve(sessionId, { expand: ['payment_intent.latest_charge'] })

const chargeOf = async (sessionId: string) => {
  const { payment_intent: intent } = await atStripe(sessionId)
  const charge = intent && typeof intent === 'object' ? intent.latest_charge : null
  if (!charge || typeof charge !== 'object') throw new Error('no charge')
  return charge
}

const effectsOf = (purchaseId: string) =>
  shop.db
    .select()
    .from(tables.outbox)
    .where(sql`${tables.outbox.id} like ${`%:${purchaseId}%`}`)

/** Lets everything that is due go out. */
async function mailSent() {
  await shop.delivered()
  const pending = async () => {
    await shop.cron('outbox')
    return shop.db.$count(tables.outbox, eq(tables.outbox.status, 'pending'))
  }
  await expect.poll(pending, { timeout: 15_000 }).toBe(0)
}

const countOf = async (table: 'User' | 'Purchase' | 'Organization') => {
  const [rows] = await shop.db.execute(sql.raw(`select count(*) as n from egghead_${table}`))
  return JSON.stringify(rows)
}

describe('a paid session', () => {
  test('becomes the whole family of rows, and one mail', async () => {
    const workshop = await shop.sell({
      coupons: { earlyBird: 'FAMILY' },
      discounts: [{ code: 'FAMILY', percentOff: 15 }],
      earlyBirdEndDate: '2099-01-01',
    })
    const email = someone('Ada')
    const sessionId = await shop.buy(
      { productId: workshop.productId },
      { email, name: 'Ada Lovelace', country: 'GB' },
    )
    const charge = await chargeOf(sessionId)
    const { customer } = await atStripe(sessionId)
    const address = email.toLowerCase()
    const family = await familyOf(sessionId)
    expect(family).toMatchObject({
      user: { email: address, name: 'Ada Lovelace', role: 'user' },
      organization: { name: `Personal (${address})`, personalOrganizationUserId: family.user.id },
      membership: { userId: family.user.id, organizationId: family.organization.id },
      customer: { identifier: customer, userId: family.user.id, organizationId: family.organization.id },
      charge: { identifier: charge.id, userId: family.user.id, merchantAccountId: 'ma_workshops' },
      session: { identifier: sessionId, organizationId: family.organization.id },
      purchase: {
        productId: workshop.productId,
        userId: family.user.id,
        status: 'Valid',
        country: 'GB',
        bulkCouponId: null,
        stripeChargeId: charge.id,
        stripeCouponId: 'FAMILY',
      },
      purchaseProduct: { productId: workshop.productId },
      checkout: {
        status: 'complete',
        amountTotal: 42_415,
        currency: 'usd',
        chargeId: charge.id,
        customerId: customer,
        receiptUrl: charge.receipt_url,
        flags: [],
      },
    })
    expect(Number(family.purchase.totalAmount)).toBe(424.15)
    expect(await effectsOf(family.purchase.id)).toMatchObject([{ kind: 'email.confirmation' }])
    await mailSent()
    expect(shop.mailTo(email)).toHaveLength(1)
    expect(await shop.inbox(sessionId, 'checkout.session.completed')).toMatchObject([
      { status: 'processed', attempts: 1 },
    ])
  })

  test('is told to its buyer as complete, with what they may know', async () => {
    const { productId, slug } = await shop.sell()
    const sessionId = await shop.buy({ productId }, { email: 'zoe@example.com' })
    const status = await shop.status(sessionId)
    expect(status).toMatchObject({
      status: 'complete',
      purchase: { emailMasked: 'z••@example.com', total: { amount: 49_900, currency: 'usd' }, quantity: 1 },
      workshop: { slug, calendarUrl: `${shop.url}/workshop/${slug}/calendar.ics` },
    })
    expect(JSON.stringify(status)).not.toContain('zoe@')
  })

  test.for([
    ['usd', 49_999, 499.99],
    ['usd', 10_001, 100.01],
    ['eur', 12_345, 123.45],
    ['jpy', 32_000, 32_000],
    ['jpy', 123_456, 123_456],
  ] as const)('is recorded to the cent: %s %i', async ([currency, amount, major]) => {
    const { productId } = await shop.sell({ price: { amount, currency } })
    const sessionId = await shop.buy({ productId })
    const { purchase, checkout } = await familyOf(sessionId)
    expect(Number(purchase.totalAmount)).toBe(major)
    expect(checkout).toMatchObject({ amountTotal: amount, currency })
    expect((await chargeOf(sessionId)).amount).toBe(amount)
  })

  test("at a country's price is restricted to it", async () => {
    const { productId } = await shop.sell({
      coupons: { ppp: { BR: 'SALE_BR' } },
      discounts: [{ code: 'SALE_BR', percentOff: 50 }],
    })
    const visitor = newVisitor({ country: 'BR' })
    const sessionId = await shop.buy({ productId, couponCode: 'SALE_BR' }, { country: 'BR' }, visitor)
    expect((await familyOf(sessionId)).purchase).toMatchObject({ status: 'Restricted', country: 'BR' })
  })

  test('of several seats is one purchase with a coupon that hands them out', async () => {
    const { productId } = await shop.sell({ capacity: 10 })
    const sessionId = await shop.buy({ productId, quantity: 3 })
    const { purchase, checkout, organization } = await familyOf(sessionId)
    expect(checkout.quantity).toBe(3)
    expect(Number(purchase.totalAmount)).toBe(1497)
    expect(purchase.metadata).toMatchObject({ bulk: 'true', quantity: 3 })
    const coupons = await shop.db
      .select()
      .from(tables.coupon)
      .where(eq(tables.coupon.id, purchase.bulkCouponId ?? ''))
    expect(coupons).toMatchObject([
      {
        maxUses: 3,
        usedCount: 0,
        status: 1,
        restrictedToProductId: productId,
        organizationId: organization.id,
      },
    ])
    expect(Number(coupons[0]?.percentageDiscount)).toBe(1)
    const offer = await shop.register({ productId, quantity: 8 })
    expect(offer.body).toMatchObject({
      code: 'sold_out',
      error:
        'Only 7 seats are left, and you asked for 8. Nothing was charged; choose 7 or fewer, then try again.',
    })
  })

  test('that costs nothing has no charge, and all the rest', async () => {
    const { productId } = await shop.sell({ discounts: [{ code: 'GRATIS', percentOff: 100, public: true }] })
    const email = someone()
    const sessionId = await shop.buy({ productId, couponCode: 'GRATIS' }, { email })
    const { purchase, charge, user, checkout } = await familyOf(sessionId)
    expect(charge).toBeNull()
    expect(user.email).toBe(email)
    expect(Number(purchase.totalAmount)).toBe(0)
    expect(purchase).toMatchObject({ status: 'Valid', stripeChargeId: null, stripeCouponId: 'GRATIS' })
    expect(checkout).toMatchObject({ status: 'complete', amountTotal: 0 })
    await mailSent()
    expect(shop.mailTo(email)).toHaveLength(1)
  })
})

describe('whose sale it is', () => {
  test('one person, however they write their address, whose name stays', async () => {
    const { productId } = await shop.sell()
    const email = someone('grace')
    const first = await shop.buy({ productId }, { email, name: 'Grace Hopper' })
    const second = await shop.buy({ productId }, { email: email.toUpperCase(), name: 'G. H.' })
    const [one, two] = [await familyOf(first), await familyOf(second)]
    expect(two.user).toEqual(one.user)
    expect(one.user).toMatchObject({ email, name: 'Grace Hopper' })
    expect(two.organization).toEqual(one.organization)
    expect(two.purchase.id).not.toBe(one.purchase.id)
  })

  test('the address typed at Stripe wins over the one from the form', async () => {
    const { productId } = await shop.sell()
    const typed = someone('typed')
    const paid = someone('paid')
    const sessionId = await shop.buy({ productId, email: typed }, { email: paid })
    expect((await familyOf(sessionId)).user.email).toBe(paid)
    await mailSent()
    expect([shop.mailTo(typed), shop.mailTo(paid)].map((mail) => mail.length)).toEqual([0, 1])
  })

  test('ten sales to one new address at once make one user', async () => {
    const { productId } = await shop.sell()
    const email = someone()
    const sessions = await Promise.all(Array.from({ length: 10 }, () => shop.checkout({ productId })))
    await Promise.all(sessions.map((sessionId) => shop.stripe.pay(sessionId, { email })))
    await shop.delivered()
    const purchases = await shop.purchases(productId)
    expect(purchases).toHaveLength(10)
    expect(new Set(purchases.map(({ userId }) => userId)).size).toBe(1)
    expect(new Set(purchases.map(({ organizationId }) => organizationId)).size).toBe(1)
  })
})

describe('events come twice, late, never', () => {
  test('the same event five times, two at a time: one purchase and one mail', async () => {
    const { productId } = await shop.sell()
    const email = someone()
    shop.stripe.setDeliveries({ hold: true })
    const sessionId = await shop.buy({ productId }, { email })
    shop.stripe.setDeliveries({})
    const event = await shop.eventOf(sessionId, 'checkout.session.completed')
    for (const round of [2, 2, 1]) {
      await Promise.all(Array.from({ length: round }, () => shop.stripe.resend(event.id)))
    }
    expect(await shop.purchases(productId)).toHaveLength(1)
    await mailSent()
    expect(shop.mailTo(email)).toHaveLength(1)
    const answers = shop.stripe.deliveries().filter((delivery) => delivery.event === event.id)
    expect(answers.flatMap(({ attempts }) => attempts.map(({ status }) => status))).toEqual(
      Array(5).fill(200),
    )
    await shop.stripe.flush()
  })

  test('everything three times and shuffled: one purchase each', async () => {
    const { productId } = await shop.sell({ capacity: 20 })
    shop.stripe.setDeliveries({ copies: 3, shuffleMs: 200 })
    const sessions = await Promise.all(Array.from({ length: 8 }, () => shop.checkout({ productId })))
    await Promise.all(sessions.map((sessionId) => shop.stripe.pay(sessionId, { email: someone() })))
    await shop.delivered()
    expect(await shop.purchases(productId)).toHaveLength(8)
    const rows = await shop.checkouts(productId)
    expect(rows.map(({ status, flags }) => [status, flags])).toEqual(Array(8).fill(['complete', []]))
    const refused = shop.stripe.deliveries().filter(({ status }) => status === 'failed')
    expect(refused).toEqual([])
  })

  test('without its webhook the confirmation page records it, and the late webhook changes nothing', async () => {
    const { productId } = await shop.sell()
    const email = someone()
    shop.stripe.setDeliveries({ hold: true })
    const sessionId = await shop.buy({ productId }, { email })
    expect((await shop.status(sessionId)).status).toBe('open')
    expect(await shop.purchases(productId)).toEqual([])
    const asked = await shop.send(`/api/workshop/checkout/${sessionId}`, { method: 'POST' })
    expect(asked.body).toMatchObject({ status: 'complete' })
    const recorded = await familyOf(sessionId)
    // Neither a webhook nor the scheduler sends it.
    await expect.poll(() => shop.mailTo(email)).toHaveLength(1)
    shop.stripe.setDeliveries({})
    await shop.stripe.flush(true)
    expect(await familyOf(sessionId)).toEqual(recorded)
    await mailSent()
    expect(shop.mailTo(email)).toHaveLength(1)
  })

  test('a confirmation page that asks again and again asks Stripe once', async () => {
    const { productId } = await shop.sell()
    const sessionId = await shop.checkout({ productId })
    shop.stripe.clearRequests()
    const ask = () => shop.send(`/api/workshop/checkout/${sessionId}`, { method: 'POST' })
    const answers = await Promise.all(Array.from({ length: 12 }, ask))
    expect(answers.map(({ status, body }) => [status, body.status])).toEqual(Array(12).fill([200, 'open']))
    expect(shop.stripe.requests()).toHaveLength(1)
    expect((await shop.status(sessionId)).status).toBe('open')
    expect(shop.stripe.requests()).toHaveLength(1)
  })

  test.for(['failed', 'expired'] as const)(
    'a checkout that we took for %s, and that was paid after all, is found by its confirmation page',
    async (status) => {
      const { productId } = await shop.sell()
      shop.stripe.setDeliveries({ drop: true })
      const sessionId = await shop.buy({ productId }, { email: someone() })
      shop.stripe.setDeliveries({})
      await shop.db
        .update(tables.checkoutSession)
        .set({ status })
        .where(eq(tables.checkoutSession.sessionId, sessionId))
      const asked = await shop.send(`/api/workshop/checkout/${sessionId}`, { method: 'POST' })
      expect(asked.body).toMatchObject({ status: 'complete' })
      expect(await shop.purchases(productId)).toHaveLength(1)
    },
  )

  test('while Stripe fails the confirmation page is told what is known here', async () => {
    const { productId } = await shop.sell()
    const sessionId = await shop.checkout({ productId })
    shop.stripe.setFaults({ failRate: 1 })
    const asked = await shop.send(`/api/workshop/checkout/${sessionId}`, { method: 'POST' })
    shop.stripe.setFaults({})
    expect(asked).toMatchObject({ status: 200, body: { status: 'open' } })
    expect(shop.logs()).toContain('"event":"confirm.failed"')
  })

  test('while Stripe fails the event waits in the inbox, and is worked on later', async () => {
    const { productId } = await shop.sell()
    const sessionId = await shop.checkout({ productId })
    shop.stripe.setFaults({ failNext: { count: 1, status: 500, path: sessionId } })
    await shop.stripe.pay(sessionId)
    expect(await shop.inbox(sessionId, 'checkout.session.completed')).toMatchObject([
      { status: 'pending', attempts: 1, reason: expect.stringContaining('Stripe') },
    ])
    expect(await shop.purchases(productId)).toEqual([])
    await shop.delivered()
    expect(await shop.purchases(productId)).toHaveLength(1)
    expect(await shop.inbox(sessionId, 'checkout.session.completed')).toMatchObject([{ status: 'processed' }])
  })

  test('an event that Stripe gave up on is taken up by the scheduler', async () => {
    const { productId } = await shop.sell()
    const sessionId = await shop.checkout({ productId })
    shop.stripe.setFaults({ failNext: { count: 2, status: 500, path: sessionId } })
    await shop.stripe.pay(sessionId)
    await shop.delivered()
    expect(await shop.purchases(productId)).toEqual([])
    await shop.db
      .update(tables.stripeEvent)
      .set({ nextAttemptAt: new Date('2020-01-01') })
      .where(eq(tables.stripeEvent.objectId, sessionId))
    expect((await shop.cron('inbox')).body).toMatchObject({ worked: 1, postponed: 0 })
    expect(await shop.purchases(productId)).toHaveLength(1)
  })

  test('paid in a session that we never heard of, because its answer was cut off', async () => {
    const { productId } = await shop.sell({ capacity: 1 })
    shop.stripe.setFaults({
      failNext: { count: 2, status: 'cut', path: 'checkout/sessions', method: 'POST', afterEffect: true },
    })
    expect((await shop.register({ productId })).status).toBe(502)
    shop.stripe.setFaults({})
    const { data } = await shop.client.checkout.sessions.list({ limit: 100 })
    const made = data.find(({ metadata }) => metadata?.productId === productId)
    await shop.stripe.pay(made?.id ?? '')
    const { purchase, checkout } = await familyOf(made?.id ?? '')
    expect(purchase.productId).toBe(productId)
    expect(await shop.checkouts(productId)).toEqual([checkout])
    expect(checkout).toMatchObject({ id: made?.metadata?.checkoutId, status: 'complete', flags: [] })
  })

  test('a customer who comes back keeps their row at Course Builder', async () => {
    const { productId } = await shop.sell()
    const first = await shop.buy({ productId }, { email: someone() })
    const one = await familyOf(first)
    // Stripe may give another sale the customer of this one: of a guest it knows the card of, say.
    const second = await shop.checkout({ productId })
    await shop.db.insert(tables.merchantCustomer).values({
      id: 'mcus_known',
      userId: one.user.id,
      merchantAccountId: 'ma_workshops',
      identifier: `cus_${productId}`,
      status: 1,
    })
    shop.stripe.setDeliveries({ hold: true })
    await shop.stripe.pay(second, { email: someone() })
    const { customer } = await atStripe(second)
    await shop.db
      .update(tables.merchantCustomer)
      .set({ identifier: String(customer) })
      .where(eq(tables.merchantCustomer.id, 'mcus_known'))
    shop.stripe.setDeliveries({})
    await shop.stripe.flush()
    expect((await familyOf(second)).customer?.id).toBe('mcus_known')
  })

  test('a failure half way leaves nothing of a sale, and the next delivery all of it', async () => {
    const { productId } = await shop.sell()
    const sessionId = await shop.checkout({ productId })
    const before = [await countOf('User'), await countOf('Organization'), await countOf('Purchase')]
    await mailSent()
    await shop.db.execute(sql`rename table checkout_Outbox to checkout_Away`)
    await shop.stripe.pay(sessionId, { email: someone() })
    await shop.delivered()
    await shop.db.execute(sql`rename table checkout_Away to checkout_Outbox`)
    expect([await countOf('User'), await countOf('Organization'), await countOf('Purchase')]).toEqual(before)
    await shop.db
      .update(tables.stripeEvent)
      .set({ nextAttemptAt: new Date('2020-01-01') })
      .where(eq(tables.stripeEvent.objectId, sessionId))
    await shop.cron('inbox')
    expect((await familyOf(sessionId)).purchase.productId).toBe(productId)
  })
})

describe('through a payment link', () => {
  test('a sale is recorded the same way', async () => {
    const workshop = await shop.sell()
    const email = someone()
    const { id } = shop.stripe.openLink(workshop.paymentLinkId, { prefilled_email: email })
    await shop.stripe.pay(id)
    const { purchase, user, checkout } = await familyOf(id)
    expect(user.email).toBe(email)
    expect(purchase.metadata).toMatchObject({ source: 'payment-link', paymentLink: workshop.paymentLinkId })
    expect(checkout).toMatchObject({ source: 'payment-link', status: 'complete', amountTotal: 49_900 })
    await mailSent()
    expect(shop.mailTo(email)).toHaveLength(1)
  })

  test('the last seat is sold, the one after it is recorded and flagged', async () => {
    const { productId, paymentLinkId } = await shop.sell({ capacity: 2 })
    await shop.buy({ productId })
    const visit = async () => {
      const { id } = shop.stripe.openLink(paymentLinkId)
      await shop.stripe.pay(id, { email: someone() })
      return (await shop.checkoutOf(id)).flags
    }
    expect(await visit()).toEqual([])
    expect(await visit()).toEqual(['oversold'])
    expect(await shop.purchases(productId)).toHaveLength(3)
  })

  test.each([
    ['while its window is open', 2, []],
    ['when that is over', -2, ['coupon_without_claim']],
  ])('an early-bird code %s', async (_, days, flags) => {
    const code = `BIRD${days + 2}`
    const { paymentLinkId } = await shop.sell({
      coupons: { earlyBird: code },
      discounts: [{ code, amountOff: 7500 }],
      earlyBirdEndDate: new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10),
    })
    const { id } = shop.stripe.openLink(paymentLinkId, { prefilled_promo_code: code })
    await shop.stripe.pay(id)
    expect(await shop.checkoutOf(id)).toMatchObject({ flags, amountTotal: 42_400 })
  })

  test("a member's code that nobody checked is flagged", async () => {
    const { paymentLinkId } = await shop.sell({
      coupons: { member: 'LEAKED' },
      discounts: [{ code: 'LEAKED', amountOff: 10_000 }],
    })
    const { id } = shop.stripe.openLink(paymentLinkId, { prefilled_promo_code: 'LEAKED' })
    await shop.stripe.pay(id)
    expect(await shop.checkoutOf(id)).toMatchObject({ flags: ['coupon_without_claim'], amountTotal: 39_900 })
  })

  test('five deliveries at once are one purchase', async () => {
    const { productId, paymentLinkId } = await shop.sell()
    shop.stripe.setDeliveries({ copies: 5 })
    await shop.stripe.pay(shop.stripe.openLink(paymentLinkId).id, { email: someone() })
    await shop.delivered()
    expect(await shop.purchases(productId)).toHaveLength(1)
  })

  test('a visit that nobody pays for leaves nothing', async () => {
    const { productId, paymentLinkId } = await shop.sell()
    const { id } = shop.stripe.openLink(paymentLinkId)
    await shop.stripe.expire(id)
    await shop.delivered()
    expect(await shop.checkouts(productId)).toEqual([])
  })
})
