import { RateLimiterMemory } from 'rate-limiter-flexible'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CheckoutError } from '@/lib/contract/errors'
import { addressKey, emailKey } from './caller-key'
import { createRateLimiter, quotaHeaders, type RateLimiter, tighter, unlimited } from './limiter'
import { parseRate } from './rate'

const rate = { points: 3, seconds: 60 }
const onProblem = vi.fn()
let limiter: RateLimiter

beforeEach(() => {
  onProblem.mockReset()
  limiter = createRateLimiter({ rate, onProblem })
})

async function refusalOf(work: Promise<unknown>): Promise<CheckoutError> {
  const reason = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(reason instanceof CheckoutError)) throw new Error('it was let through')
  return reason
}

const use = async (count: number, caller: Parameters<RateLimiter['limit']>[0]) => {
  for (let i = 0; i < count; i++) await limiter.limit(caller)
}

describe('limit', () => {
  it('says what is left, then refuses with when to come back', async () => {
    expect(await limiter.limit({ ip: '192.0.2.1' })).toEqual({ limit: 3, remaining: 2, resetSeconds: 60 })
    await use(2, { ip: '192.0.2.1' })
    const error = await refusalOf(limiter.limit({ ip: '192.0.2.1' }))
    expect(error).toMatchObject({
      code: 'rate_limited',
      status: 429,
      details: { retryAfter: 60 },
      headers: { 'RateLimit-Limit': '3', 'RateLimit-Remaining': '0', 'RateLimit-Reset': '60' },
    })
  })

  it('counts addresses apart', async () => {
    await use(3, { ip: '192.0.2.1' })
    await expect(limiter.limit({ ip: '192.0.2.2' })).resolves.toMatchObject({ remaining: 2 })
  })

  it('counts an e-mail wherever it comes from, however it is written', async () => {
    await limiter.limit({ ip: '192.0.2.1', email: 'ada@example.com' })
    await limiter.limit({ ip: '192.0.2.2', email: 'Ada@Example.com' })
    await limiter.limit({ ip: '192.0.2.3', email: ' ada@example.com ' })
    expect((await refusalOf(limiter.limit({ ip: '192.0.2.4', email: 'ada@example.com' }))).code).toBe(
      'rate_limited',
    )
  })

  it('counts a typed e-mail apart from its owner, who is signed in', async () => {
    await use(3, { email: 'ada@example.com' })
    await refusalOf(limiter.limit({ ip: '192.0.2.1', email: 'ada@example.com' }))
    await expect(limiter.limit({ viewer: 'ada@example.com' })).resolves.toMatchObject({ remaining: 2 })
    await use(2, { viewer: 'Ada@example.com' })
    await refusalOf(limiter.limit({ viewer: 'ada@example.com' }))
  })

  it('answers the count that runs out first', async () => {
    await use(2, { email: 'ada@example.com' })
    expect(await limiter.limit({ ip: '192.0.2.1', email: 'ada@example.com' })).toMatchObject({ remaining: 0 })
  })

  it("lets a stopped address use up nobody's e-mail", async () => {
    await use(3, { ip: '192.0.2.1' })
    for (let i = 0; i < 5; i++) await refusalOf(limiter.limit({ ip: '192.0.2.1', email: 'ada@example.com' }))
    expect(await limiter.limit({ ip: '192.0.2.2', email: 'ada@example.com' })).toMatchObject({ remaining: 2 })
  })

  it('counts a confirmation apart from a checkout', async () => {
    await use(3, { ip: '192.0.2.1' })
    expect(await limiter.limit({ ip: '192.0.2.1' }, 'confirm')).toMatchObject({ remaining: 2 })
  })

  it('counts nothing of a caller of whom nothing is known', async () => {
    for (let i = 0; i < 5; i++) expect(await limiter.limit({})).toBeNull()
  })

  it('is not there when it is off', async () => {
    for (let i = 0; i < 5; i++) expect(await unlimited.limit({ ip: '192.0.2.1' })).toBeNull()
  })
})

describe('a store that can not be reached', () => {
  class BrokenStore extends RateLimiterMemory {
    calls = 0
    constructor(private readonly fail: () => Promise<never>) {
      super({ points: 3, duration: 60 })
    }
    override consume() {
      this.calls++
      return this.fail()
    }
  }

  let time: number
  const insured = (store: BrokenStore) => {
    limiter = createRateLimiter({ rate, store, onProblem, now: () => time })
  }
  beforeEach(() => {
    time = 1_000_000
  })
  afterEach(() => vi.useRealTimers())

  it('lets requests through, which this process counts by itself', async () => {
    insured(new BrokenStore(() => Promise.reject(new Error('gone'))))
    await use(3, { ip: '192.0.2.1' })
    expect((await refusalOf(limiter.limit({ ip: '192.0.2.1' }))).code).toBe('rate_limited')
  })

  it('is left alone for five seconds, and complained of once a minute', async () => {
    const store = new BrokenStore(() => Promise.reject(new Error('gone')))
    insured(store)
    await use(2, { ip: '192.0.2.1' })
    expect(store.calls).toBe(1)
    time += 5000
    await limiter.limit({ ip: '192.0.2.2' })
    expect(store.calls).toBe(2)
    expect(onProblem).toHaveBeenCalledTimes(1)
    time += 60_000
    await limiter.limit({ ip: '192.0.2.3' })
    expect(onProblem).toHaveBeenCalledTimes(2)
  })

  it('is waited for half a second', async () => {
    insured(new BrokenStore(() => new Promise(() => undefined)))
    const start = performance.now()
    expect(await limiter.limit({ ip: '192.0.2.1', email: 'ada@example.com' })).toMatchObject({ remaining: 2 })
    expect(performance.now() - start).toBeLessThan(900)
  })
})

describe('what is counted by', () => {
  it('is a hash that names nobody', () => {
    expect(addressKey('192.0.2.1')).toMatch(/^ip:[\w-]{43}$/)
    expect(emailKey('ada@example.com')).toMatch(/^email:[\w-]{43}$/)
  })

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
    ['2001:0db8:0001:0002:0:0:0:1', '2001:db8:1:2::9'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['fe80::1%eth0', 'fe80::2'],
    ['::1', '::2'],
  ])('takes %s and %s for one address', (left, right) => {
    expect(addressKey(left)).toBe(addressKey(right))
  })

  it.each([
    ['192.0.2.1', '192.0.2.2'],
    ['2001:db8:1:2::1', '2001:db8:1:3::1'],
    ['2001:db8::1', '2001:db8:0:1::1'],
  ])('tells %s and %s apart', (left, right) => {
    expect(addressKey(left)).not.toBe(addressKey(right))
  })
})

it('reads RATE_LIMIT', () => {
  expect(parseRate('30/60')).toEqual({ points: 30, seconds: 60 })
  expect(parseRate('off')).toBeNull()
})

it('puts the tighter of two counts into headers', () => {
  const wide = { limit: 30, remaining: 29, resetSeconds: 9 }
  const tight = { limit: 30, remaining: 2, resetSeconds: 40 }
  expect(tighter(wide, tight)).toBe(tight)
  expect(tighter(tight, null)).toBe(tight)
  expect(quotaHeaders(tight)).toEqual({
    'RateLimit-Limit': '30',
    'RateLimit-Remaining': '2',
    'RateLimit-Reset': '40',
  })
  expect(quotaHeaders(null)).toEqual({})
})
