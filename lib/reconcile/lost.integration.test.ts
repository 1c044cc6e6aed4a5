import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import * as tables from '@/db/schema'
import { jsonLines, runOps } from '@/ops/testing/run'
import { damageTo } from '@/sandbox/testing/damage'
import { newVisitor, openShop, type Shop, someone } from '@/sandbox/testing/shop'

// Each command is a process of its own, which takes its time on a small machine.
vi.setConfig({ testTimeout: 120_000 })

/** Sales of which so much was lost, or so badly mixed up, that a repair could write them a second time or over another one. */

// A code is one workshop's.
let free: string

let shop: Shop
let productId: string
beforeAll(async () => {
  // Its events are written down, and nobody hears them.
  shop = await openShop({ INNGEST_EVENT_KEY: 'test', INNGEST_BASE_URL: 'http://127.0.0.1:9' })
})
beforeEach(async () => {
  free = `SCHOLAR_${someone().slice(6, 14).toUpperCase()}`
  const discounts = [{ code: free, percentOff: 100, public: true }]
  ;({ productId } = await shop.sell({ discounts }))
})
afterAll(() => shop.stop())

async function reconcile(...args: string[]) {
  const { out, err, code } = await runOps(['reconcile', '--json', ...args], shop.env)
  expect(err).toBe('')
  const lines = jsonLines(out)
  const named = lines.flatMap((line) => (line.kind ? [`${line.kind} ${line.id}`] : []))
  return { named: named.sort(), lines, code, left: lines.find((line) => 'left' in line)?.left }
}

async function sold({ quantity = 1, isFree = false } = {}) {
  const email = someone()
  const request = { productId, quantity, ...(isFree && { couponCode: free }) }
  const sessionId = await shop.buy(request, { email }, newVisitor({ country: 'DE' }))
  await shop.delivered()
  return { sessionId, email, ...(await rowsOf(sessionId)) }
}
type Sold = Awaited<ReturnType<typeof sold>>

async function rowsOf(sessionId: string) {
  const checkout = await shop.checkoutOf(sessionId)
  return { checkout, purchase: await purchaseOf(checkout.purchaseId ?? '') }
}

async function purchaseOf(id: string) {
  const [row] = await shop.db.select().from(tables.purchase).where(eq(tables.purchase.id, id))
  if (!row) throw new Error(`${id} is gone`)
  return row
}

async function couponOf({ purchase }: Pick<Sold, 'purchase'>) {
  const [row] = await shop.db
    .select()
    .from(tables.coupon)
    .where(eq(tables.coupon.id, purchase.bulkCouponId ?? ''))
  return row
}

const { gone, setPurchase, setCheckout } = damageTo(() => shop)
const outboxCount = () => shop.db.$count(tables.outbox)

/** What a checkout says once its row was lost: all that Stripe and the purchase know of it. */
const lasting = ({ checkout }: Pick<Sold, 'checkout'>) => {
  const { id, status, quantity, email, tier, couponCode, country, variant, currency, flags, purchaseId } =
    checkout
  const { amountTotal, amountRefunded, paymentIntentId, chargeId, customerId, stripeCouponId, completedAt } =
    checkout
  return {
    ...{ id, status, quantity, email, tier, couponCode, country, variant, currency, flags, purchaseId },
    ...{ amountTotal, amountRefunded, paymentIntentId, chargeId, customerId, stripeCouponId, completedAt },
  }
}

/** Nothing of a sale has changed but the ids of rows that were written again. */
async function expectWhole(sale: Sold) {
  const now = await rowsOf(sale.sessionId)
  expect(lasting(now)).toEqual(lasting(sale))
  const { merchantChargeId: _c, merchantSessionId: _s, ...was } = sale.purchase
  expect(now.purchase).toMatchObject(was)
  expect(await shop.purchases(productId)).toHaveLength(1)
}

