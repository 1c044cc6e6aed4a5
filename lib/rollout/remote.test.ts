import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CheckoutError, errorCatalogue } from '@/lib/contract/errors'
import { parseJson, readRawBody } from '@/lib/http/body'
import { createLog } from '@/lib/telemetry/log'
import { CLOSED } from './guard'
import { remoteExchange } from './remote'
import { type Exposure, exposureReportSchema } from './report'

const ANSWER = { rollout: '25%', internal: [], guard: { verdict: CLOSED } }
const SHARED = { setting: { rollout: '25%', internal: [] }, verdict: CLOSED }

/** How many exposures each call brought; none with a `GET`. */
let calls: (number | undefined)[] = []
let taken: Exposure[] = []
/** What the commerce side answers instead of taking them. */
let refusal: (exposures: Exposure[]) => number | undefined = () => undefined
/** What it answers to a `GET`. */
let asked = 200
const warnings: unknown[] = []

/** A commerce side that reads as its route does. */
async function take(request: Request): Promise<number> {
  try {
    const { exposures } = exposureReportSchema.parse(parseJson(await readRawBody(request)))
    calls.push(exposures.length)
    const status = refusal(exposures)
    if (status) return status
    taken.push(...exposures)
    return 200
  } catch (error) {
    return error instanceof CheckoutError ? errorCatalogue[error.code].status : 400
  }
}

async function answer(request: Request): Promise<Response> {
  if (request.method === 'POST') return Response.json(ANSWER, { status: await take(request) })
  calls.push(undefined)
  return Response.json(ANSWER, { status: asked })
}

beforeEach(() => {
  calls = []
  taken = []
  refusal = () => undefined
  asked = 200
  warnings.length = 0
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => answer(new Request(url, init)))
})
afterEach(() => {
  vi.unstubAllGlobals()
})

const exchange = (exposures: Exposure[], baseUrl = 'http://commerce.test') => {
  const log = createLog('silent')
  log.warn = (line: unknown) => void warnings.push(line)
  const authorize = async () => 'Bearer key'
  return remoteExchange({ baseUrl, authorize, log })({ exposures, counts: [] })
}

const seen = (count: number, productId = 'product'): Exposure[] =>
  Array.from({ length: count }, (_, index) => ({
    visitorId: index.toString(16).padStart(32, '0'),
    productId,
    variant: 'payment-link',
    guarded: false,
    shownAt: '2026-11-24T12:00:00.000Z',
    startedAt: '2026-11-24T12:00:02.000Z',
  }))

describe('what is told fits into what the route reads', () => {
  test('nothing to tell: the setting is asked for', async () => {
    expect(await exchange([])).toEqual(SHARED)
    expect(calls).toEqual([undefined])
  })

  test('short names: forty a call', async () => {
    const exposures = seen(90)
    expect(await exchange(exposures)).toEqual(SHARED)
    expect(calls).toEqual([40, 40, 10])
    expect(taken).toEqual(exposures)
  })

  test.each(['漢', '"', '\ud800'])('long names of %j: fewer a call, as many as fit', async (letter) => {
    const exposures = seen(60, letter.repeat(191))
    expect(await exchange(exposures)).toEqual(SHARED)
    expect(taken).toEqual(exposures)
    const size = Buffer.byteLength(JSON.stringify(exposures[0])) + 1
    expect(calls[0]).toBe(Math.min(40, Math.floor((16 * 1024 - '{"exposures":[]}'.length) / size)))
    expect(warnings).toEqual([])
  })
})

describe('a report that is refused', () => {
  const whereBad = (status: number) => (exposures: Exposure[]) =>
    exposures.some(({ productId }) => productId === 'bad') ? status : undefined

  test.each([400, 404, 413, 422])('with %i is dropped, the others are told', async (status) => {
    refusal = whereBad(status)
    expect(await exchange([...seen(40, 'bad'), ...seen(5)])).toEqual(SHARED)
    expect(calls).toEqual([40, 5])
    expect(taken).toEqual(seen(5))
    expect(warnings).toEqual([{ event: 'rollout.exposures_refused', exposures: 40, status }])
  })

  test('alone: the setting is asked for without it', async () => {
    refusal = whereBad(413)
    expect(await exchange(seen(3, 'bad'))).toEqual(SHARED)
    expect(calls).toEqual([3, undefined])
    expect(warnings).toHaveLength(1)
  })

  test.each([401, 403, 408, 429, 500, 503])('with %i is kept: it may be taken later', async (status) => {
    refusal = whereBad(status)
    await expect(exchange(seen(3, 'bad'))).rejects.toThrow(`the commerce side answers ${status}`)
    expect(warnings).toEqual([])
  })

  test('is kept where the setting is not told either', async () => {
    refusal = whereBad(404)
    asked = 404
    await expect(exchange(seen(3, 'bad'))).rejects.toThrow('the commerce side answers 404')
    expect(warnings).toEqual([])
  })
})

test('a redirect is not followed: the token is for the commerce side alone', async () => {
  vi.unstubAllGlobals()
  const asked: string[] = []
  const server = createServer(({ url = '' }, response) => {
    asked.push(url)
    if (url === '/elsewhere') response.end(JSON.stringify(ANSWER))
    else response.writeHead(307, { Location: '/elsewhere' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  try {
    await expect(exchange([], `http://127.0.0.1:${port}`)).rejects.toThrow('answers 307')
    await expect(exchange(seen(1), `http://127.0.0.1:${port}`)).rejects.toThrow('answers 307')
    expect(asked).toEqual(['/api/stripe/rollout', '/api/stripe/rollout'])
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
