import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as tables from '@/db/schema'
import { newVisitor, openShop, type Shop, someone } from '@/sandbox/testing/shop'

/** Course Builder's rows as people, editors and other sites write them: a seat is sold, or it is said why not. */

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.stop())

const { product, contentResource, contentResourceProduct, merchantProduct, merchantPrice } = tables

const setProduct = (productId: string, fields: object) =>
  shop.db
    .update(product)
    .set({ fields: sql`json_merge_patch(${product.fields}, ${JSON.stringify(fields)})` })
    .where(eq(product.id, productId))

const setEvent = (productId: string, fields: object) =>
  shop.db.execute(sql`update ${contentResource} c join ${contentResourceProduct} cp on cp.resourceId = c.id
    set c.fields = json_merge_patch(c.fields, ${JSON.stringify(fields)}) where cp.productId = ${productId}`)

const offerOf = async (slug: string) => (await shop.send(`/api/workshop/${slug}/offer`)).body

const ago = (ms: number) => new Date(Date.now() - ms)
const HOUR_MS = 3_600_000

describe('a product', () => {
  test('whose dates nobody wrote down is on sale', async () => {
    const { productId, slug } = await shop.sell()
    await setEvent(productId, { startsAt: null, endsAt: null })
    expect(await offerOf(slug)).toMatchObject({ sale: 'open' })
    await shop.checkout({ productId })
  })

  test('that has a Stripe price and no other row, as the plan writes it, is sold for itself, on our own account', async () => {
    const { priceId } = await shop.sell()
    const [productId, slug] = [`product_${randomUUID()}`, `plain-${randomUUID()}`]
    await shop.db.insert(product).values({
      id: productId,
      name: 'Plain',
      type: 'live',
      status: 1,
      quantityAvailable: -1,
      stripeProductId: priceId,
      fields: { slug },
    })
    const sessionId = await shop.checkout({ productId })
    await shop.stripe.pay(sessionId, { email: someone() })
    await shop.delivered()
    const [sold] = await shop.purchases(productId)
    const [charge] = await shop.db
      .select()
      .from(tables.merchantCharge)
      .where(eq(tables.merchantCharge.id, sold?.merchantChargeId ?? ''))
    const [account] = await shop.db
      .select()
      .from(tables.merchantAccount)
      .where(eq(tables.merchantAccount.id, charge?.merchantAccountId ?? ''))
    expect(account).toMatchObject({ label: 'stripe' })
  })

  test.for([
    ['without an offset', 'Etc/UTC', (date: Date) => date.toISOString().slice(0, 19)],
    ['without seconds', 'Etc/UTC', (date: Date) => `${date.toISOString().slice(0, 16)}Z`],
    ['with an offset in short', 'Etc/UTC', (date: Date) => `${date.toISOString().slice(0, 19)}+0000`],
    // Etc/GMT+5 is five hours behind.
    [
      "in the workshop's own zone",
      'Etc/GMT+5',
      (date: Date) => new Date(date.getTime() - 5 * HOUR_MS).toISOString().slice(0, 19),
    ],
  ] as const)('heeds a date %s', async ([, timezone, write]) => {
    const { productId } = await shop.sell()
    await setEvent(productId, { timezone })
    await setProduct(productId, { closeEnrollment: write(ago(HOUR_MS)) })
    expect((await shop.register({ productId })).body).toMatchObject({ code: 'sale_closed' })
    const later = await shop.sell()
    await setEvent(later.productId, { timezone })
    await setProduct(later.productId, { openEnrollment: write(ago(-HOUR_MS)) })
    expect((await shop.register({ productId: later.productId })).body).toMatchObject({
      code: 'sale_not_open',
    })
  })

  test('of two events is sold until the later one is over', async () => {
    const { productId, slug } = await shop.sell()
    const id = `event_${randomUUID()}`
    const [startsAt, endsAt] = [ago(50 * HOUR_MS).toISOString(), ago(48 * HOUR_MS).toISOString()]
    await shop.db.insert(contentResource).values({
      id,
      type: 'event',
      createdById: 'u_1',
      fields: { title: 'Day one', slug: `${slug}-one`, startsAt, endsAt },
    })
    await shop.db.insert(contentResourceProduct).values({ productId, resourceId: id })
    await shop.checkout({ productId })
  })

  test.for(['link', 'event'] as const)('is not dated by another event whose %s was deleted', async (what) => {
    const { productId } = await shop.sell()
    await setEvent(productId, { startsAt: ago(50 * HOUR_MS), endsAt: ago(48 * HOUR_MS) })
    const id = `event_${randomUUID()}`
    const [startsAt, endsAt] = [ago(-48 * HOUR_MS).toISOString(), ago(-50 * HOUR_MS).toISOString()]
    const deleted = { deletedAt: ago(HOUR_MS) }
    await shop.db.insert(contentResource).values({
      id,
      type: 'event',
      createdById: 'u_1',
      fields: { title: 'Called off', slug: `${id}-off`, startsAt, endsAt },
      ...(what === 'event' && deleted),
    })
    const link = { productId, resourceId: id, ...(what === 'link' && deleted) }
    await shop.db.insert(contentResourceProduct).values(link)
    expect((await shop.register({ productId })).body).toMatchObject({ code: 'sale_closed' })
  })

  test('that is also sold through another payment service costs what Stripe says', async () => {
    const { productId, slug, priceId } = await shop.sell()
    const [account, mapping] = [`ma_${randomUUID()}`, `mp_${randomUUID()}`]
    await shop.db
      .insert(tables.merchantAccount)
      .values({ id: account, status: 1, label: 'paypal', identifier: account })
    await shop.db
      .insert(merchantProduct)
      .values({ id: mapping, merchantAccountId: account, productId, status: 1, identifier: mapping })
    await shop.db.insert(merchantPrice).values({
      id: `mpr_${randomUUID()}`,
      merchantAccountId: account,
      merchantProductId: mapping,
      status: 1,
      identifier: 'PAYPAL-PRICE',
      createdAt: ago(-HOUR_MS),
    })
    expect(await offerOf(slug)).toMatchObject({ total: { amount: 49_900 } })
    await shop.checkout({ productId })
    expect(shop.sessionCalls(priceId)).toHaveLength(1)
  })
})

