import { randomBytes } from 'node:crypto'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '@/db/migrate'
import { type MysqlProxy, startMysqlProxy } from '@/sandbox/mysql/proxy'
import { type Answer, openShop, type Shop } from '@/sandbox/testing/shop'
import { storefrontEnv } from '@/sandbox/testing/storefront-env'

const token = randomBytes(16).toString('hex')
const key = 'h'.repeat(40)
let shop: Shop
const opened: (() => unknown)[] = []

beforeAll(async () => {
  shop = await openShop({ METRICS_TOKEN: token, COURSE_BUILDER_API_KEY: key })
})
afterAll(async () => {
  await shop.stop()
  for (const close of opened) await close()
})

const bearer = (secret: string) => ({ headers: { Authorization: `Bearer ${secret}` } })
/** Each asks a process of its own, which has looked at nothing yet. */
async function deep(change: Record<string, string> = {}, before?: () => unknown): Promise<Answer> {
  const server = await shop.addServer(change)
  await before?.()
  return look(server)
}
async function look(server: string): Promise<Answer> {
  const answer = await shop.send(`${server}/api/health?deep`, {
    ...bearer(token),
    signal: AbortSignal.timeout(10_000),
  })
  leaksNothing(answer)
  return answer
}

function leaksNothing({ body }: Answer) {
  const text = JSON.stringify(body)
  const { DATABASE_URL = '', STRIPE_SECRET_KEY = '', SMTP_URL = '' } = shop.env
  for (const secret of [
    token,
    key,
    STRIPE_SECRET_KEY,
    new URL(DATABASE_URL).password,
    new URL(SMTP_URL).port,
  ])
    expect(text).not.toContain(secret)
  expect(text).not.toMatch(/127\.0\.0\.1|localhost|node_modules|\bat [\w.]+ \(/)
}

const checksOf = ({ body }: Answer) =>
  Object.fromEntries(Object.entries(Object(body.checks)).map(([name, check]) => [name, Object(check).status]))
const well = { database: 'ok', migrations: 'ok', stripe: 'ok', clock: 'ok', mail: 'ok' }

/** How loud, and what failed, by each line of the log that says so. */
const failuresInLog = () =>
  shop
    .logs()
    .split('\n')
    .filter((line) => line.includes('"event":"health.failing"') && line.endsWith('}'))
    .map((line) => JSON.parse(line))
    .map(({ level, checks }) => [level, Object.keys(checks)])

async function proxied(): Promise<MysqlProxy> {
  const proxy = await startMysqlProxy(shop.env.DATABASE_URL ?? '')
  opened.push(proxy.close)
  return proxy
}

describe('all is well', () => {
  test('the operator is told what was looked at, by either secret', async () => {
    const answer = await look(shop.url)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    expect(checksOf(answer)).toEqual(well)
    const same = await shop.send('/api/health?deep', bearer(shop.env.CRON_SECRET ?? ''))
    expect(same.body).toEqual(answer.body)
  })

  test('everybody else hears whether, and no more', async () => {
    for (const init of [
      {},
      bearer('wrong-wrong-wrong'),
      bearer(''),
      { headers: { Authorization: 'Bearer' } },
    ]) {
      const { status, body } = await shop.send('/api/health?deep', init)
      expect([status, body]).toEqual([200, { status: 'ok' }])
    }
  })

  test('a secret that is not set is nobody’s', async () => {
    const server = await shop.addServer({ METRICS_TOKEN: '', CRON_SECRET: '' })
    for (const secret of ['', token, 'undefined'])
      expect((await shop.send(`${server}/api/health?deep`, bearer(secret))).body).toEqual({ status: 'ok' })
  })

  test('however many ask, Stripe is asked once', async () => {
    const server = await shop.addServer()
    const asked = () => shop.stripe.requests().filter(({ path }) => path === '/v1/balance').length
    const before = asked()
    const crowd = Array.from({ length: 50 }, () => shop.send(`${server}/api/health?deep=1`))
    expect((await Promise.all(crowd)).every(({ status }) => status === 200)).toBe(true)
    await shop.send(`${server}/api/health?deep`)
    expect(asked() - before).toBe(1)
  })

  test('mail that is not set up is not needed', async () => {
    const answer = await deep({ SMTP_URL: '', EMAIL_FROM: '' })
    expect(answer.status).toBe(200)
    expect(checksOf(answer)).toEqual({ ...well, mail: 'off' })
  })
})

describe('something fails', () => {
  test('the database is stopped', async () => {
    const proxy = await proxied()
    const answer = await deep({ DATABASE_URL: proxy.url }, proxy.close)
    expect(answer.status).toBe(503)
    expect(checksOf(answer)).toEqual({ ...well, database: 'failing', migrations: 'unknown' })
  })

  test('the database does not answer: that is known in time, and the plain answer needs none of it', async () => {
    const proxy = await proxied()
    const server = await shop.addServer({ DATABASE_URL: proxy.url })
    proxy.hooks.before = () => new Promise(() => {})
    shop.stripe.setFaults({ hang: true })
    try {
      const calls = shop.stripe.requests().length
      const plain = await shop.send(`${server}/api/health`, { signal: AbortSignal.timeout(10_000) })
      expect([plain.status, plain.body]).toEqual([200, { status: 'ok', role: 'commerce' }])
      expect(shop.stripe.requests()).toHaveLength(calls)
      const answer = await look(server)
      expect(answer.status).toBe(503)
      expect(checksOf(answer)).toEqual({
        database: 'failing',
        migrations: 'unknown',
        stripe: 'failing',
        clock: 'unknown',
        mail: 'ok',
      })
      // Strangers hear that something is wrong, and not what.
      expect(await shop.send(`${server}/api/health?deep`)).toMatchObject({
        status: 503,
        body: { status: 'failing' },
      })
      expect((await shop.send(`${server}/api/health?deep`)).body).not.toHaveProperty('checks')
    } finally {
      shop.stripe.setFaults({})
    }
  })

  test('Stripe fails: its clock can still be read', async () => {
    shop.stripe.setFaults({ failRate: 1 })
    try {
      const answer = await deep()
      expect(answer.status).toBe(503)
      expect(checksOf(answer)).toEqual({ ...well, stripe: 'failing' })
      await expect.poll(failuresInLog).toContainEqual(['warn', ['stripe']])
    } finally {
      shop.stripe.setFaults({})
    }
  })

  test.each([
    ['is gone', 'smtp://127.0.0.1:1'],
    ['never greets', 'silent'],
  ])('the mail server %s', async (_, url) => {
    const answer = await deep({ SMTP_URL: url === 'silent' ? await silentServer() : url })
    expect(answer.status).toBe(503)
    expect(checksOf(answer)).toEqual({ ...well, mail: 'failing' })
  })

  test.each([
    [600, /^is (59|60)\d s behind Stripe's$/],
    [-600, /^is (59|60)\d s ahead of Stripe's$/],
  ])('Stripe’s clock is %i s ahead of ours', async (seconds, detail) => {
    const answer = await deep({ STRIPE_API_BASE_URL: await skewedStripe(seconds) })
    expect(answer.status).toBe(503)
    expect(checksOf(answer)).toEqual({ ...well, clock: 'failing' })
    expect(answer.body).toMatchObject({ checks: { clock: { detail: expect.stringMatching(detail) } } })
  })

  test('a clock that is a minute off is good enough', async () => {
    expect(checksOf(await deep({ STRIPE_API_BASE_URL: await skewedStripe(60) }))).toEqual(well)
  })

  test('a migration is missing', async () => {
    await shop.db.execute(sql`alter table checkout_Session drop column variant`)
    await shop.db.execute(sql`drop table checkout_AttemptCount`)
    const answer = await deep()
    expect(answer.status).toBe(503)
    expect(answer.body).toMatchObject({
      checks: {
        database: { status: 'ok' },
        migrations: {
          status: 'failing',
          detail: 'missing: checkout_AttemptCount, checkout_Session.variant',
        },
      },
    })
    await migrate(shop.env.DATABASE_URL ?? '')
    expect((await deep()).status).toBe(200)
  })
})

describe('a pure storefront', () => {
  const storefront = (change: Record<string, string> = {}) => ({
    ...storefrontEnv(shop.url),
    ...change,
  })

  test('needs a commerce side that takes its key', async () => {
    const server = await shop.addServer(storefront())
    expect((await shop.send(`${server}/api/health`)).body).toEqual({ status: 'ok', role: 'storefront' })
    const answer = await look(server)
    expect([answer.status, checksOf(answer)]).toEqual([200, { commerce: 'ok' }])
    const refused = await deep(storefront({ COURSE_BUILDER_API_KEY: 'x'.repeat(40) }))
    expect(refused.status).toBe(503)
    expect(refused.body).toMatchObject({ checks: { commerce: { detail: 'refuses our key, or our clock' } } })
    const nobody = await deep(storefront({ COURSE_BUILDER_API_URL: 'http://127.0.0.1:1' }))
    expect([nobody.status, checksOf(nobody)]).toEqual([503, { commerce: 'failing' }])
  })
})

async function listening(server: import('node:net').Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.push(() => server.close())
  return (server.address() as AddressInfo).port
}

async function silentServer(): Promise<string> {
  const { createServer: createSocketServer } = await import('node:net')
  const server = createSocketServer((socket) => void opened.push(() => socket.destroy()))
  return `smtp://127.0.0.1:${await listening(server)}`
}

/** The sandbox, by another clock. */
async function skewedStripe(seconds: number): Promise<string> {
  const { hostname, port } = new URL(shop.env.STRIPE_API_BASE_URL ?? '')
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming
    const upstream = httpRequest({ hostname, port, method, path, headers }, (answer) => {
      const date = new Date(Date.now() + seconds * 1000).toUTCString()
      outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, date })
      answer.pipe(outgoing)
    })
    incoming.pipe(upstream)
  })
  return `http://127.0.0.1:${await listening(server)}`
}
