import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import * as tables from '@/db/schema'
import { activeLinks, planWorkshop } from '@/lib/setup/setup'
import { aWorkshop, openShop, type Shop } from '@/sandbox/testing/shop'
import { workshops } from '@/workshops.config'
import { jsonLines, runOps } from './testing/run'

// Each command is a process of its own, which takes its time on a small machine.
vi.setConfig({ testTimeout: 180_000 })

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.stop())

const setup = async (args: string[] = [], env = shop.env) => {
  const ran = await runOps(['setup', ...args], env)
  return { ...ran, writes: shop.stripe.requests().filter(({ method }) => method === 'POST').length }
}

test('from nothing to everything declared; the second run finds nothing to do and writes nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'setup-'))
  const secretFile = join(folder, 'webhook-secret')
  const { STRIPE_WEBHOOK_SECRET: secret = '', ...env } = shop.env
  shop.stripe.reset()
  const url = `${shop.url}/api/stripe/webhook`
  for (const endpoint of Object.values(shop.stripe.snapshot().webhookEndpoints))
    shop.stripe.removeEndpoint(endpoint.id)
  shop.stripe.clearRequests()

  const dry = await setup([], env)
  expect(dry).toMatchObject({ code: 0, err: '', writes: 0 })
  expect(dry.out).toContain(`+ stripe: create webhook endpoint ${url}`)
  expect(dry.out).toContain('none written')

  const written = await setup(['--yes', '--secret-file', secretFile], env)
  expect(written).toMatchObject({ code: 0, err: expect.stringContaining(secretFile) })
  const made = shop.stripe.snapshot()
  const [endpoint] = Object.values(made.webhookEndpoints)
  expect(endpoint).toMatchObject({ url, api_version: '2026-10-28.endive' })
  expect(endpoint?.enabled_events).toEqual([
    ...['completed', 'async_payment_succeeded', 'async_payment_failed', 'expired'].map(
      (what) => `checkout.session.${what}`,
    ),
    ...['charge.refunded', 'charge.dispute.created', 'charge.dispute.closed', 'refund.failed'],
  ])
  const its = Object.values(made.webhookSecrets)[0] ?? '-'
  expect(await readFile(secretFile, 'utf8')).toBe(`STRIPE_WEBHOOK_SECRET=${its}\n`)
  for (const said of [written.out, written.err]) {
    expect(said).not.toContain(its)
    expect(said).not.toContain(secret)
  }
  const links = Object.values(made.paymentLinks)
  expect(links).toHaveLength(workshops.length)
  for (const link of links)
    expect(link.after_completion.redirect?.url).toMatch(
      /\/workshop\/[\w-]+\/confirmation\?session_id=\{CHECKOUT_SESSION_ID\}$/,
    )
  await rm(folder, { recursive: true })

  shop.stripe.clearRequests()
  const again = await setup(['--yes'])
  expect(again).toMatchObject({ code: 0, err: '', writes: 0 })
  expect(again.out).toBe('Nothing to do: Stripe and the database are as declared.\n')
}, 120_000)

test('a new price is a new price: the old one, its row and its payment link are switched off, nothing is deleted', async () => {
  const workshop = aWorkshop()
  const deps = { db: shop.db, stripe: shop.client, appUrl: shop.url }
  const links = async () => {
    const all = []
    for await (const link of shop.client.paymentLinks.list({ limit: 100 })) all.push(link)
    return all.filter(({ metadata }) => metadata.workshopSlug === workshop.slug)
  }
  const before = await (await planWorkshop(deps, workshop, await links())).apply()
  const dearer = { ...workshop, title: 'A new title', price: { amount: 59900, currency: 'usd' } }
  const plan = await planWorkshop(deps, dearer, await links())
  expect(
    plan.changes.map(({ action, where, what, detail }) => `${action} ${where} ${what}: ${detail}`),
  ).toEqual(
    expect.arrayContaining([
      `change stripe product: name: "${workshop.title}" → "A new title"`,
      'create stripe price: 599.00 usd',
      `deactivate stripe price: 49900 usd is no longer the workshop's price`,
      'change database Price: unitAmount: "499.00" → "599.00"',
      'deactivate database MerchantPrice: no longer the active price',
    ]),
  )
  const after = await plan.apply()
  expect(after.priceId).not.toBe(before.priceId)
  expect(await shop.client.prices.retrieve(before.priceId)).toMatchObject({ active: false })
  expect(await shop.client.products.retrieve(workshop.stripeProductId)).toMatchObject({
    default_price: after.priceId,
  })
  const rows = await shop.db
    .select()
    .from(tables.merchantPrice)
    .where(eq(tables.merchantPrice.merchantProductId, `mp_${workshop.productId}`))
  expect(rows.map(({ identifier, status }) => [identifier, status]).sort()).toEqual(
    [
      [before.priceId, 0],
      [after.priceId, 1],
    ].sort(),
  )
  expect((await links()).map(({ url, active }) => [url, active]).sort()).toEqual(
    [
      [before.paymentLink, false],
      [after.paymentLink, true],
    ].sort(),
  )
  const active = (await links()).filter((link) => link.active)
  expect((await planWorkshop(deps, dearer, active)).changes).toEqual([])
})

