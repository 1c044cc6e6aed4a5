import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createRateLimiter } from './limiter'
import { createRedisRateLimiter } from './redis-store'

/** A Redis server on this machine: its path, or the name under which it is found. */
const program = process.env.REDIS_SERVER_PATH ?? 'redis-server'
const installed = spawnSync(program, ['--version']).status === 0

const rate = { points: 30, seconds: 60 }

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

describe.skipIf(!installed)('the count in Redis', () => {
  let redis: ChildProcess
  let url: string
  beforeAll(async () => {
    const port = await freePort()
    url = `redis://127.0.0.1:${port}`
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    redis = spawn(program, options, { stdio: ['ignore', 'pipe', 'ignore'] })
    await new Promise<void>((resolve) =>
      redis.stdout?.on('data', (text) => String(text).includes('Ready to accept') && resolve()),
    )
  })
  afterAll(() => new Promise<void>((resolve) => redis.once('exit', () => resolve()).kill()))

  it('lets exactly thirty of a hundred through, asked at once over two connections', async () => {
    const onProblem = vi.fn()
    const stores = [1, 2].map(() => createRedisRateLimiter({ ...rate, url, keyPrefix: 'test', onProblem }))
    await Promise.all(stores.map(({ connected }) => connected))
    const limiters = stores.map(({ limiter }) => createRateLimiter({ rate, store: limiter, onProblem }))
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () => limiters.map((limiter) => limiter.limit({ ip: '192.0.2.1' }))).flat(),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(30)
    await expect(limiters[0]?.limit({ ip: '192.0.2.1' })).rejects.toMatchObject({
      code: 'rate_limited',
      details: { retryAfter: 60 },
    })
    expect(onProblem).not.toHaveBeenCalled()
    for (const store of stores) store.close()
  })
})

it('does at once without a Redis that is gone', async () => {
  const problems: unknown[] = []
  const url = `redis://127.0.0.1:${await freePort()}`
  const store = createRedisRateLimiter({ ...rate, url, keyPrefix: 'test', onProblem: () => undefined })
  const limiter = createRateLimiter({
    rate,
    store: store.limiter,
    onProblem: (error) => problems.push(error),
  })
  const start = performance.now()
  expect(await limiter.limit({ ip: '192.0.2.1' })).toMatchObject({ remaining: 29 })
  expect(performance.now() - start).toBeLessThan(400)
  expect(problems).toHaveLength(1)
  store.close()
})
