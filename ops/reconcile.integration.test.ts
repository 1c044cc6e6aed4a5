import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as tables from '@/db/schema'
import { damageTo } from '@/sandbox/testing/damage'
import { openShop, type Shop, someone, type WorkshopOnSale } from '@/sandbox/testing/shop'
import { jsonLines, runOps } from './testing/run'

// Each command is a process of its own, which takes its time on a small machine.
vi.setConfig({ testTimeout: 180_000 })

let shop: Shop
let workshop: WorkshopOnSale
beforeAll(async () => {
  shop = await openShop()
  workshop = await shop.sell()
})
afterAll(() => shop.stop())

const ops = (args: string[], env = shop.env) => runOps(args, env)

/** Each difference as `kind id`, and how the command ended. */
async function reconcile(...args: string[]) {
  const { out, err, code } = await ops(['reconcile', '--json', ...args])
  expect(err).toBe('')
  const lines = jsonLines(out)
  const named = lines.flatMap((line) => (line.kind ? [`${line.kind} ${line.id}`] : []))
  return { named: named.sort(), lines, code, left: lines.find((line) => 'left' in line)?.left }
}

/** A sale to somebody new, with all its rows. */
async function sold(quantity = 1) {
  const sessionId = await shop.buy({ productId: workshop.productId, quantity }, { email: someone() })
  await shop.delivered()
  const checkout = await shop.checkoutOf(sessionId)
  const [row] = await shop.db
    .select()
    .from(tables.purchase)
    .where(eq(tables.purchase.id, checkout.purchaseId ?? ''))
  if (!row) throw new Error(`${sessionId} was not recorded`)
  return { sessionId, checkout, purchase: row }
}
type Sold = Awaited<ReturnType<typeof sold>>

/** A recorded sale as rows, without what says when they were written. */
async function familyOf(sessionId: string) {
  const { purchaseId } = await shop.checkoutOf(sessionId)
  const [rows] = await shop.db.execute(sql`
    select p.totalAmount + 0 as amount, p.status, p.createdAt, p.bulkCouponId, p.stripeChargeId, p.stripeCouponId, p.userId,
      s.amountTotal, s.amountRefunded, s.quantity, s.currency, s.status as checkoutStatus, s.flags,
      (select count(*) from egghead_User u where u.id = p.userId and u.email = s.email) as users,
      (select count(*) from egghead_Organization o where o.id = p.organizationId) as organizations,
      (select count(*) from egghead_OrganizationMembership m where m.id = p.organizationMembershipId and m.userId = p.userId) as memberships,
      (select count(*) from egghead_MerchantCharge c where c.id = p.merchantChargeId and c.identifier = s.chargeId) as charges,
      (select count(*) from egghead_MerchantCharge c join egghead_MerchantCustomer u on u.id = c.merchantCustomerId where c.id = p.merchantChargeId) as customers,
      (select count(*) from egghead_MerchantSession m where m.identifier = s.sessionId and m.id = p.merchantSessionId) as sessions,
      (select count(*) from egghead_PurchaseProduct pp where pp.purchaseId = p.id and pp.productId = p.productId) as products,
      s.chargeId, s.paymentIntentId, s.customerId, s.stripeCouponId as couponOfCheckout,
      (select concat(c.restrictedToProductId, ' ', c.percentageDiscount + 0) from egghead_Coupon c where c.id = p.bulkCouponId) as terms,
      (select c.maxUses from egghead_Coupon c where c.id = p.bulkCouponId) as seats,
      json_extract(p.metadata, '$.checkoutId') is not null as marked
    from checkout_Session s join egghead_Purchase p on p.id = s.purchaseId where p.id = ${purchaseId}`)
  return rows
}

const { gone, setPurchase, setCheckout } = damageTo(() => shop)

const setCoupon = (
  { purchase: { bulkCouponId } }: Sold,
  change: Partial<typeof tables.coupon.$inferInsert>,
) =>
  shop.db
    .update(tables.coupon)
    .set(change)
    .where(eq(tables.coupon.id, bulkCouponId ?? ''))

