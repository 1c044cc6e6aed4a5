// @ts-check
// Behind `npm run demo`. Its first run is on whatever Node the machine has, before anything is installed.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stopLeftover } from '../sandbox/mysql/data-dir.mjs'
import { removeDockerData } from '../sandbox/mysql/docker.mjs'
import { readArguments } from './arguments.mjs'
import { ensureDatabaseServer, ensureDependencies } from './bootstrap.mjs'
import { claim } from './demo-lock.mjs'
import { readPort, readStripe, refuseTaken, usage } from './demo-options.mjs'
import { ProcessRecord, recordIn } from './leftovers.mjs'
import { nextFreePort } from './ports.mjs'
import { root } from './project.mjs'
import { explain, say, seconds, step } from './report.mjs'
import { startStack } from './stack.mjs'
import { onStop } from './stop-signals.mjs'

const dataDir = join(root, '.data', 'demo')
const stopping = new AbortController()
let release = () => {}

/** @type {Promise<import('./stack.mjs').Stack> | undefined} */
let starting

/**
 * Stops everything and ends: with 0 when somebody wanted that.
 *
 * @param {number} code
 */
async function end(code) {
  stopping.abort()
  const stack = await starting?.catch(() => undefined)
  await stack?.stop()
  release()
  process.exit(code)
}

onStop(
  () => {
    say('\nStopping (once more to force)…')
    end(0)
  },
  () => {
    release()
    process.exit(1)
  },
)

/** @param {boolean} reset */
async function start(reset) {
  const started = Date.now()
  const stripe = readStripe(process.env)
  const app = readPort()
  const url = `http://localhost:${app}`
  release = claim(dataDir, url)
  // What a demo that was killed left behind holds its ports.
  await new ProcessRecord(recordIn(dataDir)).stopLeftovers()
  await refuseTaken(app)
  if (reset) {
    await step("Removing the demo's data", async () => {
      await stopLeftover(join(dataDir, 'mysql'))
      removeDockerData(join(dataDir, 'mysql'))
      release()
      rmSync(dataDir, { recursive: true, force: true })
      release = claim(dataDir, url)
    })
  }
  await ensureDependencies()
  const databaseUrl = process.env.DATABASE_URL
  if (!databaseUrl) await ensureDatabaseServer()
  const sandbox = await nextFreePort(app + 1)
  const inbox = await nextFreePort(sandbox + 1)
  const smtp = await nextFreePort(inbox + 1)
  const guest = await nextFreePort(smtp + 1)
  stopping.signal.throwIfAborted()
  starting = startStack({
    dataDir,
    ports: { app, sandbox, inbox, smtp },
    guest,
    ...(databaseUrl && { databaseUrl }),
    ...(stripe && { stripe }),
    step,
    signal: stopping.signal,
    onCrash: (message) => {
      say(`\n${message}`)
      end(1)
    },
  })
  const stack = await starting
  write(own, stack.env)
  write(borrowed, stack.guestEnv ?? {})
  announce(stack, Date.now() - started)
}

/** Where an app of somebody's own, on its way to selling, finds what it needs to borrow: see docs/start.md. */
const borrowed = join(dataDir, 'app.env')
/** The demo's own environment, for the command line: see docs/ops.md. */
const own = join(dataDir, 'demo.env')

/**
 * @param {string} file
 * @param {Record<string, string>} env
 */
function write(file, env) {
  const lines = Object.entries(env).map(([name, value]) => `${name}="${value}"\n`)
  writeFileSync(file, lines.join(''), { mode: 0o600 })
}

/**
 * @param {import('./stack.mjs').Stack} stack
 * @param {number} milliseconds
 */
function announce({ url, sandboxUrl, inboxUrl }, milliseconds) {
  const forward = `npx @stripe/cli listen --forward-to ${url.replace('http://', '')}/api/stripe/webhook`
  say(`
Ready in ${seconds(milliseconds)}.

  Workshop page    ${url}/workshop/claude-code
  ${sandboxUrl ? `Stripe sandbox   ${sandboxUrl}` : `Stripe           test mode; forward its webhooks with:\n                   ${forward}`}
  Mail inbox       ${inboxUrl}

  Test cards, with any future date and any CVC:
    4242 4242 4242 4242   pays
    4000 0000 0000 9995   is declined: insufficient funds
    4000 0025 0000 3155   asks for 3-D Secure

  For an app of your own (docs/start.md)
    npx shadcn add ${url}/r/workshop-checkout.json
    cat ${borrowed} >> .env.local

  Stop with Ctrl-C; the data stays. Start over with: npm run demo -- --reset`)
}

try {
  const { values } = readArguments(usage, { reset: { type: 'boolean' } })
  await start(values.reset ?? false)
} catch (error) {
  // A start that was stopped on purpose ends in `end`, which still has things to put away.
  if (!stopping.signal.aborted) {
    say(explain(error))
    await end(1)
  }
}
