// @ts-check
// In an app that installed Workshop Checkout: `node lib/workshop-checkout/scripts/run.mjs migrate`, `… seed`, `… ops doctor`.
// Reads .env.local and .env as Next does: what the shell has set goes first.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundled } from './bundle.mjs'

/** @type {Record<string, string>} */
const commands = { migrate: '../db/migrate.ts', seed: '../db/seed.ts', ops: '../ops/main.ts' }

for (const file of ['.env.local', '.env']) if (existsSync(file)) process.loadEnvFile(file)

const [name = '', ...rest] = process.argv.slice(2)
const file = commands[name]
if (file === undefined || !Object.hasOwn(commands, name)) {
  console.error(`Usage: node run.mjs ${Object.keys(commands).join(' | ')}`)
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
