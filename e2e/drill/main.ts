// Behind `npm run drill`: the rollback drill. Two production servers sell under load, Stripe begins to fail, and nobody touches anything:
// visitors must be on payment links within ten seconds, and back on our checkout once Stripe is well; no sale may be missing in the end.
// Its times are the product's own, so that it takes two to four minutes.
import { findMysqlBinaries } from '../../sandbox/mysql/binaries.mjs'
import { readArguments } from '../../scripts/arguments.mjs'
import { ensureDatabaseServer, ensurePrometheus } from '../../scripts/bootstrap.mjs'
import buildOnce from '../../scripts/vitest/production-build'
import { drill } from './drill'

const usage = `npm run drill                the rollback drill, in the product's own times: two to four minutes
npm run drill -- --short     ends as soon as the first visitors are back
npm run drill -- --help      shows this`

const { values } = readArguments(usage, { short: { type: 'boolean' } })

// What was started goes when this process exits; a signal alone would not let it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))

if (!findMysqlBinaries()) await ensureDatabaseServer()
await ensurePrometheus()
await buildOnce()
const started = Date.now()
const problems = await drill({
  short: values.short ?? false,
  say: (line) => console.log(`${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s  ${line}`),
})
for (const problem of problems) console.log(`  WRONG: ${problem}`)
console.log(problems.length === 0 ? 'The drill went well.' : `The drill failed: ${problems.length} problems.`)
process.exitCode = problems.length === 0 ? 0 : 1
