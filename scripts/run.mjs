// @ts-check
// In an app that installed Workshop Checkout: `node lib/workshop-checkout/scripts/run.mjs migrate`, `… seed`, `… ops doctor`.
// Reads .env.local and .env as Next does: what the shell has set goes first.
import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundled } from './bundle.mjs'

/** @type {Record<string, string>} */
const commands = { migrate: '../db/migrate.ts', seed: '../db/seed.ts', ops: '../ops/main.ts' }

for (const file of ['.env.local', '.env']) if (existsSync(file)) process.loadEnvFile(file)

const self = fileURLToPath(import.meta.url)
const { npm_lifecycle_event: script, npm_lifecycle_script: line = '' } = process.env
// Whatever says "Run: …" says it as it was called: an app has a script of its own for it, under any name, or none.
const runner =
  script && line.includes('run.mjs') ? `npm run ${script} --` : `node ${relative(process.cwd(), self)}`
if (/[\\/]lib[\\/]workshop-checkout[\\/]scripts[\\/]run\.mjs$/.test(self)) process.env.WORKSHOP_RUN = runner

const [name = '', ...rest] = process.argv.slice(2)
const file = commands[name]
if (file === undefined || !Object.hasOwn(commands, name)) {
  console.error(`Usage: ${runner} ${Object.keys(commands).join(' | ')}`)
  process.exit(2)
}
const url = new URL(file, import.meta.url)
const path = fileURLToPath(url)
process.argv = [process.argv[0] ?? 'node', path, ...rest]
// The migrations lie beside their file, which is found by its address: those two run from where they are.
if (name === 'ops') await import(await bundled(path, name))
else {
  await import('./register.mjs')
  await import(url.href)
}
