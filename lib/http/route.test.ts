import { afterEach, describe, expect, it, vi } from 'vitest'
import { CheckoutError } from '@/lib/contract/errors'
import { json } from './respond'
import { route } from './route'

const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
afterEach(() => vi.clearAllMocks())

const request = (method: string, headers: Record<string, string> = {}) =>
  new Request('https://shop.example.com/api', { method, headers })
const context = <T extends object>(params: T) => ({ params: Promise.resolve(params) })
const nothing = context({})

const routes = route<{ id: string }>({
  path: '/api',
  log: () => log,
  headers: () => ({ Vary: 'Origin', 'Access-Control-Allow-Origin': 'https://friend.example.com' }),
  GET: async (_request, { params, requestId }) => json({ id: params.id, requestId }),
  POST: async () => {
    throw new Error('connect ECONNREFUSED 10.0.0.5')
  },
  OPTIONS: async () => new Response(null, { status: 204 }),
})
const withId = context({ id: 'seven' })

const logged = { path: '/api', log: () => log }
const soldOut = route({ ...logged, GET: () => Promise.reject(new CheckoutError('sold_out')) })
const throwing = route({
  ...logged,
  GET: () => {
    throw new CheckoutError('not_found')
  },
})
const nobodyHome = route({ ...logged, exists: () => false, POST: async () => json({}) })
const postOnly = route({ ...logged, POST: async () => json({}) })
const varying = route({
  ...logged,
  headers: () => ({ Vary: 'Origin' }),
  GET: async () => json({}, { headers: { Vary: 'Cookie', 'Set-Cookie': 'a=1' } }),
})

describe('a handler', () => {
  it('is given the parameters and a request id, which the answer carries', async () => {
    const response = await routes.GET(request('GET'), withId)
    const id = response.headers.get('X-Request-Id')
    expect(id).toMatch(/^[\w-]{36}$/)
    expect(await response.json()).toEqual({ id: 'seven', requestId: id })
  })

  it("keeps its caller's request id", async () => {
    const response = await routes.GET(request('GET', { 'X-Request-Id': 'storefront-00042' }), withId)
    expect(response.headers.get('X-Request-Id')).toBe('storefront-00042')
  })

  it.each(['short', 'x'.repeat(65), 'with space in it', '<script>alert(1)</script>', '{"a":"injected"}'])(
    'takes no request id such as %s',
    async (given) => {
      const response = await routes.GET(request('GET', { 'X-Request-Id': given }), withId)
      expect(response.headers.get('X-Request-Id')).toMatch(/^[\w-]{36}$/)
    },
  )

  it('answers HEAD as GET does, which is what Next calls for it', async () => {
    const response = await routes.GET(request('HEAD'), withId)
    expect(response.status).toBe(200)
    expect('HEAD' in routes).toBe(false)
  })
})

describe('an error', () => {
  it('that is unknown is masked, and carries id and CORS', async () => {
    const response = await routes.POST(request('POST', { 'X-Request-Id': 'storefront-00042' }), withId)
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ code: 'internal', requestId: 'storefront-00042' })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-request-id': 'storefront-00042',
      'access-control-allow-origin': 'https://friend.example.com',
      vary: 'Origin',
      'cache-control': 'private, no-store',
    })
    expect(log.error).toHaveBeenCalledTimes(1)
  })

  it('that is ours keeps its status', async () => {
    expect((await soldOut.GET(request('GET'), nothing)).status).toBe(409)
  })

  it('before the first await is answered as well', async () => {
    expect((await throwing.GET(request('GET'), nothing)).status).toBe(404)
  })

  it('of the parameters is answered as well', async () => {
    const broken = { params: Promise.reject(new Error('malformed URI')) }
    const response = await routes.GET(request('GET'), broken)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('malformed')
  })
})

describe('a method that is not there', () => {
  it.each(['PUT', 'PATCH', 'DELETE'] as const)('%s is refused, and told which are', async (method) => {
    const response = await routes[method](request(method), withId)
    expect(response.status).toBe(405)
    expect(response.headers.get('Allow')).toBe('GET, POST, OPTIONS')
    expect(await response.json()).toMatchObject({ code: 'method_not_allowed' })
  })

  it('is not said to be there where the route lacks it', async () => {
    for (const method of ['GET', 'OPTIONS'] as const) {
      const response = await postOnly[method](request(method), nothing)
      expect(response.status).toBe(405)
      expect(response.headers.get('Allow')).toBe('POST')
    }
  })

  it('is not told from another where there is nothing at the address', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'OPTIONS'] as const) {
      const response = await nobodyHome[method](request(method), nothing)
      expect(response.status).toBe(404)
      expect(response.headers.get('Allow')).toBeNull()
      expect(await response.json()).toMatchObject({ code: 'not_found' })
    }
  })
})

it('adds to the headers of an answer, and takes none away', async () => {
  const { headers } = await varying.GET(request('GET'), nothing)
  expect(headers.get('Vary')).toBe('Cookie, Origin')
  expect(headers.getSetCookie()).toEqual(['a=1'])
})