test('of several prices the one that is known counts, and one that was half put in place is put in place', async () => {
  const workshop = aWorkshop()
  const deps = { db: shop.db, stripe: shop.client, appUrl: shop.url }
  const plan = async (declared = workshop) => planWorkshop(deps, declared, await activeLinks(shop.client))
  const { priceId } = await (await plan()).apply()
  const price = (more: object) =>
    shop.client.prices.create({
      product: workshop.stripeProductId,
      currency: 'usd',
      unit_amount: 49_900,
      ...more,
    })
  // Newer, at the same amount: a subscription's, and one that nobody here knows.
  await price({ recurring: { interval: 'year' } })
  await price({})
  expect((await plan()).changes).toEqual([])

  // Cut off between the new price and the product that calls it its own.
  await price({ unit_amount: 59_900, metadata: { productId: workshop.productId } })
  const dearer = { ...workshop, price: { amount: 59_900, currency: 'usd' } }
  const after = await (await plan(dearer)).apply()
  expect(await shop.client.products.retrieve(workshop.stripeProductId)).toMatchObject({
    default_price: after.priceId,
  })
  expect(await shop.client.prices.retrieve(priceId)).toMatchObject({ active: false })
  expect((await plan(dearer)).changes).toEqual([])
})

test('a code that somebody has made or switched off at Stripe is looked at, and left', async () => {
  const deps = { db: shop.db, stripe: shop.client, appUrl: shop.url }
  const taken = await shop.client.coupons.create({ percent_off: 30, duration: 'once' })
  await shop.client.promotionCodes.create({ code: 'TAKEN', promotion: { type: 'coupon', coupon: taken.id } })
  const workshop = { ...aWorkshop(), discounts: [{ code: 'TAKEN', amountOff: 500 }] }
  const { problems, changes } = await planWorkshop(deps, workshop, [])
  expect(problems).toMatchObject([
    {
      what: 'coupon',
      id: 'TAKEN',
      detail: `is the code of the coupon ${taken.id}, which takes 30 % off at Stripe, 5.00 usd off is declared`,
    },
  ])
  expect(changes.filter(({ what }) => what === 'coupon' || what === 'promotion code')).toEqual([])

  const own = { ...aWorkshop(), discounts: [{ code: 'LEAKED', amountOff: 500 }] }
  await (await planWorkshop(deps, own, [])).apply()
  const { data } = await shop.client.promotionCodes.list({ code: 'LEAKED' })
  await shop.client.promotionCodes.update(data[0]?.id ?? '', { active: false })
  const again = await planWorkshop(deps, own, await activeLinks(shop.client))
  expect({ changes: again.changes, problems: again.problems }).toEqual({ changes: [], problems: [] })
})

test('a code that Stripe keeps for one customer is not the one that anybody may type: that one is made', async () => {
  const deps = { db: shop.db, stripe: shop.client, appUrl: shop.url }
  const workshop = { ...aWorkshop(), discounts: [{ code: 'THEIRS', percentOff: 20 }] }
  await shop.client.coupons.create({ id: 'THEIRS', percent_off: 20, duration: 'once' })
  const { id: customer } = await shop.client.customers.create({ email: 'ada@example.com' })
  const promotion = { type: 'coupon' as const, coupon: 'THEIRS' }
  await shop.client.promotionCodes.create({ code: 'THEIRS', customer, promotion })
  const { changes, problems } = await planWorkshop(deps, workshop, [])
  expect(problems).toEqual([])
  expect(changes.filter(({ id }) => id === 'THEIRS').map(({ what }) => what)).toEqual(['promotion code'])
})

test.each([
  ['USED_UP', { amount_off: 500, currency: 'usd', max_redemptions: 1 }, 'is used up or expired at Stripe'],
  ['IN_EUROS', { amount_off: 500, currency: 'eur' }, 'takes 500 eur off at Stripe, 5.00 usd off is declared'],
  ['BY_PERCENT', { percent_off: 5 }, 'takes 5 % off at Stripe, 5.00 usd off is declared'],
])(
  'the coupon %s, which is not as it is declared, is said, and no code is made for what is over',
  async (id, terms, detail) => {
    const deps = { db: shop.db, stripe: shop.client, appUrl: shop.url }
    await shop.client.coupons.create({ id, duration: 'once', ...terms })
    if (id === 'USED_UP') {
      const state = shop.stripe.snapshot()
      Object.assign(state.coupons[id] ?? {}, { times_redeemed: 1 })
      shop.stripe.restore(state)
    }
    const workshop = { ...aWorkshop(), discounts: [{ code: id, amountOff: 500 }] }
    const { changes, problems } = await planWorkshop(deps, workshop, [])
    expect(problems).toMatchObject([{ what: 'coupon', id, detail }])
    expect(changes.filter((change) => change.id === id).map(({ what }) => what)).toEqual(
      id === 'USED_UP' ? [] : ['promotion code'],
    )
  },
)

