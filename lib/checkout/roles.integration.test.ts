import { randomUUID } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEgghead } from '@/sandbox/egghead/server'
import { openShop, type Shop, someone, type WorkshopOnSale } from '@/sandbox/testing/shop'
import { storefrontEnv } from '@/sandbox/testing/storefront-env'

/**
 * The same requests to a server that is both sides in one, and to a storefront that knows nothing but the commerce side's
 * address: every answer has to be the same.
 */

const key = 'k'.repeat(40)
let shop: Shop
let workshop: WorkshopOnSale
let full: WorkshopOnSale
let closed: WorkshopOnSale
/** What a pure storefront is given. */
let storefront: string

beforeAll(async () => {
  shop = await openShop({ COURSE_BUILDER_API_KEY: key })
  workshop = await shop.sell({
    coupons: { member: 'MEMBER_ROLES', ppp: { IN: 'PPP_ROLES' } },
    discounts: [
      { code: 'MEMBER_ROLES', amountOff: 10000 },
      { code: 'PPP_ROLES', percentOff: 60 },
      { code: 'TEN_ROLES', percentOff: 10, public: true },
    ],
  })
  full = await shop.sell({ capacity: 0 })
  closed = await shop.sell({ closeEnrollment: new Date(Date.now() - 1000).toISOString() })
  storefront = await shop.addServer(storefrontEnv(shop.url))
})
afterAll(() => shop.stop())

type Told = { status: number; body: Record<string, unknown>; headers: Record<string, string | null> }

/** An answer without what is new every time. */
async function told(url: string, init?: RequestInit): Promise<Told> {
  const response = await fetch(url, { redirect: 'manual', ...init })
  const text = await response.text()
  const body = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : {}
  expect(response.headers.get('x-request-id')).toBeTruthy()
  if (body.requestId) expect(body.requestId).toBe(response.headers.get('x-request-id'))
  for (const name of ['requestId', 'sessionId', 'checkoutUrl', 'clientSecret'])
    if (typeof body[name] === 'string') body[name] = name
  // Each of these requests is a new visitor's.
  if (typeof body.fallbackUrl === 'string')
    body.fallbackUrl = body.fallbackUrl.replace(/visitor_[0-9a-f]{32}/, 'visitor')
  const { headers } = response
  return {
    status: response.status,
    body,
    headers: Object.fromEntries(
      ['cache-control', 'allow', 'retry-after', 'vary', 'access-control-allow-origin'].map((name) => [
        name,
        headers.get(name),
      ]),
    ),
  }
}

const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const as = (persona: 'member' | 'yearly') => ({ Cookie: `workshop_demo_viewer=${persona}` })
const checkout = (change: object, headers?: Record<string, string>) => () =>
  [
    '/api/workshop/checkout',
    post({ productId: workshop.productId, attemptId: randomUUID(), ...change }, headers),
  ] as const
const offer =
  (query: string, headers: Record<string, string> = {}) =>
  () =>
    [`/api/workshop/${workshop.slug}/offer${query}`, { headers }] as const

