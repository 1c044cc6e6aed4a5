// Behind `npm run bench`: measures the product as it runs in production, prints what it found, and fails where a bar isn't held.
import { readArguments, refuse } from '../scripts/arguments.mjs'
import { onStop } from '../scripts/stop-signals.mjs'
import { browser } from './parts/browser'
import { cold } from './parts/cold'
import { compare } from './parts/compare'
import { deliveries } from './parts/deliveries'
import { growth } from './parts/growth'
import { load } from './parts/load'
import { webhook } from './parts/webhook'
import { conclude, machine, say } from './report'
import { type Bench, nameOf, withDatabase } from './shop'

const parts: Record<string, (bench: Bench) => Promise<void>> = {
  compare,
  load,
  webhook,
  deliveries,
  growth,
  cold,
  browser,
}

const known = Object.keys(parts).join(', ')
const usage = `npm run bench                     every part
npm run bench -- compare load     only these
npm run bench -- --quick …        seconds instead of minutes, to see that it works
npm run bench -- --database mysql://root@127.0.0.1:3306 …
                                  on that server, whose databases it creates and drops
npm run bench -- --help           shows this

Parts: ${known}`

const { values, words } = readArguments(
  usage,
  { database: { type: 'string' }, quick: { type: 'boolean' } },
  { words: true },
)
const unknown = words.filter((name) => !Object.hasOwn(parts, name))
if (unknown.length > 0) refuse(`There is no part ${unknown.join(', ')}. There are: ${known}.`, usage)
const named = values.database ?? process.env.BENCH_DATABASE_URL
if (named !== undefined && !/^mysql:\/\/./.test(named))
  refuse('--database is no address of a MySQL server, e.g. mysql://root@127.0.0.1:3306', usage)
const quick = values.quick ?? false

// What was started goes when this process exits; a signal alone would not let it.
onStop(
  () => process.exit(130),
  () => process.exit(130),
)
await withDatabase(named, async (server) => {
  const bench: Bench = { server, database: await nameOf(server), quick }
  say(`${machine()}, ${bench.database}\n`)
  for (const [name, run] of Object.entries(parts))
    if (words.length === 0 || words.includes(name)) await run(bench)
})
conclude({ quick })
