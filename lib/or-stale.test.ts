import { LRUCache } from 'lru-cache'
import { beforeEach, expect, test, vi } from 'vitest'
import { orStale, readThrough } from './or-stale'

const TTL_MS = 60_000
let now = 0
let source: (key: string) => Promise<{ said: string }>

const stays = { graceMs: ({ said }: { said: string }) => (said === 'nothing' ? 0 : TTL_MS) }

const cacheOf = () =>
  new LRUCache<string, { said: string }>({
    max: 10,
    ttl: TTL_MS,
    ttlResolution: 0,
    perf: { now: () => now },
    allowStale: true,
    fetchMethod: orStale((key) => source(key), stays),
  })
let cache = cacheOf()
const read = () => readThrough(cache, 'price', stays)
const says = (said: string) => {
  source = vi.fn(async () => ({ said }))
}
const settled = () => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => {
  now = 1_000_000
  cache = cacheOf()
})

test('what is a little old is answered at once, and read anew behind the reader’s back', async () => {
  says('old')
  await read()
  says('new')
  now += TTL_MS + 1
  expect(await read()).toEqual({ said: 'old' })
  await settled()
  expect(await read()).toEqual({ said: 'new' })
  expect(source).toHaveBeenCalledTimes(1)
})

test('whoever comes first after a long time is told of today', async () => {
  says('old')
  await read()
  says('new')
  now += 2 * TTL_MS + 1
  expect(await read()).toEqual({ said: 'new' })
})

test('what was not there is looked for again as soon as its time is over', async () => {
  says('nothing')
  await read()
  says('something')
  expect(await read()).toEqual({ said: 'nothing' })
  now += TTL_MS + 1
  expect(await read()).toEqual({ said: 'something' })
})

test('where the source fails or keeps silent, what was known last, in a second', async () => {
  says('old')
  await read()
  now += 10 * TTL_MS
  source = async () => {
    throw new Error('no connection')
  }
  expect(await read()).toEqual({ said: 'old' })
  now += 10 * TTL_MS
  source = () => new Promise(() => {})
  const started = performance.now()
  expect(await read()).toEqual({ said: 'old' })
  expect(performance.now() - started).toBeLessThan(3000)
})

test('what a failure left is looked for again in a second', async () => {
  says('old')
  await read()
  now += 10 * TTL_MS
  source = async () => {
    throw new Error('no connection')
  }
  await read()
  says('new')
  now += 1001
  await read()
  await settled()
  expect(await read()).toEqual({ said: 'new' })
})

test('that something is not there is no answer where it can’t be looked for again', async () => {
  says('nothing')
  await read()
  now += TTL_MS + 1
  source = async () => {
    throw new Error('no connection')
  }
  await expect(read()).rejects.toThrow('no connection')
})

test('what is forgotten while it is read anew is answered as it was', async () => {
  says('old')
  await read()
  now += 10 * TTL_MS
  source = () => new Promise(() => {})
  const reading = read()
  cache.clear()
  expect(await reading).toEqual({ said: 'old' })
})

test('a first reading that fails, fails', async () => {
  source = async () => {
    throw new Error('no connection')
  }
  await expect(read()).rejects.toThrow('no connection')
})