describe('a sale whose checkout is lost is written no second time', () => {
  const LOST: [name: string, request: Parameters<typeof sold>[0], row: (sale: Sold) => Promise<unknown>][] = [
    ['its charge', {}, ({ purchase }) => gone('egghead_MerchantCharge', purchase.merchantChargeId)],
    [
      'its charge and its session',
      { quantity: 3 },
      async ({ purchase }) => {
        await gone('egghead_MerchantCharge', purchase.merchantChargeId)
        await gone('egghead_MerchantSession', purchase.merchantSessionId)
      },
    ],
    [
      'of a free order its session',
      { isFree: true },
      ({ purchase }) => gone('egghead_MerchantSession', purchase.merchantSessionId),
    ],
  ]

  test.each(LOST)('with %s, by the command', async (_name, request, row) => {
    const sale = await sold(request)
    const outbox = await outboxCount()
    await gone('checkout_Session', sale.checkout.id)
    await row(sale)
    expect((await reconcile()).named).toEqual([`checkout_lost ${sale.sessionId}`])
    const fixed = await reconcile('--fix')
    expect(fixed.named).toEqual([`checkout_lost ${sale.sessionId}`])
    expect(fixed).toMatchObject({ code: 0, left: 0 })
    await expectWhole(sale)
    expect(await outboxCount()).toBe(outbox)
  })

  test.each(LOST)('with %s, by night', async (_name, request, row) => {
    const sale = await sold(request)
    const outbox = await outboxCount()
    await gone('checkout_Session', sale.checkout.id)
    await row(sale)
    expect((await shop.cron('reconcile')).body).toMatchObject({ differences: 1, repaired: 1 })
    expect((await shop.cron('reconcile')).body).toMatchObject({ differences: 0 })
    await expectWhole(sale)
    expect(await outboxCount()).toBe(outbox)
  })

  test.each(LOST)('with %s, when its event comes again', async (_name, request, row) => {
    const sale = await sold(request)
    const outbox = await outboxCount()
    await gone('checkout_Session', sale.checkout.id)
    await row(sale)
    const { id } = await shop.eventOf(sale.sessionId, 'checkout.session.completed')
    const replayed = await runOps(['events', 'replay', id, '--yes'], shop.env)
    expect(replayed).toMatchObject({ code: 0, err: '' })
    await expectWhole(sale)
    expect(await outboxCount()).toBe(outbox)
    expect((await reconcile()).left).toBe(0)
  })

  test('through a payment link, with its charge', async () => {
    const { paymentLinkId, productId: linked } = await shop.sell()
    const { id } = shop.stripe.openLink(paymentLinkId)
    await shop.stripe.pay(id, { email: someone() })
    await shop.delivered()
    const { checkout, purchase } = await rowsOf(id)
    const outbox = await outboxCount()
    await gone('checkout_Session', checkout.id)
    await gone('egghead_MerchantCharge', purchase.merchantChargeId)
    expect(await reconcile('--fix')).toMatchObject({ named: [`checkout_lost ${id}`], code: 0, left: 0 })
    expect(await shop.purchases(linked)).toMatchObject([{ id: purchase.id }])
    expect(await outboxCount()).toBe(outbox)
  })
})