/** What a person did to the rows by hand, and how it is named. */
const DAMAGE: [kind: string, quantity: number, harm: (sale: Sold) => Promise<unknown>][] = [
  ['purchase_lost', 1, ({ purchase }) => gone('egghead_Purchase', purchase.id)],
  ['purchase_lost', 3, ({ purchase }) => gone('egghead_Purchase', purchase.id)],
  ['user_lost', 1, ({ purchase }) => gone('egghead_User', purchase.userId)],
  ['organization_lost', 1, ({ purchase }) => gone('egghead_Organization', purchase.organizationId)],
  [
    'membership_lost',
    1,
    ({ purchase }) => gone('egghead_OrganizationMembership', purchase.organizationMembershipId),
  ],
  ['charge_lost', 1, ({ purchase }) => gone('egghead_MerchantCharge', purchase.merchantChargeId)],
  [
    'customer_lost',
    1,
    ({ checkout }) =>
      shop.db.execute(sql`delete from egghead_MerchantCustomer where identifier = ${checkout.customerId}`),
  ],
  ['session_lost', 1, ({ purchase }) => gone('egghead_MerchantSession', purchase.merchantSessionId)],
  [
    'purchase_product_lost',
    1,
    ({ purchase }) =>
      shop.db.execute(sql`delete from egghead_PurchaseProduct where purchaseId = ${purchase.id}`),
  ],
  ['coupon_lost', 3, ({ purchase }) => gone('egghead_Coupon', purchase.bulkCouponId)],
  ['amount', 1, (sale) => setPurchase(sale, { totalAmount: '4.99' })],
  ['amount', 1, (sale) => setCheckout(sale, { amountTotal: 499 })],
  ['amount', 1, (sale) => setCheckout(sale, { currency: 'eur' })],
  ['seats', 3, (sale) => setCheckout(sale, { quantity: 2 })],
  [
    'seats',
    3,
    ({ purchase }) =>
      shop.db.execute(sql`update egghead_Coupon set maxUses = 30 where id = ${purchase.bulkCouponId}`),
  ],
  ['refunded', 1, (sale) => setCheckout(sale, { amountRefunded: 100 })],
  ['status', 1, (sale) => setPurchase(sale, { status: 'Disputed' })],
  ['status', 1, (sale) => setCheckout(sale, { status: 'expired' })],
  ['columns', 1, (sale) => setPurchase(sale, { stripeChargeId: null })],
  ['columns', 1, (sale) => setPurchase(sale, { metadata: null })],
  ['columns', 1, (sale) => setPurchase(sale, { metadata: {} })],
  ['columns', 1, (sale) => setPurchase(sale, { stripeChargeId: 'ch_of_nobody' })],
  ['columns', 1, (sale) => setPurchase(sale, { stripeCouponId: 'NOT_THIS' })],
  ['columns', 1, (sale) => setCheckout(sale, { chargeId: 'ch_of_nobody' })],
  ['columns', 1, (sale) => setCheckout(sale, { paymentIntentId: 'pi_of_nobody' })],
  ['columns', 1, (sale) => setCheckout(sale, { customerId: 'cus_nobody' })],
  ['columns', 1, (sale) => setCheckout(sale, { stripeCouponId: 'NOT_THIS' })],
  [
    'purchase_product_lost',
    1,
    ({ purchase }) =>
      shop.db
        .update(tables.purchaseProduct)
        .set({ productId: 'product_other' })
        .where(eq(tables.purchaseProduct.purchaseId, purchase.id)),
  ],
  ['coupon', 3, (sale) => setCoupon(sale, { restrictedToProductId: null })],
  ['coupon', 3, (sale) => setCoupon(sale, { percentageDiscount: '0.10' })],
]

test('each row that was deleted and each fact that was changed by hand is named, repaired, and then as it was', async () => {
  const expected: string[] = []
  const before = new Map<string, unknown>()
  const sales = []
  for (const [, quantity] of DAMAGE) sales.push(await sold(quantity))
  for (const { sessionId } of sales) before.set(sessionId, await familyOf(sessionId))
  expect((await reconcile()).named).toEqual([])
  const outbox = await shop.db.$count(tables.outbox)
  for (const [index, [kind, , harm]] of DAMAGE.entries()) {
    const sale = sales[index]
    if (!sale) throw new Error('a sale is missing')
    await harm(sale)
    expected.push(`${kind} ${sale.sessionId}`)
  }

  const named = await reconcile()
  expect(named.named).toEqual(expected.sort())
  expect(named).toMatchObject({ code: 1, left: DAMAGE.length })

  const fixed = await reconcile('--fix')
  expect(fixed).toMatchObject({ code: 0, left: 0 })
  for (const [sessionId, family] of before) expect(await familyOf(sessionId), sessionId).toEqual(family)
  // Nobody is written to about what was always true.
  expect(await shop.db.$count(tables.outbox)).toBe(outbox)
  const rows = await shop.purchases(workshop.productId)
  expect(rows).toHaveLength(DAMAGE.length)
}, 180_000)

