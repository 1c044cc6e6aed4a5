import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Server, spawnServer } from '@/sandbox/testing/server'
import { openShop, type Shop } from '@/sandbox/testing/shop'
import { freePorts } from '@/scripts/ports.mjs'

const complete = {
  DATABASE_URL: 'mysql://shop:not-to-be-seen@127.0.0.1:1/shop',
  STRIPE_SECRET_KEY: 'sk_test_not_to_be_seen',
  STRIPE_WEBHOOK_SECRET: 'whsec_not_to_be_seen',
  NEXT_PUBLIC_APP_URL: 'http://127.0.0.1',
  LOG_LEVEL: 'error',
}

async function tryToStart(env: Record<string, string>): Promise<{ code: number; output: string }> {
  const [port = 0] = await freePorts(1)
  const server: Server = spawnServer(port, env)
  const patience = setTimeout(() => void server.stop(), 15_000)
  const code = await server.ended
  clearTimeout(patience)
  return { code, output: server.output() }
}

describe('an environment that is not complete stops the start', () => {
  const broken: [name: string, change: Record<string, string>, problem: string][] = [
    ['DATABASE_URL', { DATABASE_URL: '' }, 'is missing'],
    ['DATABASE_URL', { DATABASE_URL: 'postgres://x:not-to-be-seen@y/z' }, 'is malformed'],
    ['STRIPE_SECRET_KEY', { STRIPE_SECRET_KEY: '' }, 'is missing'],
    ['STRIPE_SECRET_KEY', { STRIPE_SECRET_KEY: 'pk_test_not_to_be_seen' }, 'is malformed'],
    ['STRIPE_WEBHOOK_SECRET', { STRIPE_WEBHOOK_SECRET: 'not_to_be_seen' }, 'is malformed'],
    ['NEXT_PUBLIC_APP_URL', { NEXT_PUBLIC_APP_URL: '' }, 'is missing'],
    ['CRON_SECRET', { CRON_SECRET: 'short-seen' }, 'is malformed'],
  ]
  test.for(broken)('%s: %j', async ([name, change, problem]) => {
    const { code, output } = await tryToStart({ ...complete, ...change })
    expect(code).toBe(1)
    expect(output).toMatch(new RegExp(`^  ${name} ${problem}: .+, e\\.g\\. .+$`, 'm'))
    expect(output).not.toMatch(/not.to.be.seen|short-seen/)
  })

  test('all of it at once', async () => {
    const { code, output } = await tryToStart({})
    expect(code).toBe(1)
    expect(output).toContain('NEXT_PUBLIC_APP_URL is missing')
  })

  test('a live key with a stand-in for Stripe', async () => {
    const live = { STRIPE_SECRET_KEY: 'sk_live_not_to_be_seen', STRIPE_API_BASE_URL: 'http://127.0.0.1:1' }
    const { code, output } = await tryToStart({ ...complete, ...live })
    expect(code).toBe(1)
    expect(output).toContain('STRIPE_API_BASE_URL is refused with a live key')
  })
})

describe('a server that runs', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop()
  })
  afterAll(() => shop.stop())

  test('says that it is well', async () => {
    const { status, body, headers } = await shop.send('/api/health')
    expect([status, body]).toEqual([200, { status: 'ok', role: 'commerce' }])
    expect(headers.get('cache-control')).toBe('private, no-store')
  })

  test.for(['/api/cron/inbox', '/api/cron/outbox', '/api/cron/holds', '/api/cron/reconcile'])(
    'lets only the scheduler call %s',
    async (path) => {
      for (const token of ['', 'Bearer ', 'Bearer wrong', `Basic ${shop.env.CRON_SECRET}`]) {
        const answer = await shop.send(path, { headers: token ? { Authorization: token } : {} })
        expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
      }
      const headers = { Authorization: `Bearer ${shop.env.CRON_SECRET}` }
      expect((await shop.send(path, { headers })).status).toBe(200)
    },
  )

  test('has no scheduler routes without a secret, and no demo sign-in outside the demo', async () => {
    await shop.restart({ CRON_SECRET: '', WORKSHOP_DEMO: '' })
    try {
      expect((await shop.cron('outbox')).status).toBe(404)
      const signIn = await shop.send('/api/demo/sign-in', {
        method: 'POST',
        body: new URLSearchParams({ as: 'yearly' }),
      })
      expect(signIn.status).toBe(404)
      const { productId } = await shop.sell()
      const session = await shop.checkout({ productId }, { as: 'yearly' })
      expect((await shop.client.checkout.sessions.retrieve(session)).customer_email).toBeNull()
    } finally {
      await shop.restart()
    }
  })

  test('warns where nothing sends mail, and where nothing can be tried again', async () => {
    const warned = () =>
      [...shop.logs().matchAll(/"event":"(start\.no_(?:mail|scheduler))"/g)].map(([, event]) => event)
    await shop.restart()
    await shop.send('/api/health')
    const before = warned()
    await shop.restart({ CRON_SECRET: '', SMTP_URL: '', RESEND_API_KEY: '' })
    try {
      await expect.poll(() => warned().slice(before.length)).toEqual(['start.no_mail', 'start.no_scheduler'])
    } finally {
      await shop.restart()
    }
  })

  test("warns where Course Builder's work hangs on its events and there is no key for them", async () => {
    const warnings = () => shop.logs().split('"event":"start.no_inngest"').length - 1
    await shop.restart()
    expect(warnings()).toBe(0)
    // What tells its database from one of ours alone: the table that it keeps sign-ins in.
    await shop.db.execute(sql`create table egghead_Account (userId varchar(191) primary key)`)
    await shop.restart()
    await expect.poll(warnings, { timeout: 5000 }).toBe(1)
    await shop.restart({ INNGEST_EVENT_KEY: 'key-of-a-test' })
    await shop.send('/api/health')
    expect(warnings()).toBe(1)
  })

  test('keeps its secrets out of the log when Stripe and the database refuse them', async () => {
    const { productId } = await shop.sell()
    const url = new URL(shop.env.DATABASE_URL ?? '')
    url.pathname = '/nowhere'
    await shop.restart({ DATABASE_URL: url.href })
    try {
      expect((await shop.register({ productId })).status).toBeGreaterThanOrEqual(500)
      expect(shop.logs()).toContain('"level":"error"')
      // That none of them was written is what `stop` checks.
    } finally {
      await shop.restart()
    }
  })
})
