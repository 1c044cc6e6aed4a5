import { createHash } from 'node:crypto'
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkoutSession } from '@/db/schema'
import { openShop, type Shop, type WorkshopOnSale } from '@/sandbox/testing/shop'

const key = 'a-key-that-both-servers-hold-0123456789'
let shop: Shop
let workshop: WorkshopOnSale
let sharing: string

beforeAll(async () => {
  shop = await openShop({ COURSE_BUILDER_API_KEY: key, ALLOWED_ORIGIN: 'https://egghead.example' })
  workshop = await shop.sell({
    coupons: { member: 'MEMBER_BEARER' },
    discounts: [{ code: 'MEMBER_BEARER', amountOff: 10000 }],
  })
  sharing = await shop.addServer({ COURSE_BUILDER_API_AUTH: 'shared-secret' })
})
afterAll(() => shop.stop())

const now = () => Math.floor(Date.now() / 1000)
const sha256 = (body: string) => createHash('sha256').update(body).digest('hex')

type Change = { claims?: JWTPayload; secret?: string; alg?: string }

/** A token as the contract has it, but for what is changed. */
async function token(body: string, { claims = {}, secret = key, alg = 'HS256' }: Change = {}) {
  const all = {
    iss: 'https://egghead.example',
    aud: 'course-builder',
    iat: now(),
    exp: now() + 60,
    sha256: sha256(body),
    ...claims,
  }
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  return new SignJWT(given).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret))
}