const requests: Record<string, () => readonly [string, RequestInit?]> = {
  'a checkout': checkout({}),
  'a checkout with everything': checkout({
    email: 'grace@example.com',
    couponCode: 'TEN_ROLES',
    quantity: 3,
    metadata: { name: 'Grace', workshopSlug: 'x' },
  }),
  'an embedded checkout': checkout({ uiMode: 'embedded' }),
  "a member's checkout": checkout({}, as('yearly')),
  'by Stripe’s product id': checkout({
    get productId() {
      return workshop.stripeProductId
    },
  }),
  'an unknown product': checkout({ productId: 'nothing' }),
  'a wrong quantity': checkout({ quantity: 0 }),
  'an unknown code': checkout({ couponCode: 'NOPE' }),
  "a member's code from a stranger": checkout({ couponCode: 'MEMBER_ROLES' }),
  "a country's code from elsewhere": checkout({ couponCode: 'PPP_ROLES' }, { 'X-Client-Country': 'FR' }),
  "a country's code from there": checkout({ couponCode: 'PPP_ROLES' }, { 'X-Client-Country': 'IN' }),
  'no seat left': checkout({
    get productId() {
      return full.productId
    },
  }),
  'a closed sale': checkout({
    get productId() {
      return closed.productId
    },
  }),
  'no JSON': () => ['/api/workshop/checkout', post('{"productId":')],
  'no content type': () => ['/api/workshop/checkout', post('x', { 'Content-Type': 'text/plain' })],
  'another origin': checkout({}, { Origin: 'https://elsewhere.example' }),
  'a wrong method': () => ['/api/workshop/checkout', { method: 'PUT' }],
  'an offer': offer(''),
  'an offer with a code': offer('?couponCode=TEN_ROLES&quantity=2'),
  'an offer with a code that fails': offer('?couponCode=NOPE'),
  "a member's offer": offer('', as('yearly')),
  'an offer from India': offer('', { 'X-Client-Country': 'IN' }),
  'an offer of nothing': () => ['/api/workshop/nothing/offer'],
  'an offer of what no workshop can be called': () => [`/api/workshop/${'x'.repeat(500)}/offer`],
  'an offer of a name with nothing in it': () => ['/api/workshop/%00/offer'],
  'a calendar of what no workshop can be called': () => [`/workshop/${'x'.repeat(500)}/calendar.ics`],
  'an offer of too many': offer('?quantity=101'),
  'an unknown session': () => ['/api/workshop/checkout/cs_test_unknown'],
  'a session that is none': () => ['/api/workshop/checkout/nothing', { method: 'POST' }],
}

describe('both roles answer alike', () => {
  test.each(Object.keys(requests))('%s', async (name) => {
    const request = requests[name]
    if (!request) throw new Error(name)
    const [path, init] = request()
    const embedded = await told(shop.url + path, init)
    const [again, same] = request()
    const remote = await told(storefront + again, same)
    expect(remote).toEqual(embedded)
    expect(embedded.headers['cache-control']).toBe('private, no-store')
  })

  test('a sale, from the form to the confirmation', async () => {
    const form = new URLSearchParams({ productId: workshop.productId, email: someone() })
    const answer = await fetch(`${storefront}/api/workshop/checkout`, {
      method: 'POST',
      body: form,
      redirect: 'manual',
    })
    expect(answer.status).toBe(303)
    const location = answer.headers.get('location') ?? ''
    const session = Object.values(shop.stripe.snapshot().sessions).find(({ url }) => url === location)
    await shop.stripe.pay(session?.id ?? '')
    await shop.delivered()
    const path = `/api/workshop/checkout/${session?.id}`
    const embedded = await told(shop.url + path)
    expect(embedded.body).toMatchObject({ status: 'complete', workshop: { slug: workshop.slug } })
    expect(await told(storefront + path)).toEqual(embedded)
    expect(await told(storefront + path, { method: 'POST' })).toEqual(embedded)
  })

  test('a second seat of the viewer’s own', async () => {
    const buyer = await shop.sell()
    await shop.buy({ productId: buyer.productId }, {}, { as: 'member' })
    const request = () => post({ productId: buyer.productId, attemptId: randomUUID() }, as('member'))
    const embedded = await told(`${shop.url}/api/workshop/checkout`, request())
    expect(embedded).toMatchObject({ status: 409, body: { code: 'already_purchased' } })
    expect(await told(`${storefront}/api/workshop/checkout`, request())).toEqual(embedded)
  })

  test('Stripe down', async () => {
    const request = () =>
      post({ productId: workshop.productId, attemptId: randomUUID(), email: 'ada@example.com' })
    shop.stripe.setFaults({ failRate: 1 })
    try {
      const embedded = await told(`${shop.url}/api/workshop/checkout`, request())
      expect(embedded).toMatchObject({ status: 502, body: { code: 'stripe_error' } })
      expect(embedded.body.fallbackUrl).toContain('prefilled_email=ada%40example.com')
      expect(await told(`${storefront}/api/workshop/checkout`, request())).toEqual(embedded)
    } finally {
      shop.stripe.setFaults({})
    }
  })
})

test.each(['x'.repeat(5000), 'A\u0000B', '%F0%9F%92%B3'.repeat(500)])(
  'a page whose address has no code in it says so in both roles, and is no alarm',
  async (coupon) => {
    for (const server of [shop.url, storefront]) {
      const page = await fetch(`${server}/workshop/claude-code?coupon=${encodeURIComponent(coupon)}`)
      expect(page.status).toBe(200)
      expect(await page.text()).toContain('work for this workshop')
    }
    expect(shop.logs()).not.toContain('page.offer_unavailable')
  },
)

