// Behind `npm run bench`: measures the product as it runs in production, prints what it found, and fails where a bar isn't held.
//   npm run bench                     every part
//   npm run bench -- compare load     only these
//   npm run bench -- --database mysql://root@127.0.0.1:3306 …   on that server, whose databases it creates and drops
//   npm run bench -- --quick …        seconds instead of minutes, to see that it works
import { parseArgs } from 'node:util'
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

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { database: { type: 'string' }, quick: { type: 'boolean', default: false } },
})
const unknown = positionals.filter((name) => !Object.hasOwn(parts, name))
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}. There are: ${Object.keys(parts).join(', ')}.`)
  process.exit(2)
}
await withDatabase(values.database ?? process.env.BENCH_DATABASE_URL, async (server) => {
  const bench: Bench = { server, database: await nameOf(server), quick: values.quick }
  say(`${machine()}, ${bench.database}\n`)
  for (const [name, run] of Object.entries(parts))
    if (positionals.length === 0 || positionals.includes(name)) await run(bench)
})
conclude({ quick: values.quick })
