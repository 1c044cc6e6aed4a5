import { randomUUID } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { encryptOverrides } from 'flags'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { exposure } from '@/db/schema'
import { authorization } from '@/lib/http/bearer'
import { guardState } from '@/lib/rollout/guard'
import { bucketOf, type RolloutSetting } from '@/lib/rollout/setting'
import { readVerdict, writeRollout } from '@/lib/rollout/store'
import { samplesOf } from '@/sandbox/testing/prometheus'
import {
  inParallel,
  newVisitor,
  openShop,
  type Shop,
  someone,
  type Visitor,
  type WorkshopOnSale,
} from '@/sandbox/testing/shop'
import { storefrontEnv } from '@/sandbox/testing/storefront-env'

const key = 'k'.repeat(40)
const FLAGS_SECRET = Buffer.alloc(32, 7).toString('base64url')
const METRICS_TOKEN = 'metrics-token-of-the-rollout-test'
let shop: Shop
let storefront: string
let workshop: WorkshopOnSale

beforeAll(async () => {
  shop = await openShop({ COURSE_BUILDER_API_KEY: key, FLAGS_SECRET, METRICS_TOKEN })
  storefront = await shop.addServer(storefrontEnv(shop.url))
  workshop = await shop.sell({ coupons: { member: 'MEMBER_ROLLOUT' } })
})
afterAll(() => shop.stop())

const offerOf = async (visitor: { id?: string; as?: string } = newVisitor(), server = shop.url) => {
  const cookies = [
    ...(visitor.id ? [`workshop_visitor=${visitor.id}`] : []),
    ...(visitor.as ? [`workshop_demo_viewer=${visitor.as}`] : []),
  ]
  const { body } = await shop.send(`${server}/api/workshop/${workshop.slug}/offer`, {
    headers: { Cookie: cookies.join('; ') },
  })
  return body
}

const inForce = (server: string, check: () => Promise<unknown>) =>
  vi
    .waitFor(async () => void (await check()), { timeout: 10_000, interval: 250 })
    .catch((error: unknown) => {
      throw new Error(`not in force at ${server}`, { cause: error })
    })

/** Stores a setting, and waits until both servers know it. */
async function roll(setting: Partial<RolloutSetting> & { rollout: string }) {
  const changedAt = new Date().toISOString()
  await writeRollout(shop.db, { internal: [], ...setting, changedAt })
  await inForce(shop.url, async () => expect(await probe(shop.url)).toEqual(expected(setting)))
  await inForce(storefront, async () => expect(await probe(storefront)).toEqual(expected(setting)))
}

/** What three sorts of visitors get: one of the first bucket, one of the last, and a member. */
const first = '0'.repeat(32)
const visitorIn = (from: number, to: number) => {
  for (;;) {
    const { id = '' } = newVisitor()
    if (bucketOf(id) >= from && bucketOf(id) < to) return id
  }
}
/** One whom the guard tries again when its share is between these. */
const visitorTriedIn = (from: number, to: number) => {
  for (;;) {
    const { id = '' } = newVisitor()
    if (bucketOf(id, 'probe') >= from && bucketOf(id, 'probe') < to) return id
  }
}
const low = visitorIn(0, 20)
const high = visitorIn(80, 100)
const probe = async (server: string) => ({
  low: (await offerOf({ id: low }, server)).checkout,
  high: (await offerOf({ id: high }, server)).checkout,
  member: (await offerOf({ id: high, as: 'member' }, server)).checkout,
})
const expected = ({ rollout, internal = [] }: { rollout: string; internal?: string[] }) => {
  const to = (session: boolean) => (session ? 'session' : 'payment-link')
  return {
    low: to(rollout === 'on' || rollout === '25%'),
    high: to(rollout === 'on'),
    member: to(rollout === 'on' || (rollout !== 'off' && internal.length > 0)),
  }
}

