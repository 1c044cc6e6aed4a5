import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startMysqlProxy } from '@/sandbox/mysql/proxy'
import { openShop, type Shop } from '@/sandbox/testing/shop'
import { jsonLines, runOps } from './testing/run'

// Each command is a process of its own, which takes its time on a small machine.
vi.setConfig({ testTimeout: 180_000 })

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.stop())

async function doctor(change: Record<string, string> = {}) {
  const { out, err, code } = await runOps(['doctor', '--json'], { ...shop.env, ...change })
  expect(err).toBe('')
  for (const secret of [shop.env.STRIPE_SECRET_KEY, shop.env.CRON_SECRET, shop.env.STRIPE_WEBHOOK_SECRET])
    expect(out).not.toContain(secret)
  const lines = jsonLines(out)
  const named = (level: string) =>
    lines.filter((line) => line.level === level).map(({ name, detail }) => `${name}: ${detail}`)
  return { code, lines, wrong: named('wrong'), warnings: named('warning') }
}

test('a shop that is set up is fine, but for what may be meant', async () => {
  expect(await runOps(['setup', '--yes'], shop.env)).toMatchObject({ code: 0 })
  const { code, wrong, warnings, lines } = await doctor()
  expect(wrong).toEqual([])
  expect(code).toBe(0)
  // The sandbox's own endpoint names no version.
  expect(warnings).toEqual([
    "endpoint: follows the account's default version",
    'claude-code: anyone can type MEMBER, EARLY_BIRD_MEMBER, PPP_IN, PPP_BR at its payment link',
    'typescript-at-scale: anyone can type TS_MEMBER at its payment link',
  ])
  for (const { level, fix } of lines) if (level === 'warning') expect(fix).toMatch(/\.$|setup$/)
})

test("a tier's code that Stripe keeps for one customer is nothing that anyone can type", async () => {
  const { data } = await shop.client.promotionCodes.list({ code: 'TS_MEMBER', active: true })
  for (const { id } of data) await shop.client.promotionCodes.update(id, { active: false })
  const { id: customer } = await shop.client.customers.create({ email: 'ada@example.com' })
  await shop.client.promotionCodes.create({
    code: 'TS_MEMBER',
    customer,
    promotion: { type: 'coupon', coupon: 'TS_MEMBER' },
  })
  const { warnings, wrong } = await doctor()
  expect(warnings.join()).toContain('claude-code: anyone can type MEMBER')
  expect(warnings.join()).not.toContain('TS_MEMBER')
  expect(wrong).toEqual([])
})

test("Stripe's rate limit is waited out, by every command", async () => {
  shop.stripe.setFaults({ failNext: { count: 3, status: 429 } })
  try {
    const { code, wrong } = await doctor()
    expect(wrong).toEqual([])
    expect(code).toBe(0)
    expect(shop.stripe.faults().failNext?.count).toBe(0)
  } finally {
    shop.stripe.setFaults({})
  }
})

test('variables: missing, of two modes, with a line break', async () => {
  const missing = await doctor({ STRIPE_WEBHOOK_SECRET: '' })
  expect(missing.code).toBe(1)
  expect(missing.wrong.join()).toContain('STRIPE_WEBHOOK_SECRET is missing')
  const mixed = await doctor({ NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY: 'pk_live_abcdefgh', CRON_SECRET: '' })
  expect(mixed.wrong).toContain(
    'keys: STRIPE_SECRET_KEY is a test key, NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY a live key',
  )
  expect(mixed.warnings.join()).toContain('CRON_SECRET is missing')
  const copied = await doctor({ STRIPE_WEBHOOK_SECRET: `${shop.env.STRIPE_WEBHOOK_SECRET}\n` })
  expect(copied.warnings).toContain(
    'environment: STRIPE_WEBHOOK_SECRET has a space or a line break around it',
  )
})

test('a webhook behind a redirect, behind a sign-in, and nowhere', async () => {
  let status = 308
  const server = createServer((_, response) => {
    response.writeHead(status, status === 308 ? { location: '/api/stripe/webhook/' } : {}).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    expect((await doctor({ NEXT_PUBLIC_APP_URL: url })).wrong).toContain(
      `webhook: ${url}/api/stripe/webhook redirects to /api/stripe/webhook/`,
    )
    status = 401
    expect((await doctor({ NEXT_PUBLIC_APP_URL: url })).wrong).toContain(
      `webhook: ${url}/api/stripe/webhook asks for a sign-in (401)`,
    )
  } finally {
    server.close()
  }
  const nowhere = await doctor({ NEXT_PUBLIC_APP_URL: url })
  expect(nowhere.wrong).toContain(`webhook: ${url}/api/stripe/webhook does not answer`)
  expect(nowhere.wrong).toContain(
    `endpoint: Stripe has no enabled webhook endpoint for ${url}/api/stripe/webhook`,
  )
  // And payment links that lead to the other address.
  expect(nowhere.wrong.join()).toContain('change payment link')
})

test('another endpoint that hears of sales, and one of another version', async () => {
  const theirs = shop.stripe.addEndpoint({
    url: 'https://course-builder.example.com/api/stripe',
    secret: 'whsec_x',
  })
  const { warnings } = await doctor()
  expect(warnings).toContain(
    'endpoint: https://course-builder.example.com/api/stripe also hears of every sale',
  )
  shop.stripe.removeEndpoint(theirs.id)
  const state = shop.stripe.snapshot()
  for (const endpoint of Object.values(state.webhookEndpoints)) endpoint.api_version = '2024-06-20'
  shop.stripe.restore(state)
  expect((await doctor()).wrong).toContain('endpoint: speaks 2024-06-20, we speak 2026-10-28.endive')
})

test('columns, indexes and tables that another tool dropped; a price by hand; mail that refuses', async () => {
  await shop.db.execute(sql`alter table egghead_Purchase drop column stripeCouponId`)
  await shop.db.execute(sql`drop index checkout_outbox_due_idx on checkout_Outbox`)
  await shop.db.execute(sql`drop table egghead_PurchaseProduct`)
  await shop.db.execute(sql`update egghead_MerchantPrice set status = 0`)
  const { wrong, warnings, code } = await doctor({ SMTP_URL: 'smtp://127.0.0.1:1' })
  expect(code).toBe(1)
  expect(wrong).toEqual(
    expect.arrayContaining([
      'database: egghead_Purchase lacks stripeCouponId',
      'database: the table egghead_PurchaseProduct is missing',
      expect.stringMatching(/^mail: the server of SMTP_URL refuses \(E[A-Z]+\)$/),
    ]),
  )
  expect(warnings).toContain('database: checkout_Outbox lacks the index checkout_outbox_due_idx')
  expect([...wrong, ...warnings].join()).toContain('is not as declared: change MerchantPrice')
})

test('a setting that the database refuses to a connection', async () => {
  const wire = await startMysqlProxy(shop.env.DATABASE_URL ?? '')
  wire.hooks.rewrite = (text) => text.replace('innodb_lock_wait_timeout', 'what_nobody_knows')
  try {
    const { code, warnings } = await doctor({ DATABASE_URL: wire.url })
    expect(warnings).toContain('database: refuses SET innodb_lock_wait_timeout = 8')
    expect(code).toBe(1)
  } finally {
    await wire.close()
  }
})
