// @ts-check
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startMysql } from '../sandbox/mysql/start.mjs'
import { readArguments, refuse } from './arguments.mjs'
import { ensureChromium, ensureDatabaseServer, ensureDependencies, ensurePrometheus } from './bootstrap.mjs'
import { exitCode, spawnGroup, stopGroup } from './processes.mjs'
import { root } from './project.mjs'
import { explain, say, seconds } from './report.mjs'
import { onStop } from './stop-signals.mjs'
import { settle } from './test-counts.mjs'
import { parts } from './test-parts.mjs'

/** @typedef {import('./test-parts.mjs').Part} Part */
/** @typedef {{ part: Part, milliseconds: number } & import('./test-counts.mjs').Counts} Result */

const usage = `npm test                   runs everything that must hold
npm test -- unit e2e       only these parts of it
npm test -- --help         shows this

  TEST_DATABASE_URL        a MySQL server for the tests; default: a private one

Parts: ${parts.map(({ name }) => name).join(', ')}`

const workDir = join(root, '.cache', `test-${process.pid}`)

/** @type {(() => Promise<void>)[]} what to undo, last first */
const cleanups = []

const stopping = new AbortController()

/** @param {string[]} names */
function choose(names) {
  const unknown = names.filter((name) => !parts.some((part) => part.name === name))
  if (unknown.length > 0) {
    const known = parts.map(({ name }) => name).join(', ')
    refuse(`There is no part called ${unknown.join(', ')}. The parts are: ${known}.`, usage)
  }
  return names.length === 0 ? parts : parts.filter(({ name }) => names.includes(name))
}

/**
 * @param {Part} part
 * @returns {Promise<Result>}
 */
async function run(part) {
  stopping.signal.throwIfAborted()
  say(`\n── ${part.name} ──`)
  const started = Date.now()
  const reportFile = join(workDir, `${part.name}.json`)
  const report = part.report?.(reportFile)
  const args = ['run', '--silent', part.script, ...(report ? ['--', ...report.args] : [])]
  const env = { ...report?.env, ...(part.database && { TEST_DATABASE_URL: await databaseUrl() }) }
  const child = spawnGroup('npm', args, { env })
  const stop = () => stopGroup(child)
  cleanups.push(stop)
  const code = await exitCode(child)
  cleanups.splice(cleanups.indexOf(stop), 1)
  return { part, ...settle(part.counts?.(reportFile), code), milliseconds: Date.now() - started }
}

/** @type {Promise<string> | undefined} */
let database

/** One server for all parts that need one: the given one, or a private one with a fresh data directory. */
function databaseUrl() {
  database ??= startDatabase()
  return database
}

async function startDatabase() {
  if (process.env.TEST_DATABASE_URL) return process.env.TEST_DATABASE_URL
  const server = await startMysql({ dataDir: join(workDir, 'mysql'), fast: true })
  cleanups.push(() => server.stop())
  return server.url
}

/** @param {Result[]} results */
function summarize(results) {
  const sum = (/** @type {'passed' | 'failed' | 'milliseconds'} */ key) =>
    results.reduce((total, result) => total + result[key], 0)
  say('\n── summary ──')
  for (const { part, passed, failed, failures, milliseconds } of results) {
    const verdict = failed > 0 ? 'FAILED' : 'ok'
    say(
      `${part.name.padEnd(12)} ${verdict.padEnd(7)} ${passed} passed, ${failed} failed, ${seconds(milliseconds)}`,
    )
    for (const failure of failures) say(`  ✘ ${failure}`)
  }
  say(`total ${seconds(sum('milliseconds'))}`)
  say(`${sum('passed')} passed, ${sum('failed')} failed`)
  return sum('failed')
}

async function cleanUp() {
  for (const undo of cleanups.splice(0).reverse()) await undo()
  rmSync(workDir, { recursive: true, force: true })
}

onStop(
  async (signal) => {
    stopping.abort()
    say(`\nStopped by ${signal}.`)
    // One that is just starting can be stopped once it has.
    await database?.catch(() => undefined)
    await cleanUp()
    process.exit(1)
  },
  () => process.exit(1),
)

try {
  const chosen = choose(readArguments(usage, {}, { words: true }).words)
  await ensureDependencies()
  if (chosen.some(({ database, stack }) => database || stack)) await ensureDatabaseServer()
  if (chosen.some(({ browser }) => browser)) await ensureChromium()
  if (chosen.some(({ prometheus }) => prometheus)) await ensurePrometheus()
  mkdirSync(workDir, { recursive: true })
  /** @type {Result[]} */
  const results = []
  for (const part of chosen) results.push(await run(part))
  stopping.signal.throwIfAborted()
  await cleanUp()
  process.exitCode = summarize(results) === 0 ? 0 : 1
} catch (error) {
  // A run that was stopped still has things to put away, and ends when that is done.
  if (!stopping.signal.aborted) {
    await cleanUp()
    say(explain(error))
    say('0 passed, 1 failed')
    process.exitCode = 1
  }
}