async function ask(path: string, body: unknown, authorization?: string, base = shop.url, method = 'POST') {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(base + path, {
    method,
    headers: {
      'Content-Type': 'application/json',
      Authorization: authorization ?? `Bearer ${await token(method === 'GET' ? '' : text)}`,
    },
    ...(method !== 'GET' && { body: text }),
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

const path = '/api/stripe/checkout-session'
const request = () => ({ productId: workshop.productId, email: 'ada@example.com' })
const rows = async () => (await shop.db.select().from(checkoutSession)).length

describe('a storefront that holds the key', () => {
  test('makes a checkout for the buyer it vouches for', async () => {
    const buyer = {
      email: 'grace@example.com',
      name: 'Grace',
      member: true,
      ip: '203.0.113.7',
      visitorId: 'v1',
    }
    // What was typed only prefills: the price is the vouched buyer's either way.
    for (const [email, prefilled] of [
      ['', 'grace@example.com'],
      ['desk@example.com', 'desk@example.com'],
    ]) {
      const answer = await ask(path, { ...request(), email, buyer })
      expect(answer.status).toBe(200)
      const session = await shop.client.checkout.sessions.retrieve(answer.body.sessionId)
      expect(session).toMatchObject({ customer_email: prefilled, amount_total: 39900 })
    }
  })

  test('reads offers, states and the rollout', async () => {
    const offer = await ask('/api/stripe/offer', { productId: workshop.productId, buyer: { member: true } })
    expect(offer.body).toMatchObject({ workshop: { slug: workshop.slug }, offer: { tier: 'member' } })
    const { body } = await ask(path, request())
    for (const method of ['GET', 'POST'])
      expect((await ask(`${path}/${body.sessionId}`, '', undefined, shop.url, method)).body).toMatchObject({
        status: 'open',
      })
    expect((await ask('/api/stripe/rollout', '', undefined, shop.url, 'GET')).body).toEqual({
      rollout: 'on',
      internal: [],
      guard: expect.objectContaining({ state: 'closed', share: 100 }),
    })
  })

  test('is told which key of its request nobody knows', async () => {
    const answer = await ask(path, { ...request(), price: 1, buyer: { role: 'admin' } })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect(JSON.stringify(answer.body.issues)).toMatch(/price/)
    expect(JSON.stringify(answer.body.issues)).toMatch(/role/)
  })

  test('is refused a body of more than 16 KB', async () => {
    expect(await ask(path, { productId: 'x'.repeat(17_000) })).toMatchObject({
      status: 413,
      body: { code: 'payload_too_large' },
    })
  })

  test('may be 30 seconds ahead or behind', async () => {
    const body = JSON.stringify(request())
    for (const claims of [
      { iat: now() + 20, exp: now() + 80 },
      { iat: now() - 80, exp: now() - 20 },
      { exp: now() + 300 },
    ])
      expect((await ask(path, body, `Bearer ${await token(body, { claims })}`)).status).toBe(200)
  })

  test('may hold the shared secret instead where that is how the door is set', async () => {
    expect((await ask(path, request(), `Bearer ${key}`, sharing)).status).toBe(200)
    expect((await ask(path, request(), `Bearer ${key}x`, sharing)).status).toBe(401)
    expect((await ask(path, request(), undefined, sharing)).status).toBe(401)
  })
})

const body = () => JSON.stringify(request())

const forged: Record<string, () => Promise<string> | string> = {
  nothing: () => '',
  'no token': () => 'Bearer ',
  'another scheme': async () => `Basic ${await token(body())}`,
  'the key itself': () => `Bearer ${key}`,
  garbage: () => 'Bearer abc.def.ghi',
  'two parts': async () => `Bearer ${(await token(body())).split('.').slice(0, 2).join('.')}`,
  'another key': async () => `Bearer ${await token(body(), { secret: 'b'.repeat(40) })}`,
  'another algorithm': async () => `Bearer ${await token(body(), { alg: 'HS512' })}`,
  'no algorithm': () =>
    `Bearer ${new UnsecuredJWT({ iss: 'https://egghead.example', aud: 'course-builder', iat: now(), exp: now() + 60, sha256: sha256(body()) }).encode()}`,
  'an altered claim': async () => {
    const [head, , signature] = (await token(body())).split('.')
    const claims = Buffer.from(JSON.stringify({ aud: 'course-builder', exp: now() + 60 })).toString(
      'base64url',
    )
    return `Bearer ${head}.${claims}.${signature}`
  },
  'another audience': async () => `Bearer ${await token(body(), { claims: { aud: 'another' } })}`,
  'no audience': async () => `Bearer ${await token(body(), { claims: { aud: undefined } as never })}`,
  'no issuer': async () => `Bearer ${await token(body(), { claims: { iss: undefined } as never })}`,
  'an issuer that is no origin': async () => `Bearer ${await token(body(), { claims: { iss: 'me' } })}`,
  'an issuer that is an address of no server': async () =>
    `Bearer ${await token(body(), { claims: { iss: 'javascript:alert(1)' } })}`,
  'no end': async () => `Bearer ${await token(body(), { claims: { exp: undefined } as never })}`,
  'no beginning': async () => `Bearer ${await token(body(), { claims: { iat: undefined } as never })}`,
  'an end that is over': async () =>
    `Bearer ${await token(body(), { claims: { iat: now() - 200, exp: now() - 100 } })}`,
  'a beginning to come': async () =>
    `Bearer ${await token(body(), { claims: { iat: now() + 60, exp: now() + 90 } })}`,
  'too long a life': async () => `Bearer ${await token(body(), { claims: { exp: now() + 301 } })}`,
  'no hash of the body': async () => `Bearer ${await token(body(), { claims: { sha256: undefined } })}`,
  'the hash of another body': async () => `Bearer ${await token('{}')}`,
  'a hash that is no text': async () => `Bearer ${await token(body(), { claims: { sha256: 7 } })}`,
}

describe('nobody gets in with', () => {
  test.each(Object.keys(forged))('%s', async (name) => {
    const before = await rows()
    const answer = await ask(path, body(), (await forged[name]?.()) ?? '')
    expect(answer).toMatchObject({
      status: 401,
      body: { code: 'unauthorized', error: 'This address needs a valid key.' },
    })
    expect(await rows()).toBe(before)
  })

  test('a token captured with another buyer in its body', async () => {
    const captured = await token(body())
    const answer = await ask(path, { ...request(), buyer: { member: true } }, `Bearer ${captured}`)
    expect(answer.status).toBe(401)
  })
})

describe('from a browser', () => {
  const preflight = (origin: string) =>
    fetch(shop.url + path, {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization',
      },
    })

  test('an allowed origin may call, without credentials', async () => {
    const { status, headers } = await preflight('https://egghead.example')
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe('https://egghead.example')
    expect(headers.get('access-control-allow-headers')).toContain('Authorization')
    expect(headers.get('access-control-allow-credentials')).toBeNull()
    expect(headers.get('vary')).toContain('Origin')
  })

  test.each([
    'https://elsewhere.example',
    'https://egghead.example.evil.example',
    'null',
    'http://egghead.example',
  ])('%s may not', async (origin) => {
    const { headers } = await preflight(origin)
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(headers.get('access-control-allow-methods')).toBeNull()
  })
})

test('without a key there is nothing at these addresses', async () => {
  const keyless = await shop.addServer({ COURSE_BUILDER_API_KEY: '' })
  for (const [address, method] of [
    [path, 'POST'],
    ['/api/stripe/offer', 'POST'],
    [`${path}/cs_test_1`, 'GET'],
    ['/api/stripe/rollout', 'GET'],
  ] as const)
    expect(await ask(address, body(), undefined, keyless, method)).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    })
})

test('another method is refused with those that there are', async () => {
  const answer = await ask(path, body(), undefined, shop.url, 'DELETE')
  expect(answer).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } })
  expect(answer.headers.get('allow')).toBe('POST, OPTIONS')
})
