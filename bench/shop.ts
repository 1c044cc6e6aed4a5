import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startMysql } from '../sandbox/mysql/start.mjs'
import { openShop, type Shop } from '../sandbox/testing/shop'
import buildOnce from '../scripts/vitest/production-build'

/** Lets something be measured on the product as it runs in production, with a database of its own. Cleans up whatever comes of it. */
export async function withShop<T>(measure: (shop: Shop) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'workshop-bench-'))
  const database = await startMysql({ dataDir: join(folder, 'mysql'), fast: true })
  try {
    process.env.TEST_DATABASE_URL = database.url
    await buildOnce()
    const shop = await openShop({ LOG_LEVEL: 'warn' })
    try {
      return await measure(shop)
    } finally {
      await shop.stop()
    }
  } finally {
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Fails the run where one in twenty takes this long or longer. */
export function holdTo(limitMs: number, what: string, p95: number): void {
  if (p95 < limitMs) return
  console.error(`${what}: p95 is ${limitMs} ms or more`)
  process.exitCode = 1
}
