import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { CheckoutError } from '@/lib/contract/errors'
import { checkoutRequestSchema } from '@/lib/contract/schemas'
import { asCheckoutError, errorResponse, json } from './respond'

const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
const answer = (error: unknown, headers: HeadersInit = {}) =>
  errorResponse(error, { requestId: 'request-1', log, headers })

describe('json', () => {
  it('is never kept by a cache, whatever the caller says', async () => {
    const response = json({ a: 1 }, { status: 201, headers: { 'Cache-Control': 'public', 'X-Own': 'y' } })
    expect(response.status).toBe(201)
    expect(response.headers.get('Cache-Control')).toBe('private, no-store')
    expect(response.headers.get('X-Own')).toBe('y')
    expect(response.headers.get('Content-Type')).toContain('application/json')
    expect(await response.json()).toEqual({ a: 1 })
  })
})

describe('a database that is away', () => {
  it.each([
    'ECONNREFUSED',
    'ETIMEDOUT',
    'EAI_AGAIN',
    'PROTOCOL_CONNECTION_LOST',
    'ER_SERVER_SHUTDOWN',
    'ER_LOCK_DEADLOCK',
  ])('%s passes: unavailable, whatever wrapped it', async (code) => {
    const cause = Object.assign(new Error('no'), { code })
    const response = answer(new Error('Failed query: select 1', { cause }))
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ code: 'unavailable' })
  })

  it.each(['ER_BAD_FIELD_ERROR', 'ENOENT', undefined])('%s is a mistake of ours', (code) => {
    expect(asCheckoutError(Object.assign(new Error('no'), { code })).code).toBe('internal')
  })
})

describe('an error of ours', () => {
  it('is told in its own words, with its details', async () => {
    const error = new CheckoutError('already_purchased', {
      message: 'You already have a seat: ada@example.com.',
      details: { confirmationUrl: 'https://shop.example.com/c' },
    })
    const response = answer(error)
    expect(response.status).toBe(409)
    expect(await response.json()).toEqual({
      error: 'You already have a seat: ada@example.com.',
      code: 'already_purchased',
      requestId: 'request-1',
      confirmationUrl: 'https://shop.example.com/c',
    })
    expect(response.headers.get('Cache-Control')).toBe('private, no-store')
  })

  it('says nothing of its cause', async () => {
    const cause = new Error('connect ECONNREFUSED mysql://root:hunter2@db')
    const response = answer(new CheckoutError('unavailable', { cause }))
    expect(response.status).toBe(503)
    expect(await response.text()).not.toMatch(/hunter2|ECONNREFUSED/)
    expect(log.error).toHaveBeenLastCalledWith(
      expect.objectContaining({ err: cause, code: 'unavailable' }),
      expect.any(String),
    )
  })

  it('brings its headers, and Retry-After', () => {
    const error = new CheckoutError('rate_limited', {
      details: { retryAfter: 7 },
      headers: { 'RateLimit-Remaining': '0' },
    })
    const { headers } = answer(error, { Vary: 'Origin' })
    expect(Object.fromEntries(headers)).toMatchObject({
      'retry-after': '7',
      'ratelimit-remaining': '0',
      vary: 'Origin',
    })
  })

  it('is no alarm where it is the caller’s to answer', () => {
    log.error.mockClear()
    answer(new CheckoutError('sold_out'))
    expect(log.error).not.toHaveBeenCalled()
    expect(log.info).toHaveBeenLastCalledWith(
      expect.objectContaining({ code: 'sold_out', requestId: 'request-1' }),
      expect.any(String),
    )
  })
})

describe('any other error', () => {
  it.each([new Error('SELECT secret FROM t'), new TypeError('x is undefined'), 'a secret string', null])(
    'is masked: %s',
    async (error) => {
      const response = answer(error)
      expect(response.status).toBe(500)
      expect(await response.json()).toEqual({
        error: 'Something went wrong on our side. Nothing was charged; try again in a moment.',
        code: 'internal',
        requestId: 'request-1',
      })
    },
  )

  it('is logged with what it really was', () => {
    const error = new Error('SELECT secret FROM t')
    answer(error)
    expect(log.error).toHaveBeenLastCalledWith(
      expect.objectContaining({ event: 'request.failed', err: error }),
      expect.any(String),
    )
  })
})

describe('what a schema refuses', () => {
  const schema = z.object({ quantity: z.number(), metadata: z.object({ name: z.string() }) })

  it('is an invalid request that names each field', () => {
    const { error } = schema.safeParse({ quantity: 'x', metadata: { name: 5 } })
    const known = asCheckoutError(error)
    expect(known.code).toBe('invalid_request')
    expect(known.details.issues?.map(({ path }) => path)).toEqual(['quantity', 'metadata.name'])
  })

  it.each([
    ['an address', { email: 'ada' }, /^This e-mail address doesn't look right\./],
    ['a code', { couponCode: 'x'.repeat(201) }, /^This doesn't look like a code\./],
    ['a number of seats', { quantity: 101 }, /^From 1 to 100 seats can be registered at once\./],
  ])('tells a buyer what to change: %s', (_, field, sentence) => {
    const { message } = asCheckoutError(
      checkoutRequestSchema.safeParse({ productId: 'prod_1', ...field }).error,
    )
    expect(message).toMatch(sentence)
    expect(message).toContain('Nothing was charged')
  })

  it.each([
    ['a field that no buyer sees', { quantity: 1, metadata: { name: 5 } }, 'metadata.name'],
    ['the whole of it', 'text', ''],
  ])('says nothing of its insides to a buyer: %s', (_, value, path) => {
    const known = asCheckoutError(schema.safeParse(value).error)
    expect(known.details.issues).toMatchObject([{ path }])
    expect(known.message).toBe(
      'What reached us was incomplete, and nothing was charged. Reload this page, then try again.',
    )
  })

  it('is logged with each field', () => {
    answer(schema.safeParse({ quantity: 'x', metadata: { name: 'y' } }).error)
    expect(log.info).toHaveBeenLastCalledWith(
      expect.objectContaining({ issues: [expect.objectContaining({ path: 'quantity' })] }),
      expect.any(String),
    )
  })
})