test('a yearly member of egghead is one to both', async () => {
  const rails = await startEgghead()
  const yearly = { unit_amount: 25_000, currency: 'usd', product_data: { name: 'Membership' } }
  shop.stripe.seed({
    prices: [
      { id: 'price_yearly', ...yearly, recurring: { interval: 'year' } },
      { id: 'price_monthly', ...yearly, recurring: { interval: 'month' } },
    ],
    customers: [{ id: 'cus_member', email: 'grace@example.com' }],
    subscriptions: [
      { id: 'sub_yearly', customer: 'cus_member', price: 'price_yearly' },
      { id: 'sub_monthly', customer: 'cus_member', price: 'price_monthly' },
    ],
  })
  for (const interval of ['yearly', 'monthly'])
    rails.signIn(interval, {
      id: 7,
      email: 'grace@example.com',
      is_pro: true,
      roles: ['user'],
      accounts: [{ subscriptions: [{ stripe_subscription_id: `sub_${interval}` }] }],
    })
  try {
    const change = { WORKSHOP_DEMO: '', EGGHEAD_AUTH_URL: rails.url }
    const { STRIPE_SECRET_KEY = '', STRIPE_API_BASE_URL = '' } = shop.env
    const servers = [
      await shop.addServer(change),
      await shop.addServer({ ...storefrontEnv(shop.url), ...change, STRIPE_SECRET_KEY, STRIPE_API_BASE_URL }),
    ]
    for (const server of servers) {
      const tierOf = async (token: string) => {
        const headers = { Cookie: `eh_token_2020_11_22=${token}` }
        return (await told(`${server}/api/workshop/${workshop.slug}/offer`, { headers })).body.tier
      }
      expect([await tierOf('yearly'), await tierOf('monthly'), await tierOf('stale')]).toEqual([
        'member',
        'standard',
        'standard',
      ])
    }
  } finally {
    await rails.close()
  }
})

test('who tries code after code has Stripe asked about no more of them, and is told the price all the same', async () => {
  const strict = await shop.addServer({ RATE_LIMIT: '3/3600', COURSE_BUILDER_API_KEY: key })
  // The count is where Stripe is asked, by whoever the storefront says is asking.
  const servers = [strict, await shop.addServer({ ...storefrontEnv(strict), RATE_LIMIT: 'off' })]
  for (const [index, server] of servers.entries()) {
    const from = (host: number) => ({ 'X-Client-Address': `192.0.2.${10 * index + host}` })
    const offered = async (code: string, host = 1) => {
      const path = `/api/workshop/${workshop.slug}/offer?couponCode=${code}`
      const { status, body } = await told(server + path, { headers: from(host) })
      expect(status).toBe(200)
      expect(body.base).toEqual({ amount: 49900, currency: 'usd' })
      return body
    }
    const guess = () => `GUESS_${randomUUID().slice(0, 8)}`
    const first = guess()
    shop.stripe.clearRequests()
    for (const code of [first, guess(), guess()])
      expect((await offered(code)).problem).toMatchObject({ code: 'invalid_coupon' })
    const last = guess()
    const { problem } = await offered(last)
    expect(problem).toEqual({ code: 'rate_limited', error: expect.stringContaining(last) })
    const asked = shop.stripe.requests().filter(({ path }) => path.startsWith('/v1/promotion_codes'))
    expect(asked).toHaveLength(3)
    // What is known already costs nothing, a price that the product names is everybody's, and others are not stopped.
    expect((await offered(first)).problem).toMatchObject({ code: 'invalid_coupon' })
    for (const spelled of ['MEMBER_ROLES', 'member_roles', 'Member_Roles'])
      expect((await offered(spelled)).problem).toMatchObject({ code: 'coupon_not_eligible' })
    expect((await offered(last, 2)).problem).toMatchObject({ code: 'invalid_coupon' })
  }
})

test('a pure storefront has no commerce side to be reached', async () => {
  for (const [path, method] of [
    ['/api/stripe/webhook', 'POST'],
    ['/api/stripe/checkout-session', 'POST'],
    ['/api/stripe/offer', 'POST'],
    ['/api/stripe/rollout', 'GET'],
    ['/api/cron/inbox', 'GET'],
    ['/api/cron/inbox', 'DELETE'],
    ['/api/stripe/webhook', 'GET'],
    ['/api/stripe/offer', 'PUT'],
  ] as const)
    expect(await told(storefront + path, { method }), path).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    })
  expect((await told(`${storefront}/api/health`)).body).toEqual({ status: 'ok', role: 'storefront' })
})