describe('through the one door', () => {
  test('sales whose events never came, refunds that were not told, and a checkout that was deleted', async () => {
    const { productId, paymentLinkId } = await shop.sell()
    const refunded = await shop.buy({ productId }, { email: someone() })
    const deleted = await shop.buy({ productId }, { email: someone() })
    const free = await freeSale()
    shop.stripe.setDeliveries({ drop: true })
    const lost = await shop.checkout({ productId })
    await shop.stripe.pay(lost, { email: someone('lost') })
    const link = shop.stripe.openLink(paymentLinkId)
    await shop.stripe.pay(link.id, { email: someone() })
    shop.stripe.refund({ session: refunded })
    shop.stripe.setDeliveries({})
    for (const id of [deleted, free])
      await shop.db.delete(tables.checkoutSession).where(eq(tables.checkoutSession.sessionId, id))
    const purchases = await shop.db.$count(tables.purchase)

    const named = await reconcile('--fix')
    expect(named.named).toEqual(
      [
        `missing ${lost}`,
        `missing ${link.id}`,
        `refunded ${refunded}`,
        `status ${refunded}`,
        `checkout_lost ${deleted}`,
        `checkout_lost ${free}`,
      ].sort(),
    )
    expect(named).toMatchObject({ code: 0, left: 0 })
    expect(await shop.db.$count(tables.purchase)).toBe(purchases + 2)
    expect((await reconcile()).named).toEqual([])
  })

  async function freeSale(): Promise<string> {
    const code = 'SCHOLAR'
    const { productId } = await shop.sell({ discounts: [{ code, percentOff: 100, public: true }] })
    const sessionId = await shop.buy({ productId, couponCode: code }, { email: someone() })
    await shop.delivered()
    return sessionId
  }
})

describe('what a person has to decide', () => {
  test('a purchase that is there twice, in both ways of copying it', async () => {
    const { sessionId, purchase } = await sold()
    const whole = { ...purchase, id: 'purch_whole_copy' }
    const loose = { ...purchase, id: 'purch_loose_copy', merchantChargeId: null, merchantSessionId: null }
    await shop.db.insert(tables.purchase).values([whole, loose])
    const found = await reconcile('--fix')
    expect(found.lines).toContainEqual({
      kind: 'doubled',
      id: sessionId,
      detail: expect.stringContaining('purch_whole_copy'),
      decide: expect.stringContaining(`${purchase.id} is the one that the checkout names`),
    })
    expect(found.lines).toContainEqual(expect.objectContaining({ kind: 'doubled', id: 'purch_loose_copy' }))
    expect(found).toMatchObject({ code: 1, left: 2 })
    for (const { id } of [whole, loose]) await gone('egghead_Purchase', id)
    expect((await reconcile()).left).toBe(0)
  })

  test('a sale here that Stripe knows nothing of', async () => {
    const sale = await sold()
    await setCheckout(sale, { sessionId: 'cs_test_nobody' })
    const found = await reconcile('--fix')
    expect(found.named).toContain('not_paid cs_test_nobody')
    expect(found.code).toBe(1)
    // Its own session has found its purchase again; what is left is the row that names nobody's.
    expect(found.left).toBe(1)
    await gone('checkout_Session', sale.checkout.id)
    expect((await reconcile()).left).toBe(0)
  })

  test('money for a product that nobody here knows', async () => {
    const { productId, stripeProductId, paymentLinkId } = await shop.sell()
    await shop.db.delete(tables.merchantProduct).where(eq(tables.merchantProduct.productId, productId))
    await shop.db.execute(sql`update egghead_Product set stripeProductId = null where id = ${productId}`)
    const { id } = shop.stripe.openLink(paymentLinkId)
    await shop.stripe.pay(id, { email: someone() })
    const found = await reconcile('--fix')
    expect(found.lines).toContainEqual(
      expect.objectContaining({
        kind: 'unknown_product',
        id,
        detail: expect.stringContaining(stripeProductId),
      }),
    )
    const state = shop.stripe.snapshot()
    delete state.sessions[id]
    shop.stripe.restore(state)
  })

  test('somebody called it refunded: kept, unless Stripe is said to be right', async () => {
    const sale = await sold()
    await setPurchase(sale, { status: 'Refunded' })
    await setCheckout(sale, { status: 'refunded' })
    expect((await reconcile('--fix')).named).toContain(`status ${sale.sessionId}`)
    const still = await ops(['reconcile', '--fix', '--stripe-is-right'])
    expect(still).toMatchObject({ code: 0, err: '' })
    expect((await shop.purchases(workshop.productId)).find(({ id }) => id === sale.purchase.id)?.status).toBe(
      'Valid',
    )
    expect((await reconcile()).left).toBe(0)
  })
})