describe('a checkout that was found again is as much ours as before', () => {
  const found = async (request: Parameters<typeof sold>[0]) => {
    const sale = await sold(request)
    await gone('checkout_Session', sale.checkout.id)
    expect(await reconcile('--fix')).toMatchObject({ code: 0, left: 0 })
    await expectWhole(sale)
    return { ...sale, ...(await rowsOf(sale.sessionId)) }
  }

  test('and what is damaged afterwards is named and repaired', async () => {
    const sale = await found({ quantity: 3 })
    const { purchase } = sale
    await gone('egghead_User', purchase.userId)
    await gone('egghead_Organization', purchase.organizationId)
    await gone('egghead_OrganizationMembership', purchase.organizationMembershipId)
    await gone('egghead_MerchantSession', purchase.merchantSessionId)
    await gone('egghead_Coupon', purchase.bulkCouponId)
    await shop.db.delete(tables.purchaseProduct).where(eq(tables.purchaseProduct.purchaseId, purchase.id))
    await setPurchase(sale, { metadata: null, stripeChargeId: null })
    const kinds = (await reconcile()).named.map((line) => line.split(' ')[0])
    expect(kinds).toEqual(
      [
        ...['columns', 'coupon_lost', 'membership_lost', 'organization_lost'],
        ...['purchase_product_lost', 'session_lost', 'user_lost'],
      ].sort(),
    )
    expect(await reconcile('--fix')).toMatchObject({ code: 0, left: 0 })
    expect(await purchaseOf(purchase.id)).toMatchObject({
      metadata: purchase.metadata,
      stripeChargeId: purchase.stripeChargeId,
      userId: purchase.userId,
    })
  })

  test('also where our columns were dropped and came back empty', async () => {
    const sale = await sold()
    await setPurchase(sale, { metadata: null, stripeChargeId: null, stripeCouponId: null })
    await shop.db
      .delete(tables.purchaseProduct)
      .where(eq(tables.purchaseProduct.purchaseId, sale.purchase.id))
    await gone('checkout_Session', sale.checkout.id)
    expect(await reconcile('--fix')).toMatchObject({ code: 0, left: 0 })
    await expectWhole(sale)
    const listed = await shop.db
      .select()
      .from(tables.purchaseProduct)
      .where(eq(tables.purchaseProduct.purchaseId, sale.purchase.id))
    expect(listed).toMatchObject([{ productId }])
  })

  test('whoever was forgotten stays so', async () => {
    const sale = await sold()
    const forgotten = await runOps(['forget', '--email', sale.email, '--yes'], shop.env)
    expect(forgotten.code).toBe(0)
    await gone('checkout_Session', sale.checkout.id)
    expect(await reconcile('--fix')).toMatchObject({ code: 0, left: 0 })
    expect(await shop.checkoutOf(sale.sessionId)).toMatchObject({ email: '', receiptUrl: null })
    expect(await shop.db.$count(tables.user, eq(tables.user.email, sale.email))).toBe(0)
  })
})

describe('a purchase that is lost, and whose money went back meanwhile', () => {
  const effects = async (prefix: string) =>
    (await shop.db.select({ id: tables.outbox.id }).from(tables.outbox)).filter(({ id }) =>
      id.startsWith(prefix),
    )

  test('is refunded by one repair: its coupon ends, its buyer and Course Builder are told', async () => {
    const sale = await sold({ quantity: 3 })
    await gone('egghead_Purchase', sale.purchase.id)
    shop.stripe.refund({ session: sale.sessionId })
    await shop.delivered()
    expect(await reconcile('--fix')).toMatchObject({ code: 0, left: 0 })
    const now = await rowsOf(sale.sessionId)
    expect(now).toMatchObject({
      checkout: { status: 'refunded', amountRefunded: sale.checkout.amountTotal },
      purchase: { id: sale.purchase.id, status: 'Refunded', bulkCouponId: sale.purchase.bulkCouponId },
    })
    expect((await couponOf(now))?.expires).not.toBeNull()
    expect(await effects(`refund:${sale.purchase.id}:`)).toHaveLength(1)
    expect(await effects(`purchase-status:${sale.checkout.chargeId}:Refunded`)).toHaveLength(1)
  })

  test('is disputed by one repair, and told of it once', async () => {
    const sale = await sold()
    await gone('egghead_Purchase', sale.purchase.id)
    shop.stripe.openDispute({ session: sale.sessionId })
    await shop.delivered()
    expect(await reconcile('--fix')).toMatchObject({ code: 0, left: 0 })
    expect((await purchaseOf(sale.purchase.id)).status).toBe('Disputed')
    const told = `purchase-status:${sale.checkout.chargeId}:Disputed`
    expect(await effects(told)).toHaveLength(1)
    await gone('egghead_Purchase', sale.purchase.id)
    expect(await reconcile('--fix')).toMatchObject({ code: 0, left: 0 })
    expect((await purchaseOf(sale.purchase.id)).status).toBe('Disputed')
    expect(await effects(told)).toHaveLength(1)
  })

  test('comes back in silence where that had been told before, with a coupon that has ended', async () => {
    const sale = await sold({ quantity: 3 })
    shop.stripe.refund({ session: sale.sessionId })
    await shop.delivered()
    const outbox = await outboxCount()
    await gone('egghead_Purchase', sale.purchase.id)
    await gone('egghead_Coupon', sale.purchase.bulkCouponId)
    expect(await reconcile('--fix')).toMatchObject({ code: 0, left: 0 })
    const now = await rowsOf(sale.sessionId)
    expect(now.purchase.status).toBe('Refunded')
    expect((await couponOf(now))?.expires).not.toBeNull()
    expect(await outboxCount()).toBe(outbox)
  })
})