describe('a time zone that is none', () => {
  const label = { timezone: 'Pacific Time (PST)' }

  test('refuses nobody for it: who has a seat is told so', async () => {
    const { productId } = await shop.sell()
    await setEvent(productId, label)
    const viewer = newVisitor({ as: 'yearly' })
    await shop.buy({ productId }, { email: 'grace@example.com' }, viewer)
    await shop.delivered()
    const { status, body } = await shop.register({ productId }, viewer)
    expect([status, body.code, body.fallbackUrl]).toEqual([409, 'already_purchased', undefined])
    expect(body.confirmationUrl).toContain('/confirmation?session_id=')
  })

  test.for([
    ['sale_closed', { closeEnrollment: ago(HOUR_MS).toISOString() }],
    ['sale_not_open', { openEnrollment: ago(-48 * HOUR_MS).toISOString() }],
  ] as const)('nor is %s anything else', async ([code, fields]) => {
    const { productId } = await shop.sell()
    await setEvent(productId, label)
    await setProduct(productId, fields)
    const { status, body } = await shop.register({ productId })
    expect([status, body.code, body.fallbackUrl]).toEqual([409, code, undefined])
  })
})

test.for([
  ['no list of country prices', { coupons: { member: 'MEMBER', ppp: null } }],
  ['a country without a code', { coupons: { ppp: { IN: null } } }],
  ['a list where there should be codes', { coupons: [] }],
  ['no configuration', 'nothing'],
] as const)(
  'a configuration with %s sells at the regular price, and what is paid is recorded',
  async ([, config]) => {
    const { productId, slug, paymentLinkId } = await shop.sell()
    await shop.db.execute(
      sql`update ${tables.checkoutProduct} set config = ${JSON.stringify(config)} where productId = ${productId}`,
    )
    expect(await offerOf(slug)).toMatchObject({ tier: 'standard', total: { amount: 49_900 } })
    const { id } = shop.stripe.openLink(paymentLinkId)
    await shop.stripe.pay(id, { email: someone() })
    await shop.delivered()
    expect(await shop.purchases(productId)).toHaveLength(1)
  },
)

test('rows that hold another kind of JSON sell all the same', async () => {
  const { productId } = await shop.sell()
  await shop.db.execute(sql`update ${product} set fields = '[]' where id = ${productId}`)
  await shop.db.execute(sql`update ${contentResource} c join ${contentResourceProduct} cp on cp.resourceId = c.id
    set c.fields = '"x"' where cp.productId = ${productId}`)
  await shop.checkout({ productId })
})

describe('the next edition of a workshop, under the same slug', () => {
  test('is set up beside the last one, which goes on as it was', async () => {
    const first = await shop.sell()
    const second = await shop.sell({ slug: first.slug, price: { amount: 59_900, currency: 'usd' } })
    for (const { productId, price } of [first, second]) {
      const sessionId = await shop.checkout({ productId })
      expect((await shop.checkoutOf(sessionId)).amountTotal).toBe(price.amount)
    }
    // Both links sell.
    for (const { paymentLinkId, productId } of [first, second]) {
      const { id } = shop.stripe.openLink(paymentLinkId)
      await shop.stripe.pay(id, { email: someone() })
      await shop.delivered()
      expect(await shop.purchases(productId)).toHaveLength(1)
    }
    expect(await offerOf(first.slug)).toMatchObject({ total: { amount: 59_900 } })
  })
})

test('where one of all seats is taken, nobody is told of all 1 seats', async () => {
  const { productId } = await shop.sell({ capacity: 1 })
  await shop.buy({ productId })
  expect((await shop.register({ productId })).body).toMatchObject({
    code: 'sold_out',
    error: 'All seats are taken.',
  })
})
