import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '@/db/migrate'
import * as tables from '@/db/schema'
import {
  createCourseBuilder,
  fillCourseBuilder,
  VERSIONS,
  withConnection,
} from '@/sandbox/testing/coursebuilder'
import { installReader, readAsCourseBuilder } from '@/sandbox/testing/coursebuilder-reader'
import { newVisitor, openShop, type Shop, someone } from '@/sandbox/testing/shop'

beforeAll(installReader, 300_000)

describe.for(VERSIONS)("a shop on Course Builder's %s", (version) => {
  let shop: Shop
  let url: string

  beforeAll(async () => {
    shop = await openShop(
      {},
      {
        prepare: async (databaseUrl) => {
          await createCourseBuilder(databaseUrl, version)
          await fillCourseBuilder(databaseUrl, version)
        },
      },
    )
    url = shop.env.DATABASE_URL ?? ''
  })
  afterAll(() => shop.stop())

  const purchaseOf = async (sessionId: string) => {
    const { purchaseId } = await shop.checkoutOf(sessionId)
    const [row] = await shop.db
      .select()
      .from(tables.purchase)
      .where(eq(tables.purchase.id, purchaseId ?? ''))
    if (!row) throw new Error(`${sessionId} is not recorded`)
    return row
  }

  /** What the four functions say of a sale, in their order. */
  const readAll = async (sessionId: string) => {
    const { id, userId } = await purchaseOf(sessionId)
    const { chargeId } = await shop.checkoutOf(sessionId)
    const user = userId ?? ''
    const [byCharge, ofUser, details, withUser] = await readAsCourseBuilder(url, [
      ['getPurchaseForStripeCharge', [chargeId ?? '']],
      ['getPurchasesForUser', [user]],
      ['getPurchaseDetails', [id, user]],
      ['getPurchaseWithUser', [id]],
    ])
    return { byCharge, ofUser, details, withUser }
  }

  test('Course Builder reads a seat as if it had sold it', async () => {
    const { productId, slug, title } = await shop.sell({ price: { amount: 12_345, currency: 'usd' } })
    const email = someone()
    const sessionId = await shop.buy({ productId }, { email, name: 'Ada Lovelace', country: 'GB' })
    const row = await purchaseOf(sessionId)
    const user = { id: row.userId, email, name: 'Ada Lovelace', role: 'user' }
    const core = {
      id: row.id,
      userId: row.userId,
      productId,
      status: 'Valid',
      totalAmount: 123.45,
      country: 'GB',
      organizationId: row.organizationId,
      merchantChargeId: row.merchantChargeId,
      merchantSessionId: row.merchantSessionId,
      bulkCouponId: null,
      createdAt: row.createdAt.toISOString(),
      user,
    }
    const product = { id: productId, name: title, type: 'live', fields: { slug, state: 'published' } }
    const purchase = { ...core, product, bulkCoupon: null }
    expect(row.organizationId).not.toBeNull()
    expect(row.merchantChargeId).toMatch(/^mc_/)
    expect(await readAll(sessionId)).toMatchObject({
      byCharge: purchase,
      ofUser: [purchase],
      details: { purchase, existingPurchase: null, availableUpgrades: [] },
      withUser: core,
    })
  })

  test('a bulk purchase comes with the coupon that hands out its seats', async () => {
    const { productId } = await shop.sell()
    const sessionId = await shop.buy({ productId, quantity: 5 }, { email: someone() })
    const { bulkCouponId } = await purchaseOf(sessionId)
    const bulkCoupon = {
      id: bulkCouponId,
      maxUses: 5,
      usedCount: 0,
      percentageDiscount: 1,
      restrictedToProductId: productId,
      status: 1,
    }
    const purchase = { totalAmount: 2495, status: 'Valid', bulkCouponId, bulkCoupon }
    expect(bulkCouponId).not.toBeNull()
    expect(await readAll(sessionId)).toMatchObject({
      byCharge: purchase,
      ofUser: [purchase],
      details: { purchase },
      withUser: { bulkCouponId },
    })
  })

  test("a seat at a country's price is restricted", async () => {
    const code = `PPP_${version.replaceAll('.', '')}`
    const { productId } = await shop.sell({
      coupons: { ppp: { IN: code } },
      discounts: [{ code, percentOff: 60 }],
    })
    const sessionId = await shop.buy(
      { productId, couponCode: code },
      { email: someone(), country: 'IN' },
      newVisitor({ country: 'IN' }),
    )
    const purchase = { totalAmount: 199.6, status: 'Restricted', country: 'IN' }
    expect(await readAll(sessionId)).toMatchObject({
      byCharge: purchase,
      ofUser: [purchase],
      details: { purchase },
      withUser: purchase,
    })
  })

  test('a free seat has no charge, and is the buyer’s all the same', async () => {
    const code = `FREE_${version.replaceAll('.', '')}`
    const { productId } = await shop.sell({
      coupons: { earlyBird: code },
      discounts: [{ code, percentOff: 100 }],
      earlyBirdEndDate: '2099-01-01',
    })
    const sessionId = await shop.buy({ productId }, { email: someone() })
    const purchase = { totalAmount: 0, status: 'Valid', merchantChargeId: null, productId }
    expect(await readAll(sessionId)).toMatchObject({
      byCharge: null,
      ofUser: [purchase],
      details: { purchase },
      withUser: purchase,
    })
  })

  test('a refunded seat is Refunded', async () => {
    const { productId } = await shop.sell()
    const sessionId = await shop.buy({ productId }, { email: someone() })
    shop.stripe.refund({ session: sessionId })
    await shop.delivered()
    const purchase = { totalAmount: 499, status: 'Refunded', productId }
    expect(await readAll(sessionId)).toMatchObject({
      byCharge: purchase,
      ofUser: [purchase],
      details: { purchase },
      withUser: purchase,
    })
  })

  test('somebody whom Course Builder knows stays who they are, with the organization they have', async () => {
    const { productId } = await shop.sell()
    const sessionId = await shop.buy({ productId }, { email: 'grace.hopper@example.com', name: 'Somebody' })
    expect(await purchaseOf(sessionId)).toMatchObject({
      userId: 'u_grace',
      organizationId: 'org_grace',
      organizationMembershipId: 'om_grace',
    })
    const { ofUser, withUser } = await readAll(sessionId)
    expect(ofUser).toMatchObject([{ id: 'purch_grace', totalAmount: 109.45 }, { productId }])
    expect(withUser).toMatchObject({ user: { name: 'Grace', email: 'Grace.Hopper@Example.com' } })
    expect(await shop.db.$count(tables.organization, eq(tables.organization.id, 'org_grace'))).toBe(1)
  })

  test("who is a member of another's personal organization gets one of their own", async () => {
    await withConnection(url, (connection) =>
      connection.query(
        "INSERT INTO egghead_OrganizationMembership (id, organizationId, userId, invitedById) VALUES ('om_guest', 'org_grace', 'u_ada', 'u_grace')",
      ),
    )
    const { productId } = await shop.sell()
    const sessionId = await shop.buy({ productId }, { email: 'ada@example.com' })
    const { userId, organizationId } = await purchaseOf(sessionId)
    expect(userId).toBe('u_ada')
    expect(organizationId).not.toBe('org_grace')
  })

  test('whose own organization has lost them as its member is taken back into it', async () => {
    await withConnection(url, (connection) =>
      connection.query(
        `INSERT INTO egghead_User (id, email) VALUES ('u_lost', 'lost@example.com');
         INSERT INTO egghead_Organization (id, name, personalOrganizationUserId) VALUES ('org_lost', 'Mine', 'u_lost');
         INSERT INTO egghead_Role (id, organizationId, name) VALUES ('role_lost', 'org_lost', 'owner')`,
      ),
    )
    const { productId } = await shop.sell()
    const sessionId = await shop.buy({ productId }, { email: 'lost@example.com' })
    const row = await purchaseOf(sessionId)
    expect(row).toMatchObject({ userId: 'u_lost', organizationId: 'org_lost' })
    const { organizationMembershipRole } = tables
    const roles = await shop.db
      .select()
      .from(organizationMembershipRole)
      .where(eq(organizationMembershipRole.organizationMembershipId, row.organizationMembershipId ?? ''))
    expect(roles).toHaveLength(2)
    expect(roles).toContainEqual(expect.objectContaining({ roleId: 'role_lost' }))
  })

  test('a charge that Course Builder recorded itself is adopted, and refunded with it', async () => {
    const { productId } = await shop.sell()
    const email = someone()
    shop.stripe.setDeliveries({ hold: true })
    const sessionId = await shop.buy({ productId }, { email })
    const session = await shop.client.checkout.sessions.retrieve(sessionId, {
      expand: ['payment_intent.latest_charge'],
    })
    const intent = typeof session.payment_intent === 'object' ? session.payment_intent : null
    const charge = typeof intent?.latest_charge === 'object' ? intent.latest_charge : null
    if (!charge) throw new Error('no charge')
    await withConnection(url, async (connection) => {
      await connection.query('INSERT INTO egghead_User SET ?', [{ id: `u_${charge.id}`, email }])
      await connection.query('INSERT INTO egghead_MerchantCharge SET ?', [
        {
          id: `mc_${charge.id}`,
          identifier: charge.id,
          userId: `u_${charge.id}`,
          merchantAccountId: 'ma_theirs',
          merchantProductId: 'mp_theirs',
          merchantCustomerId: 'mcus_grace',
        },
      ])
      await connection.query('INSERT INTO egghead_Purchase SET ?', [
        {
          id: `purch_${charge.id}`,
          userId: `u_${charge.id}`,
          productId,
          totalAmount: '499.00',
          merchantChargeId: `mc_${charge.id}`,
        },
      ])
    })
    shop.stripe.setDeliveries({})
    await shop.stripe.flush()
    await shop.delivered()
    expect(await shop.purchases(productId)).toMatchObject([{ id: `purch_${charge.id}`, status: 'Valid' }])
    expect(await shop.checkoutOf(sessionId)).toMatchObject({
      purchaseId: `purch_${charge.id}`,
      flags: ['adopted'],
      status: 'complete',
    })
    expect(shop.mailTo(email)).toEqual([])
    shop.stripe.refund({ session: sessionId })
    await shop.delivered()
    const { byCharge } = await readAll(sessionId)
    expect(byCharge).toMatchObject({ id: `purch_${charge.id}`, status: 'Refunded', totalAmount: 499 })
  })

  test('a push that drops what we added loses no sale: it is recorded once the database is migrated again', async () => {
    const { productId } = await shop.sell()
    shop.stripe.setDeliveries({ hold: true })
    const sessionId = await shop.buy({ productId }, { email: someone() })
    await withConnection(url, (connection) =>
      connection.query(`
        ALTER TABLE egghead_Purchase DROP COLUMN stripeChargeId, DROP COLUMN stripeCouponId, DROP COLUMN metadata;
        ALTER TABLE egghead_Product DROP COLUMN stripeProductId;
        DROP TABLE egghead_PurchaseProduct`),
    )
    shop.stripe.setDeliveries({})
    await shop.stripe.flush()
    await expect
      .poll(() => shop.inbox(sessionId, 'checkout.session.completed'))
      .toMatchObject([{ status: 'pending', attempts: expect.any(Number) }])
    // An index goes with its column.
    expect(await migrate(url)).toBe(7)
    const { id } = await shop.eventOf(sessionId, 'checkout.session.completed')
    await shop.stripe.resend(id)
    await shop.delivered()
    expect(await readAll(sessionId)).toMatchObject({
      byCharge: { productId, totalAmount: 499, status: 'Valid' },
    })
  })
})