test("another workshop's coupon is none of this one's", async () => {
  const deps = { db: shop.db, stripe: shop.client, appUrl: shop.url }
  const [theirs, ours] = [aWorkshop(), aWorkshop()]
  const discounts = [{ code: 'ELSEWHERE', percentOff: 20 }]
  await (await planWorkshop(deps, { ...theirs, discounts }, [])).apply()
  const { problems } = await planWorkshop(deps, { ...ours, discounts }, [])
  expect(problems).toMatchObject([
    {
      id: 'ELSEWHERE',
      detail: `is for ${theirs.stripeProductId} at Stripe, not for ${ours.stripeProductId}`,
    },
  ])
})

test('a name that Stripe takes for no code is said, and stops nothing else', async () => {
  const deps = { db: shop.db, stripe: shop.client, appUrl: shop.url }
  const workshop = { ...aWorkshop(), discounts: [{ code: 'NO CODE', amountOff: 500 }] }
  const refused: unknown[] = []
  const { priceId } = await (await planWorkshop(deps, workshop, [])).apply((change) => {
    if (change.refused) refused.push(change.refused)
  })
  expect(refused).toMatchObject([
    { what: 'promotion code', id: 'NO CODE', detail: expect.stringContaining('was not made') },
  ])
  expect(await shop.client.coupons.retrieve('NO CODE')).toMatchObject({ amount_off: 500 })
  expect(await shop.client.prices.retrieve(priceId)).toMatchObject({ active: true })
})

test('a declared link that sells another price, or takes no codes, is said', async () => {
  const deps = { db: shop.db, stripe: shop.client, appUrl: shop.url }
  const [other, workshop] = [aWorkshop(), { ...aWorkshop(), discounts: [{ code: 'LINKED', amountOff: 500 }] }]
  const { paymentLink } = await (await planWorkshop(deps, other, [])).apply()
  const { priceId } = await (await planWorkshop(deps, workshop, [])).apply()
  const problemsOf = async (link: string) =>
    (await planWorkshop(deps, { ...workshop, paymentLink: link }, await activeLinks(shop.client))).problems
  expect(await problemsOf(paymentLink)).toMatchObject([
    { what: 'payment link', detail: expect.stringContaining("not the workshop's present price") },
  ])
  const codeless = await shop.client.paymentLinks.create({ line_items: [{ price: priceId, quantity: 1 }] })
  expect(await problemsOf(codeless.url)).toMatchObject([
    { what: 'payment link', detail: "takes no codes, and the workshop's has some" },
  ])
})

test("what a coupon's declaration can't change at Stripe, and a link that isn't there, are said with a way out", async () => {
  const workshop = { ...aWorkshop(), discounts: [{ code: 'FIVE_OFF', amountOff: 500 }] }
  const deps = { db: shop.db, stripe: shop.client, appUrl: shop.url }
  await (await planWorkshop(deps, workshop, [])).apply()
  const changed = {
    ...workshop,
    paymentLink: 'https://buy.stripe.com/nowhere',
    discounts: [{ code: 'FIVE_OFF', amountOff: 600 }],
  }
  const { problems } = await planWorkshop(deps, changed, [])
  expect(problems).toEqual([
    expect.objectContaining({
      what: 'coupon',
      id: 'FIVE_OFF',
      detail: 'takes 500 usd off at Stripe, 6.00 usd off is declared',
    }),
    expect.objectContaining({ what: 'payment link', id: 'https://buy.stripe.com/nowhere' }),
  ])
})

test("what Course Builder's editor keeps in a product's fields stays", async () => {
  const [first] = workshops
  const { productId = '' } = first ?? {}
  const [row] = await shop.db.select().from(tables.product).where(eq(tables.product.id, productId))
  const fields = { ...row?.fields, theirs: 'kept' }
  await shop.db
    .update(tables.product)
    .set({ fields, name: 'Changed by hand' })
    .where(eq(tables.product.id, productId))
  const ran = await setup(['--yes', '--json'])
  expect(ran.code).toBe(0)
  expect(jsonLines(ran.out).at(-1)).toMatchObject({ changes: 1, written: true })
  const [mended] = await shop.db.select().from(tables.product).where(eq(tables.product.id, productId))
  expect(mended).toMatchObject({ name: first?.title, fields: { theirs: 'kept' } })
})

test('a live key needs --live, and contradictions are wrong usage', async () => {
  const live = {
    ...shop.env,
    STRIPE_SECRET_KEY: 'sk_live_notAKey1234',
    WORKSHOP_DEMO: '',
    STRIPE_API_BASE_URL: '',
  }
  const refused = await setup([], live)
  expect(refused).toMatchObject({ code: 2, out: '' })
  expect(refused.err).toContain('--live')
  expect(refused.err).not.toContain('notAKey')
  expect(await setup(['--yes', '--dry-run'])).toMatchObject({ code: 2 })
})