describe('what is stored is in force on every server', () => {
  test.each([
    { rollout: 'off', internal: ['@example.com'] },
    { rollout: 'internal', internal: ['@example.com'] },
    { rollout: 'internal', internal: [] },
    { rollout: '25%', internal: [] },
    { rollout: '25%', internal: ['@example.com'] },
    { rollout: 'on', internal: [] },
  ])('$rollout with $internal', async (setting) => {
    await roll(setting)
  })
})

/** How many this server has led to a payment link for that reason. */
async function fallbacksTo(reason: string, server: string): Promise<number> {
  const headers = { Authorization: `Bearer ${METRICS_TOKEN}` }
  const text = await (await fetch(`${server}/api/metrics`, { headers })).text()
  return samplesOf(text).get(`workshop_checkout_fallbacks_total{reason="${reason}"}`) ?? Number.NaN
}

describe('off', () => {
  beforeAll(() => roll({ rollout: 'off' }))

  test.each(['embedded', 'remote'])('%s: JSON gets 503 and the link, and makes no session', async (role) => {
    const server = role === 'embedded' ? shop.url : storefront
    const visitor = newVisitor()
    const calls = shop.sessionCalls(workshop.priceId).length
    const fallbacks = await fallbacksTo('rollout', server)
    const request = { productId: workshop.productId, attemptId: randomUUID(), email: 'ada@example.com' }
    const { status, body } = await shop.register(request, visitor, {}, server)
    expect(status).toBe(503)
    expect(body).toMatchObject({ code: 'unavailable', reason: 'rollout' })
    const link = new URL(String(body.fallbackUrl))
    expect(link.origin + link.pathname).toBe(workshop.paymentLink)
    expect(Object.fromEntries(link.searchParams)).toEqual({
      prefilled_email: 'ada@example.com',
      client_reference_id: `visitor_${visitor.id}`,
    })
    expect(shop.sessionCalls(workshop.priceId)).toHaveLength(calls)
    // Counted as what it is, and not as a failure.
    expect(await fallbacksTo('rollout', server)).toBe(fallbacks + 1)
  })

  test.each(['embedded', 'remote'])('%s: a form is led to the link', async (role) => {
    const server = role === 'embedded' ? shop.url : storefront
    const response = await fetch(`${server}/api/workshop/checkout`, {
      method: 'POST',
      body: new URLSearchParams({ productId: workshop.productId, email: 'ada@example.com' }),
      redirect: 'manual',
    })
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/.+prefilled_email=ada%40example\.com&client_reference_id=visitor_[a-f0-9]{32}$/,
    )
  })

  test('a storefront that has not heard of it yet is told so by the commerce side', async () => {
    const { id: visitorId } = newVisitor()
    const body = JSON.stringify({ productId: workshop.productId, buyer: { visitorId, variant: 'session' } })
    const Authorization = await authorization({ key, method: 'jwt' }, 'https://shop.example', body)
    const headers = { 'Content-Type': 'application/json', Authorization }
    expect(await shop.send('/api/stripe/checkout-session', { method: 'POST', headers, body })).toMatchObject({
      status: 503,
      body: { code: 'unavailable', reason: 'rollout' },
    })
  })

  test('a workshop without a link sells through sessions, one that is sold out says so', async () => {
    const without = await shop.sell()
    await shop.db.execute(
      `update checkout_Product set config = '{}' where productId = '${without.productId}'`,
    )
    await vi.waitFor(
      async () => {
        const answer = await shop.register({ productId: without.productId, attemptId: randomUUID() })
        expect(answer.status).toBe(200)
      },
      { timeout: 10_000 },
    )
    const full = await shop.sell({ capacity: 0 })
    expect(await shop.register({ productId: full.productId })).toMatchObject({
      status: 409,
      body: { code: 'sold_out' },
    })
  })

  test('Stripe down as well: the link all the same, and no attempt that the guard would count', async () => {
    shop.stripe.setFaults({ failRate: 1 })
    try {
      expect(await shop.register({ productId: workshop.productId })).toMatchObject({
        status: 503,
        body: { reason: 'rollout' },
      })
    } finally {
      shop.stripe.setFaults({})
    }
  })

  test('an override of the toolbar is believed with the secret alone', async () => {
    const offerWith = async (override: string) =>
      (
        await shop.send(`/api/workshop/${workshop.slug}/offer`, {
          headers: { Cookie: `workshop_visitor=${first}; vercel-flag-overrides=${override}` },
        })
      ).body.checkout
    expect(await offerWith(await encryptOverrides({ 'workshop-checkout': 'session' }, FLAGS_SECRET))).toBe(
      'session',
    )
    const other = Buffer.alloc(32, 8).toString('base64url')
    const forged = await encryptOverrides({ 'workshop-checkout': 'session' }, other)
    for (const wrong of [forged, 'nonsense', 'a.b.c.d.e']) expect(await offerWith(wrong)).toBe('payment-link')
  })
})

