// Behind `npm run bench:checkout`: twenty buyers at once while Stripe takes 1.5 s. Fails where one in twenty waits 2 s or more.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startMysql } from '../sandbox/mysql/start.mjs'
import { openShop } from '../sandbox/testing/shop'
import buildOnce from '../scripts/vitest/production-build'

const BUYERS = 20
const ROUNDS = 5
const STRIPE_MS = 1500
const LIMIT_MS = 2000

const quantile = (sorted: number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0

async function measure(): Promise<number[]> {
  const shop = await openShop({ LOG_LEVEL: 'warn' })
  try {
    const { productId } = await shop.sell()
    // What every server has done once before its second buyer: connections, prices, modules.
    await shop.checkout({ productId })
    shop.stripe.setFaults({ latencyMs: STRIPE_MS })
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(
        Array.from({ length: BUYERS }, async () => {
          const started = performance.now()
          await shop.checkout({ productId })
          times.push(performance.now() - started)
        }),
      )
    }
    return times.sort((left, right) => left - right)
  } finally {
    await shop.stop()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'workshop-bench-'))
const database = await startMysql({ dataDir: join(folder, 'mysql'), fast: true })
try {
  process.env.TEST_DATABASE_URL = database.url
  await buildOnce()
  const times = await measure()
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => Math.round(quantile(times, share)))
  console.log(`${times.length} checkouts, ${BUYERS} at once, Stripe at ${STRIPE_MS} ms`)
  console.log(
    `p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms; p95 is ${((p95 ?? 0) / STRIPE_MS).toFixed(2)} of Stripe's own time`,
  )
  if ((p95 ?? 0) >= LIMIT_MS) {
    console.error(`p95 is ${LIMIT_MS} ms or more`)
    process.exitCode = 1
  }
} finally {
  await database.stop()
  rmSync(folder, { recursive: true, force: true })
}
