import { RateLimiterRes } from 'rate-limiter-flexible'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type DatabaseHandle, openDatabase } from '@/db/client'
import { migrate } from '@/db/migrate'
import { rateLimit } from '@/db/schema'
import { CheckoutError } from '@/lib/contract/errors'
import { createTestDatabase, type TestDatabase } from '@/sandbox/testing/database'
import { createRateLimiter } from './limiter'
import { MysqlRateLimiter } from './mysql-store'
import { sweepRateLimits } from './sweep'

let server: TestDatabase
let first: DatabaseHandle
let second: DatabaseHandle
let time: number

beforeAll(async () => {
  server = await createTestDatabase()
  await migrate(server.url)
  first = openDatabase(server.url)
  second = openDatabase(server.url)
})
afterAll(async () => {
  await first.close()
  await second.close()
  await server.drop()
})
beforeEach(() => {
  time = Date.parse('2026-11-24T10:00:10Z')
})
afterEach(() => first.db.delete(rateLimit).then(() => undefined))

const storeOn = ({ db }: DatabaseHandle, now = () => time) =>
  new MysqlRateLimiter({ points: 30, seconds: 60, db, keyPrefix: 'checkout_limit', now })

const limiterOn = (handle: DatabaseHandle) =>
  createRateLimiter({
    rate: { points: 30, seconds: 60 },
    store: storeOn(handle),
    onProblem: (error) => {
      throw error
    },
    now: () => time,
  })

const passes = async (works: Promise<unknown>[]) => {
  const results = await Promise.allSettled(works)
  for (const result of results) {
    if (result.status === 'rejected' && !(result.reason instanceof CheckoutError)) throw result.reason
  }
  return results.filter(({ status }) => status === 'fulfilled').length
}

describe('the count in the database', () => {
  it('lets exactly thirty of a hundred through, asked at once over two pools', async () => {
    const [left, right] = [limiterOn(first), limiterOn(second)]
    const works = Array.from({ length: 100 }, (_, i) => (i % 2 ? left : right).limit({ ip: '192.0.2.1' }))
    expect(await passes(works)).toBe(30)
    expect(await first.db.select().from(rateLimit)).toMatchObject([{ points: 100 }])
  })

  it('does so for an e-mail, from a hundred addresses', async () => {
    const [left, right] = [limiterOn(first), limiterOn(second)]
    const works = Array.from({ length: 100 }, (_, i) =>
      (i % 2 ? left : right).limit({ ip: `192.0.2.${i}`, email: 'ada@example.com' }),
    )
    expect(await passes(works)).toBe(30)
  })

  it('takes one statement', async () => {
    const store = storeOn(first)
    await store.consume('warm')
    const query = vi.spyOn(first.pool, 'query')
    const execute = vi.spyOn(first.pool, 'execute')
    const connection = vi.spyOn(first.pool, 'getConnection')
    await store.consume('one')
    expect(query.mock.calls.length + execute.mock.calls.length + connection.mock.calls.length).toBe(1)
  })

  it('begins anew with each window', async () => {
    const limiter = limiterOn(first)
    for (let i = 0; i < 30; i++) await limiter.limit({ ip: '192.0.2.1' })
    await expect(limiter.limit({ ip: '192.0.2.1' })).rejects.toMatchObject({
      details: { retryAfter: 50 },
      headers: { 'RateLimit-Reset': '50' },
    })
    time += 49_999
    await expect(limiter.limit({ ip: '192.0.2.1' })).rejects.toMatchObject({ code: 'rate_limited' })
    time += 1
    expect(await limiter.limit({ ip: '192.0.2.1' })).toEqual({ limit: 30, remaining: 29, resetSeconds: 60 })
  })

  it('is not begun anew by a server whose clock is behind', async () => {
    const behind = storeOn(second, () => time - 60_000)
    await storeOn(first).consume('key', 29)
    expect(await behind.consume('key')).toMatchObject({ consumedPoints: 30 })
    await expect(storeOn(first).consume('key')).rejects.toBeInstanceOf(RateLimiterRes)
  })

  it('names nobody', async () => {
    await limiterOn(first).limit({ ip: '192.0.2.1', email: 'ada@example.com' })
    const rows = await first.db.select().from(rateLimit)
    expect(rows).toHaveLength(2)
    expect(JSON.stringify(rows)).not.toMatch(/192\.0|ada/)
  })
})

it('does without a database that is gone', async () => {
  const gone = openDatabase('mysql://root@127.0.0.1:1/nowhere')
  const onProblem = vi.fn()
  const limiter = createRateLimiter({
    rate: { points: 2, seconds: 60 },
    store: storeOn(gone),
    onProblem,
  })
  expect(await passes([1, 2, 3].map(() => limiter.limit({ ip: '192.0.2.1' })))).toBe(2)
  expect(onProblem).toHaveBeenCalledTimes(1)
  await gone.close()
})

it('sweeps what is over, and nothing else', async () => {
  await storeOn(first).consume('old')
  time += 60_000
  await storeOn(first).consume('new')
  expect(await sweepRateLimits(first.db, new Date(time))).toBe(1)
  expect(await first.db.select().from(rateLimit)).toMatchObject([{ key: 'checkout_limit:new' }])
  expect(await sweepRateLimits(first.db, new Date(time))).toBe(0)
})