test('flags are told to whoever proves the secret', async () => {
  const path = '/.well-known/vercel/flags'
  expect(await shop.send(path)).toMatchObject({ status: 401 })
  expect(await shop.send(path, { headers: { Authorization: 'Bearer nonsense' } })).toMatchObject({
    status: 401,
  })
  expect((await shop.send(storefront + path)).status).toBe(401)
})

describe('exposures', () => {
  beforeAll(() => roll({ rollout: '25%' }))
  const rowOf = async (visitorId: string) => {
    const [row] = await shop.db
      .select()
      .from(exposure)
      .where(and(eq(exposure.visitorId, visitorId), eq(exposure.productId, workshop.productId)))
    return row
  }
  const written = (visitorId: string, check: (row: Awaited<ReturnType<typeof rowOf>>) => void) =>
    vi.waitFor(async () => check(await rowOf(visitorId)), { timeout: 10_000, interval: 200 })

  test.each(['embedded', 'remote'])(
    '%s: shown, started, paid by link: all under what was assigned',
    async (role) => {
      const server = role === 'embedded' ? shop.url : storefront
      const id = visitorIn(80, 100)
      const offer = await offerOf({ id }, server)
      expect(offer.checkout).toBe('payment-link')
      await written(id, (row) =>
        expect(row).toMatchObject({ variant: 'payment-link', startedAt: null, guarded: false }),
      )
      const beacon = await fetch(`${server}/api/workshop/checkout?start`, {
        method: 'POST',
        headers: { 'Content-Type': 'text/plain;charset=UTF-8', Cookie: `workshop_visitor=${id}` },
        body: workshop.productId,
      })
      expect(beacon.status).toBe(204)
      await written(id, (row) => expect(row?.startedAt).toBeInstanceOf(Date))
      const link = shop.stripe.openLink(workshop.paymentLinkId, { client_reference_id: `visitor_${id}` })
      await shop.stripe.pay(link.id, { email: someone() })
      await shop.delivered()
      expect(await shop.checkoutOf(link.id)).toMatchObject({
        visitorId: id,
        variant: 'payment-link',
        status: 'complete',
      })
    },
  )

  test('a fallback counts for what was assigned', async () => {
    const id = visitorIn(0, 20)
    shop.stripe.setFaults({ failRate: 1 })
    const answer = await shop.register({ productId: workshop.productId, attemptId: randomUUID() }, { id })
    shop.stripe.setFaults({})
    expect(answer.status).toBe(502)
    await written(id, (row) => expect(row).toMatchObject({ variant: 'session' }))
    const link = shop.stripe.openLink(workshop.paymentLinkId, { client_reference_id: `visitor_${id}` })
    await shop.stripe.pay(link.id, { email: someone() })
    await shop.delivered()
    expect(await shop.checkoutOf(link.id)).toMatchObject({ visitorId: id, variant: 'session' })
  })

  test('a crawler and a prefetch are nobody', async () => {
    const look = (id: string, headers: Record<string, string>) =>
      shop.send(`/api/workshop/${workshop.slug}/offer`, {
        headers: { Cookie: `workshop_visitor=${id}`, ...headers },
      })
    const nobodies = [
      { 'User-Agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' },
      { 'Sec-Purpose': 'prefetch;prerender' },
      { Purpose: 'prefetch' },
      { 'Next-Router-Prefetch': '1' },
    ].map((headers) => ({ id: visitorIn(0, 100), headers }))
    for (const { id, headers } of nobodies) await look(id, headers)
    const somebody = visitorIn(0, 100)
    await look(somebody, {
      'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    })
    await written(somebody, (row) => expect(row).toBeDefined())
    for (const { id, headers } of nobodies) expect([headers, await rowOf(id)]).toEqual([headers, undefined])
  })

  test('an offer gives a new visitor their id, for the server alone, and leaves a known one theirs', async () => {
    const setTo = async (Cookie: string) => {
      const { headers } = await shop.send(`/api/workshop/${workshop.slug}/offer`, { headers: { Cookie } })
      return headers.get('set-cookie')
    }
    const given = await setTo('')
    expect(given).toMatch(
      /^workshop_visitor=[0-9a-f]{32}; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax$/,
    )
    expect(await setTo('workshop_visitor=made-up')).toMatch(/^workshop_visitor=[0-9a-f]{32};/)
    expect(await setTo(String(given?.split(';')[0]))).toBeNull()
  })

  test.each(['shown', 'started'])(
    'one address brings along no more than five hundred visitors: %s',
    async (how) => {
      const { slug, productId } = await shop.sell()
      const counted = () => shop.db.$count(exposure, eq(exposure.productId, productId))
      const come = ({ id }: Visitor, address: string) => {
        const headers = { Cookie: `workshop_visitor=${id}`, 'X-Client-Address': address }
        return how === 'shown'
          ? shop.send(`/api/workshop/${slug}/offer`, { headers })
          : shop.send('/api/workshop/checkout?start', { method: 'POST', headers, body: productId })
      }
      // One customer's whole network.
      const network = how === 'shown' ? '2001:db8:5:5' : '2001:db8:6:6'
      const visits = Array.from({ length: 510 }, (_, at) => `${network}::${at.toString(16)}`)
      await inParallel(visits, 8, (address) => come(newVisitor(), address))
      await come(newVisitor(), how === 'shown' ? '192.0.2.55' : '192.0.2.66')
      // Told in the order in which they were seen.
      await vi.waitFor(async () => expect(await counted()).toBe(501), { timeout: 15_000, interval: 250 })
    },
  )

  test('a malformed beacon is told so', async () => {
    const post = (body: string) => shop.send('/api/workshop/checkout?start', { method: 'POST', body })
    expect(await post('')).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect(await post('x'.repeat(2000))).toMatchObject({ status: 413 })
  })

  test('a beacon counts for who was shown an offer under their own cookie, and for nobody else', async () => {
    const { productId } = await shop.sell()
    const started = () => shop.db.select().from(exposure).where(eq(exposure.productId, productId))
    const beacon = (headers: Record<string, string>) =>
      shop.send('/api/workshop/checkout?start', { method: 'POST', headers, body: productId })
    const cookie = () => ({ Cookie: `workshop_visitor=${newVisitor().id}` })
    const elsewhere = await beacon({ ...cookie(), Origin: 'https://evil.example' })
    expect(elsewhere).toMatchObject({ status: 403, body: { code: 'forbidden_origin' } })
    expect((await beacon({})).status).toBe(204)
    expect((await beacon({ ...cookie(), 'User-Agent': 'bingbot/2.0' })).status).toBe(204)
    const { id = '' } = newVisitor()
    expect((await beacon({ Cookie: `workshop_visitor=${id}` })).status).toBe(204)
    await vi.waitFor(async () => expect(await started()).not.toEqual([]), { timeout: 10_000, interval: 200 })
    expect((await started()).map(({ visitorId }) => visitorId)).toEqual([id])
  })
})

describe('a storefront whose commerce side is gone', () => {
  test('counts its failures itself, and leads its visitors to payment links by itself', async () => {
    const alone = await shop.addServer(storefrontEnv('http://127.0.0.1:1'))
    const opened = () =>
      shop
        .logs()
        .split('\n')
        .filter((line) => line.includes('"event":"guard.open","scope":"this-server"'))
    expect(opened()).toEqual([])
    const request = { productId: 'prod_typescript_at_scale' }
    for (let tries = 0; tries < 20; tries++)
      expect(await shop.register(request, newVisitor(), {}, alone)).toMatchObject({
        status: 503,
        body: { code: 'unavailable' },
      })
    await expect.poll(opened).toHaveLength(1)
  })
})

describe('the guard', () => {
  let other: string
  beforeAll(async () => {
    await roll({ rollout: 'on' })
    other = await shop.addServer()
    // A server that has shown the price before goes on showing it.
    await offerOf(newVisitor(), other)
  })

  test('failures of two servers, below the floor on each, lead the visitors of all to payment links within ten seconds', async () => {
    shop.stripe.setFaults({ failRate: 1 })
    const visitor = newVisitor()
    const fail = (server: string) =>
      shop.register({ productId: workshop.productId, attemptId: randomUUID() }, newVisitor(), {}, server)
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, index) => fail(index % 2 === 0 ? shop.url : other)),
    )
    const asked = Date.now()
    expect(answers.every(({ status }) => status === 502)).toBe(true)
    for (const server of [shop.url, other, storefront])
      await inForce(server, async () =>
        expect((await offerOf(visitor, server)).checkout).toBe('payment-link'),
      )
    expect(Date.now() - asked).toBeLessThan(10_000)
    // A page that was loaded before still tries.
    shop.stripe.setFaults({})
    expect(
      (await shop.register({ productId: workshop.productId, attemptId: randomUUID() }, visitor)).status,
    ).toBe(200)
    const form = await fetch(`${other}/api/workshop/checkout`, {
      method: 'POST',
      body: new URLSearchParams({ productId: workshop.productId }),
      headers: { Cookie: `workshop_visitor=${visitor.id}` },
      redirect: 'manual',
    })
    expect(form.headers.get('location')).toContain(new URL(workshop.paymentLink ?? '').pathname)
    // One server said so for all.
    expect(shop.logs().match(/"event":"guard.open","scope":"all"/g)).toHaveLength(1)
  }, 60_000)

  // In its own time: a break of twenty seconds, and three steps of fifteen.
  test('once Stripe is well the way back is tried by degrees, the same visitors first everywhere, and then nobody is turned away', async () => {
    const first = visitorTriedIn(0, 10)
    const last = visitorTriedIn(50, 100)
    const servers = [shop.url, other, storefront]
    const waysOf = (id: string) =>
      Promise.all(servers.map(async (server) => (await offerOf({ id }, server)).checkout))
    const state = async () => guardState(await readVerdict(shop.db))
    const everywhere = (way: string) => servers.map(() => way)

    await expect.poll(state, { timeout: 60_000, interval: 500 }).toBe('probing')
    await expect.poll(() => waysOf(first), { timeout: 10_000 }).toEqual(everywhere('session'))
    expect(await waysOf(last)).toEqual(everywhere('payment-link'))

    // Each step is passed by visitors who try.
    const tried = async () => {
      const visitor = newVisitor()
      if ((await offerOf(visitor)).checkout === 'session')
        await shop.register({ productId: workshop.productId, attemptId: randomUUID() }, visitor)
      return state()
    }
    await expect.poll(tried, { timeout: 150_000, interval: 200 }).toBe('closed')
    await expect.poll(() => waysOf(last), { timeout: 10_000 }).toEqual(everywhere('session'))
    const said = shop
      .logs()
      .split('\n')
      .filter((line) => line.includes('"event":"guard.') && line.includes('"scope":"all"'))
      .map((line): Record<string, string> => JSON.parse(line))
      .sort((left, right) => String(left.time).localeCompare(String(right.time)))
    expect(
      said.map(({ level, event, share }) => `${level} ${event?.slice('guard.'.length)} ${share}`),
    ).toEqual(['error open 0', 'warn probing 10', 'warn probing 25', 'warn probing 50', 'warn closed 100'])
  }, 240_000)
})
