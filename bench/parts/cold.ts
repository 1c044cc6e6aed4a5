import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { chunksOf } from '../../sandbox/testing/loaded'
import { spawnServer } from '../../sandbox/testing/server'
import type { Shop } from '../../sandbox/testing/shop'
import { freePorts } from '../../scripts/ports.mjs'
import { ms, quantiles } from '../quantiles'
import { rounded, say, table } from '../report'
import { type Bench, withShop } from '../shop'
import { evaluate } from './evaluate'

/** Whose weight is told: what a visitor or Stripe waits for. */
const ROUTES = [
  'api/health/route',
  'api/workshop/checkout/route',
  'api/workshop/checkout/[sessionId]/route',
  'api/workshop/[slug]/offer/route',
  'api/stripe/webhook/route',
  'api/stripe/checkout-session/route',
  'workshop/[slug]/page',
  'workshop/[slug]/confirmation/page',
]

/** From the start of a process to its first good answer, and what each route loads for it. */
export async function cold(bench: Bench): Promise<void> {
  await withShop(bench, (shop) => startTimes(shop, bench), { RATE_LIMIT: '1000/60' })
  await weights()
}

type Ask = { name: string; ask: (url: string) => Promise<number> }

async function startTimes(shop: Shop, { quick }: Bench): Promise<void> {
  const { productId, slug } = await shop.sell()
  const get = (path: string) => async (url: string) => (await fetch(`${url}${path}`)).status
  const asks: Ask[] = [
    { name: 'GET /api/health', ask: get('/api/health') },
    { name: 'GET /workshop/{slug}', ask: get('/workshop/claude-code') },
    { name: 'GET /api/workshop/{slug}/offer', ask: get(`/api/workshop/${slug}/offer`) },
    {
      name: 'POST /api/workshop/checkout',
      ask: async (url) =>
        (await shop.register({ productId, attemptId: randomUUID() }, undefined, {}, url)).status,
    },
  ]
  const rows: (string | number)[][] = []
  for (const { name, ask } of asks) {
    const firsts: number[] = []
    const seconds: number[] = []
    for (let run = 0; run < (quick ? 1 : 7); run++) {
      const { first, second } = await startAndAsk(shop, ask)
      firsts.push(first)
      seconds.push(second)
    }
    const { p50 } = quantiles(firsts)
    rows.push([name, ms(p50), ms(Math.max(...firsts)), ms(quantiles(seconds).p50)])
  }
  say('From the start of a process to its first 200, in ms')
  table(['', 'p50', 'longest', 'the second answer'], rows)
}

/** Asks a server that is just starting until it answers. */
async function startAndAsk(shop: Shop, ask: Ask['ask']): Promise<{ first: number; second: number }> {
  const [port = 0] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const deadline = Date.now() + 60_000
  const started = performance.now()
  const server = spawnServer(port, shop.env)
  try {
    for (;;) {
      const status = await ask(url).catch(() => 0)
      if (status === 200) break
      if (status !== 0 || Date.now() > deadline)
        throw new Error(`A new server answered ${status}:\n${server.output()}`)
      await sleep(2)
    }
    const first = performance.now() - started
    await sleep(500)
    const again = performance.now()
    await ask(url)
    return { first, second: performance.now() - again }
  } finally {
    await server.stop()
  }
}

/** What a function that serves one route alone would load: its own code by the build's list, and the time to read and run it. */
async function weights(): Promise<void> {
  const rows: (string | number)[][] = []
  for (const route of ROUTES) {
    const bytes = [...chunksOf(route).values()].reduce((sum, size) => sum + size, 0)
    const { files, heap, took } = await evaluate(route)
    rows.push([route, Math.round(bytes / 1024), files, ms(took), rounded(heap / 2 ** 20)])
  }
  say('What each route loads before its first request')
  table(['', 'KiB of chunks', 'files in all', 'ms to load', 'MB of heap'], rows)
}