describe("a checkout that names another sale's purchase", () => {
  test('is led back to its own, and the other one is not touched', async () => {
    const [f, g] = [await sold(), await sold({ quantity: 2 })]
    await setCheckout(f, { purchaseId: g.purchase.id })
    expect((await reconcile()).lines).toContainEqual(
      expect.objectContaining({
        kind: 'wrong_purchase',
        id: f.sessionId,
        detail: expect.stringContaining(`${f.purchase.id} is its own`),
      }),
    )
    const fixed = await reconcile('--fix')
    expect(fixed.named).toEqual([`wrong_purchase ${f.sessionId}`])
    expect(fixed).toMatchObject({ code: 0, left: 0 })
    for (const sale of [f, g]) {
      const { checkout, purchase } = await rowsOf(sale.sessionId)
      expect(purchase).toEqual(sale.purchase)
      expect({ ...checkout, updatedAt: null }).toEqual({ ...sale.checkout, updatedAt: null })
    }
  })

  test('and that one names the first: each gets its own again', async () => {
    const [f, g] = [await sold(), await sold({ isFree: true })]
    await setCheckout(f, { purchaseId: g.purchase.id })
    await setCheckout(g, { purchaseId: f.purchase.id })
    expect(await reconcile('--fix')).toMatchObject({ code: 0, left: 0 })
    for (const sale of [f, g]) expect((await rowsOf(sale.sessionId)).purchase).toEqual(sale.purchase)
  })

  test('or one that is not there, is led back to its own', async () => {
    const sale = await sold()
    await setCheckout(sale, { purchaseId: 'purch_nowhere' })
    expect(await reconcile('--fix')).toMatchObject({
      named: [`wrong_purchase ${sale.sessionId}`],
      code: 0,
      left: 0,
    })
    await expectWhole(sale)
  })

  test('while its own is nowhere: nothing is touched, and a person is told', async () => {
    const [f, g] = [await sold(), await sold()]
    await setCheckout(f, { purchaseId: g.purchase.id })
    await gone('egghead_Purchase', f.purchase.id)
    const found = await reconcile('--fix', '--stripe-is-right')
    expect(found.lines).toContainEqual(
      expect.objectContaining({
        kind: 'wrong_purchase',
        id: f.sessionId,
        decide: expect.stringContaining(f.checkout.id),
      }),
    )
    expect(found).toMatchObject({ code: 1, left: 1 })
    expect((await rowsOf(g.sessionId)).purchase).toEqual(g.purchase)
    // As it says, of a charge that nobody is writing a purchase for.
    await shop.db
      .update(tables.merchantCharge)
      .set({ createdAt: new Date(Date.now() - 90_000) })
      .where(eq(tables.merchantCharge.identifier, f.checkout.chargeId ?? ''))
    await setCheckout(f, { purchaseId: null, completedAt: null })
    expect(await reconcile('--fix')).toMatchObject({ code: 0, left: 0 })
    expect(await shop.purchases(productId)).toHaveLength(2)
  })

  test('is no reason to remove its own, though its session is lost', async () => {
    const [f, g] = [await sold(), await sold()]
    await setCheckout(f, { purchaseId: g.purchase.id })
    await gone('egghead_MerchantSession', f.purchase.merchantSessionId)
    const { lines } = await reconcile()
    expect(lines.filter(({ kind }) => kind !== undefined)).toMatchObject([
      { kind: 'wrong_purchase', id: f.sessionId },
    ])
    expect(await reconcile('--fix')).toMatchObject({ code: 0, left: 0 })
    expect((await rowsOf(f.sessionId)).purchase.id).toBe(f.purchase.id)
  })
})
