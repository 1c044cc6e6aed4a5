// @ts-check
// Started by evaluate.ts in a process of its own: node … route-loader.mjs BUILD ROUTE. Says what it took to load that route.
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [, , build = '', route = ''] = process.argv
const root = process.cwd()
const require = createRequire(join(root, 'package.json'))
// What `next start` has loaded before any route.
for (const module of ['server/node-environment', 'server/require-hook', 'server/lib/start-server'])
  require(`next/dist/${module}`)

const observer = /** @type {import('../../sandbox/testing/observer.mjs')} */ (
  await import('../../sandbox/testing/observer.mjs')
)
const before = { files: observer.answers.files().length, heap: observer.answers.memory().heapUsed }
const started = performance.now()
const { routeModule } = await require(join(root, build, 'server/app', `${route}.js`))
// A route's own module is run with its first request; a page's, with its first rendering.
await routeModule.ensureUserland?.()
const took = performance.now() - started
process.stdout.write(
  JSON.stringify({
    took,
    files: observer.answers.files().length - before.files,
    heap: observer.answers.memory().heapUsed - before.heap,
  }),
)
process.exit(0)
