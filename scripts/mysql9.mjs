// @ts-check
// Behind .ci/run: `node scripts/mysql9.mjs URL 'N passed, N failed'` runs the suites that touch the database on the server at URL, for
// eight minutes at the most, and closes with the sum of both.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import { exitCode, spawnGroup, stopGroup } from './processes.mjs'
import { say, seconds } from './report.mjs'
import { settle, vitestCounts } from './test-counts.mjs'

const LONGEST_MS = 480_000

/** Between them they say almost every statement of the product, in the least time. */
const SUITES = [
  'db/migrate',
  'lib/fulfillment/late',
  'lib/fulfillment/sale',
  'lib/fulfillment/shapes',
  'lib/outbox/deliver',
]

const [url = '', before = ''] = process.argv.slice(2)
const [, passedBefore = '0', failedBefore = '0'] = /^(\d+) passed, (\d+) failed$/.exec(before.trim()) ?? []

/** Tests need a server that forgets when the machine dies, not one that waits for the disk. */
async function makeFast() {
  const connection = await mysql.createConnection(url)
  try {
    await connection.query('SET GLOBAL innodb_flush_log_at_trx_commit = 0')
    await connection.query('SET GLOBAL sync_binlog = 0')
  } finally {
    await connection.end()
  }
}

/** @returns {Promise<import('./test-counts.mjs').Counts>} */
async function runSuites() {
  const folder = mkdtempSync(join(tmpdir(), 'workshop-mysql9-'))
  const report = join(folder, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const args = ['vitest', 'run', '--project', 'integration', ...reporters, ...SUITES]
  const child = spawnGroup('npx', args, { env: { TEST_DATABASE_URL: url } })
  let late = false
  const timer = setTimeout(() => {
    late = true
    void stopGroup(child)
  }, LONGEST_MS)
  const code = await exitCode(child)
  clearTimeout(timer)
  const counts = vitestCounts(report)
  rmSync(folder, { recursive: true, force: true })
  if (!late) return settle(counts, code)
  say(`MySQL 9: stopped after ${seconds(LONGEST_MS)}: something hangs there.`)
  return { ...counts, failed: counts.failed + 1 }
}

const started = Date.now()
await makeFast()
const { passed, failed, failures } = await runSuites()
for (const failure of failures) say(`  ✘ ${failure}`)
say(`MySQL 9: ${passed} passed, ${failed} failed, ${seconds(Date.now() - started)}`)
say(`${passed + Number(passedBefore)} passed, ${failed + Number(failedBefore)} failed`)
process.exitCode = failed > 0 ? 1 : 0