test('a bulk coupon that somebody switched off is named as long as its purchase stands, and left to them', async () => {
  const sale = await sold(3)
  await setCoupon(sale, { status: 0 })
  // What is repaired beside it is counted alone.
  await setPurchase(sale, { stripeChargeId: null })
  const both = await reconcile('--fix', '--stripe-is-right')
  expect(both.lines).toContainEqual({ found: 2, repaired: 1 })
  expect(both.lines.filter(({ done }) => done)).toMatchObject([{ kind: 'columns', id: sale.sessionId }])
  const found = await reconcile('--fix', '--stripe-is-right')
  // Found, and left.
  expect(found.named).toEqual([`coupon ${sale.sessionId}`, `coupon ${sale.sessionId}`])
  expect(found).toMatchObject({ code: 1, left: 1 })
  await setPurchase(sale, { status: 'Banned' })
  expect(await reconcile()).toMatchObject({ code: 0, left: 0 })
})

test('an event that nobody has heard of is no event that would be parked', async () => {
  const unknown = await ops(['events', 'park', 'evt_nobody', '--reason', 'why'])
  expect(unknown).toMatchObject({ code: 2, out: '', err: expect.stringContaining('no event evt_nobody') })
  const sure = await ops(['events', 'ignore', 'evt_nobody', '--reason', 'why', '--yes'])
  expect(sure).toMatchObject({ code: 2, err: expect.stringContaining('no event evt_nobody') })
  const { sessionId } = await sold()
  const { id } = await shop.eventOf(sessionId, 'checkout.session.completed')
  const done = await ops(['events', 'park', id, '--reason', 'why'])
  expect(done).toMatchObject({ code: 1, out: expect.stringContaining('0 of 1 event would be parked') })
})

test("a tier's code at a payment link is flagged: named where it is not, to look at where it is", async () => {
  const { productId, paymentLinkId } = await shop.sell({
    coupons: { member: 'LINK_MEMBER' },
    discounts: [{ code: 'LINK_MEMBER', amountOff: 1000 }],
  })
  const { id } = shop.stripe.openLink(paymentLinkId, { prefilled_promo_code: 'LINK_MEMBER' })
  await shop.stripe.pay(id, { email: someone() })
  await shop.delivered()
  expect((await reconcile()).lines).toContainEqual(
    expect.objectContaining({
      notice: 'flagged',
      id,
      detail: expect.stringContaining('coupon_without_claim'),
    }),
  )
  await shop.db
    .update(tables.checkoutSession)
    .set({ flags: [] })
    .where(eq(tables.checkoutSession.productId, productId))
  const found = await reconcile('--fix')
  expect(found.named).toEqual([`coupon_without_claim ${id}`])
  expect((await shop.checkoutOf(id)).flags).toEqual(['coupon_without_claim'])
  expect(found.left).toBe(0)
})

test("a product's lost price column, and one call to Stripe for a hundred sessions that match", async () => {
  await shop.db.execute(
    sql`update egghead_Product set stripeProductId = null where id = ${workshop.productId}`,
  )
  expect((await reconcile('--fix')).named).toEqual([`price_column ${workshop.productId}`])
  shop.stripe.clearRequests()
  expect(await reconcile('--since', '2020-01-01')).toMatchObject({ code: 0, left: 0 })
  const sessions = Object.values(shop.stripe.snapshot().sessions).filter(
    ({ status }) => status === 'complete',
  )
  expect(shop.stripe.requests()).toHaveLength(Math.ceil(sessions.length / 100))
})

