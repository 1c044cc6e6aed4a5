import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import * as tables from '@/db/schema'
import { planWorkshop } from '@/db/setup/setup'
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
    .where(eq(tables.merchantPrice.merchantProductId, `mp_${workshop.slug}`))
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