let followed = 0
/** Bytes of an answer that is too long: no more of it is taken than what connections hold anyway. */
let sent = 0
const MOST_SENT = 64 * 1024 * 1024

/** Faults of a commerce side, from a server that was never one. */
const broken: Record<string, RequestListener> = {
  'that answers 500': (_request, response) => response.writeHead(500).end('{"error":"no","code":"surprise"}'),
  'that answers a page': (_request, response) => response.writeHead(200).end('<!doctype html>'),
  'that stops in the middle': (_request, response) => {
    response.writeHead(200, { 'Content-Length': '500' }).write('{"checkoutUrl":"https')
    setTimeout(() => response.destroy(), 50)
  },
  'that leads elsewhere': (request, response) => {
    if (request.url?.startsWith('/elsewhere')) followed++
    response.writeHead(307, { Location: '/elsewhere' }).end()
  },
  'that answers without end': (_request, response) => {
    response.writeHead(200)
    const filler = Buffer.alloc(64 * 1024, ' ')
    const more = () => {
      while (response.writable && sent < MOST_SENT) {
        sent += filler.length
        if (!response.write(filler)) return void response.once('drain', more)
      }
      response.end('{"checkoutUrl":"https://checkout.stripe.com/x","sessionId":"cs_1"}')
    }
    more()
  },
  'that names a target of its own': (_request, response) =>
    response.writeHead(200).end('{"checkoutUrl":"javascript:alert(1)","sessionId":"cs_1"}'),
  'that knows another key': (_request, response) =>
    response.writeHead(401).end('{"error":"no","code":"unauthorized","requestId":"r"}'),
  'that never answers': () => {},
}

describe('a commerce side', () => {
  let listener: RequestListener = () => {}
  const server = createServer((request, response) => listener(request, response))
  let lonely: string

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    lonely = await shop.addServer(storefrontEnv(`http://127.0.0.1:${port}`))
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  test.each(Object.keys(broken))('%s is unavailable, in time', async (name) => {
    listener = broken[name] ?? listener
    const started = Date.now()
    const answer = await told(`${lonely}/api/workshop/checkout`, post({ productId: 'prod_claude_code' }))
    // Before the browser gives up.
    expect(Date.now() - started).toBeLessThan(8000)
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    expect(JSON.stringify(answer)).not.toMatch(/127\.0\.0\.1|stack|Error:/)
  })

  test('that leads elsewhere is not followed there: what is sent is for it alone', () => {
    expect(followed).toBe(0)
  })

  test('that answers without end is not heard out', () => {
    expect(sent).toBeGreaterThan(0)
    expect(sent).toBeLessThan(MOST_SENT)
  })

  test('that was there a moment ago has left its payment link', async () => {
    listener = (request, response) => {
      const url = new URL(request.url ?? '/', shop.url)
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', async () => {
        const answer = await fetch(url, {
          method: request.method ?? 'GET',
          headers: { 'Content-Type': 'application/json', Authorization: request.headers.authorization ?? '' },
          body: Buffer.concat(chunks),
        })
        response.writeHead(answer.status).end(await answer.text())
      })
    }
    const before = await told(`${lonely}/api/workshop/${workshop.slug}/offer`)
    expect(before.status).toBe(200)
    listener = broken['that answers 500'] ?? listener

    const after = await told(
      `${lonely}/api/workshop/checkout`,
      post({ productId: workshop.productId, email: 'ada@example.com' }),
    )
    expect(after).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    const link = new URL(String(after.body.fallbackUrl))
    expect(link.origin + link.pathname).toBe(workshop.paymentLink)
    expect(link.searchParams.get('prefilled_email')).toBe('ada@example.com')
    // The offer is told as it last was.
    expect(await told(`${lonely}/api/workshop/${workshop.slug}/offer`)).toEqual(before)
    // A stranger is told nothing of what was a member's.
    const member = await told(`${lonely}/api/workshop/${workshop.slug}/offer`, { headers: as('yearly') })
    expect(member.status).toBe(503)
  })
})