test('it says what it compared and how far back, and that it proves nothing where Stripe does not answer', async () => {
  const sessions = Object.values(shop.stripe.snapshot().sessions).filter(
    ({ status }) => status === 'complete',
  ).length
  const compared = `${sessions} complete sessions at Stripe compared, ${sessions} paid sales of ours among them`
  expect((await ops(['reconcile'])).out).toContain(`${compared}\n0 differences\n`)
  const since = await ops(['reconcile', '--since', '2020-01-01'])
  expect(since.out).toContain(`${compared}; made since 2020-01-01T00:00:00.000Z: what was paid or refunded`)
  expect((await reconcile()).lines).toContainEqual({ left: 0, sessions, sales: sessions })

  shop.stripe.setFaults({ failRate: 1 })
  const failed = await ops(['reconcile']).finally(() => shop.stripe.setFaults({}))
  expect(failed).toMatchObject({ code: 1, out: '' })
  expect(failed.err).toContain('Not everything was compared: this proves nothing yet.')
  expect(failed.err).toContain('Stripe answers 500: see status.stripe.com')
})

test('what asks for a person without being a difference is told, each time', async () => {
  const sale = await sold()
  await setCheckout(sale, { flags: ['late', 'several_products', 'no_address'] })
  const { lines, left } = await reconcile()
  expect(lines.filter(({ id }) => id === sale.sessionId)).toEqual([
    { notice: 'flagged', id: sale.sessionId, detail: `${sale.purchase.id}: several_products, no_address` },
  ])
  expect(left).toBe(0)
})

test('more rows of one moment than are read at once are each looked at once', async () => {
  const createdAt = new Date('2001-02-03T04:05:06.789Z')
  const rows = Array.from({ length: 1000 }, (_, index) => ({
    ...{ id: `chk_page_${index}`, attemptKey: `page_${index}`, purchaseId: `purch_page_${index}` },
    ...{ status: 'complete' as const, source: 'session', productId: workshop.productId, createdAt },
  }))
  await shop.db.insert(tables.checkoutSession).values(rows)
  const { named } = await reconcile()
  expect(named).toEqual(rows.map(({ id }) => `not_paid ${id}`).sort())
  expect((await reconcile('--since', '2001-02-04')).named).toEqual([])
  await shop.db.delete(tables.checkoutSession).where(eq(tables.checkoutSession.createdAt, createdAt))
})

test('wrong usage and a missing variable are 2, and name what is wrong without a secret', async () => {
  const when = await ops(['reconcile', '--since', 'yesterday'])
  expect(when).toMatchObject({ code: 2, out: '' })
  expect(when.err).toContain("option '--since <ISO>' argument 'yesterday' is invalid")
  expect(when.err).toContain('2026-01-31')
  // Nothing is there yet, and nothing would be found wrong.
  const tomorrow = await ops(['reconcile', '--since', new Date(Date.now() + 86_400_000).toISOString()])
  expect(tomorrow).toMatchObject({ code: 2, out: '', err: expect.stringContaining('It is yet to come.') })
  expect(await ops(['reconcile', '--nonsense'])).toMatchObject({ code: 2 })
  expect(await ops(['recncile'])).toMatchObject({ code: 2, err: expect.stringContaining('reconcile') })
  expect(await ops(['reconcile', '--stripe-is-right'])).toMatchObject({ code: 2 })
  const { DATABASE_URL: _, ...rest } = shop.env
  const answer = await ops(['reconcile'], rest)
  expect(answer).toMatchObject({ code: 2, out: '' })
  expect(answer.err).toContain('DATABASE_URL is missing')
  expect(answer.err).not.toContain(shop.env.STRIPE_SECRET_KEY)
  const nobody = shop.env.DATABASE_URL?.replace(/:[^:@/]+@/, ':wrong-password@') ?? ''
  const refused = await ops(['reconcile'], { ...shop.env, DATABASE_URL: nobody })
  expect(refused).toMatchObject({ code: 1, out: '' })
  expect(refused.err).toContain('DATABASE_URL')
  expect(refused.err).not.toContain('wrong-password')
})
