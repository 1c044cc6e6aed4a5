import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { startMysql } from '../../sandbox/mysql/start.mjs'
import { readArguments } from '../arguments.mjs'
import { freePorts } from '../ports.mjs'
import { nodeBinary, root } from '../project.mjs'
import { Explained, explain, say, step } from '../report.mjs'
import { Services } from '../services.mjs'
import { startInbox, startSandbox } from '../stack-parts.mjs'
import { serveFolder } from '../static-server.mjs'
import { onStop } from '../stop-signals.mjs'
import { type Host, inHost, type Kind, makeHost } from './host'
import { buySeat } from './sale'

const usage = `npm run test:adopt                installs the registry's items into apps that create-next-app has just made, builds and
                                  starts them against the sandbox and a database, and buys a seat in each
npm run test:adopt -- --short     in one of them
npm run test:adopt -- --help      shows this

Wants the npm registry and nothing else.`

const { values } = readArguments(usage, { short: { type: 'boolean' } })

const kinds: Kind[] = [
  { name: 'src-and-another-alias', router: 'app', src: true, alias: '~' },
  { name: 'no-src-tailwind', router: 'app', src: false, alias: '@', tailwind: true },
  { name: 'pages-router', router: 'pages', src: true, alias: '#' },
]

const work = mkdtempSync(join(tmpdir(), 'workshop-adopt-'))
const cleanups: (() => unknown)[] = [() => rmSync(work, { recursive: true, force: true })]
const cleanUp = async () => {
  for (const undo of cleanups.splice(0).reverse()) await undo()
}

const secret = () => randomBytes(24).toString('hex')
const [app = 0, sandbox = 0, inbox = 0, smtp = 0, commercePort = 0] = await freePorts(5)
const ports = { app, sandbox, inbox, smtp }
const url = `http://localhost:${app}`
const env = {
  DATABASE_URL: '',
  STRIPE_SECRET_KEY: `sk_test_${secret()}`,
  STRIPE_WEBHOOK_SECRET: `whsec_${secret()}`,
  STRIPE_API_BASE_URL: `http://127.0.0.1:${sandbox}`,
  NEXT_PUBLIC_APP_URL: url,
  SMTP_URL: `smtp://127.0.0.1:${smtp}`,
  EMAIL_FROM: 'Workshops <workshops@example.com>',
  CRON_SECRET: secret(),
  COURSE_BUILDER_API_KEY: secret(),
}
const inboxUrl = `http://127.0.0.1:${inbox}`

async function surroundings() {
  const mysql = await startMysql({ dataDir: join(work, 'mysql'), fast: true })
  cleanups.push(() => mysql.stop())
  env.DATABASE_URL = mysql.url
}

/** Stripe and the mail, with the webhook at whichever host receives it. */
async function withServices<T>(webhookPort: number, run: (services: Services) => Promise<T>): Promise<T> {
  const dataDir = join(work, `services-${webhookPort}`)
  mkdirSync(dataDir, { recursive: true })
  const services = new Services(dataDir, (message) => say(`\n${message}`))
  const stop = () => services.stop()
  cleanups.push(stop)
  try {
    const options = { dataDir, ports }
    const webhookHost = `http://localhost:${webhookPort}`
    await startSandbox(services, options, { ...serverEnv(), NEXT_PUBLIC_APP_URL: webhookHost })
    await startInbox(services, options)
    return await run(services)
  } finally {
    await services.stop()
    cleanups.splice(cleanups.indexOf(stop), 1)
  }
}

/** As far as the sandbox and the inbox read it. */
const serverEnv = () => ({ ...env }) as unknown as Parameters<typeof startSandbox>[2]

async function build(host: Host) {
  await inHost(host.folder, 'npx', ['eslint', '--max-warnings', '0'])
  await inHost(host.folder, 'npx', ['next', 'build'])
}

const start = (services: Services, host: Host, port: number, variables: Record<string, string>) =>
  services.start(
    host.name,
    [
      join(host.folder, 'node_modules/next/dist/bin/next'),
      'start',
      host.folder,
      '-H',
      'localhost',
      '-p',
      String(port),
    ],
    { env: variables, ready: () => healthy(`http://localhost:${port}/api/health`) },
  )

async function healthy(address: string) {
  try {
    return (await fetch(address, { signal: AbortSignal.timeout(5000) })).status === 200
  } catch {
    return false
  }
}

async function setUp(host: Host) {
  const run = relative(host.folder, join(host.sources, 'lib/workshop-checkout/scripts/run.mjs'))
  for (const command of ['migrate', 'seed']) await inHost(host.folder, nodeBinary(), [run, command], env)
}

async function sellAlone(host: Host) {
  await withServices(app, async (services) => {
    await setUp(host)
    await start(services, host, app, env)
    await buySeat(url, env.DATABASE_URL, inboxUrl, `${host.name}@example.com`)
  })
}

/** The host with pages sells, and another app of the same registry is the commerce side behind it. */
async function sellThrough(host: Host, commerce: Host) {
  await withServices(commercePort, async (services) => {
    await setUp(commerce)
    await start(services, commerce, commercePort, env)
    await start(services, host, app, {
      NEXT_PUBLIC_APP_URL: url,
      COURSE_BUILDER_API_URL: `http://localhost:${commercePort}`,
      COURSE_BUILDER_API_KEY: env.COURSE_BUILDER_API_KEY,
    })
    await buySeat(url, env.DATABASE_URL, inboxUrl, `${host.name}@example.com`)
  })
}

async function main() {
  await step('Building the registry', () => inHost(root, 'npm', ['run', '--silent', 'registry']))
  await step('Starting a database', surroundings)
  const server = await serveFolder(join(root, 'public'))
  cleanups.push(() => server.close())
  let commerce: Host | undefined
  for (const kind of values.short ? kinds.slice(0, 1) : kinds) {
    say(`\n${kind.name}: ${kind.router} router, ${kind.src ? 'src/' : 'no src/'}, ${kind.alias}/*`)
    const item = kind.router === 'app' ? 'workshop-checkout' : 'workshop-storefront'
    const host = await step(`create-next-app, shadcn add ${item}`, () =>
      makeHost(work, kind, `${server.url}/r/${item}.json`),
    )
    await step('Linting and building it', () => build(host))
    if (kind.router === 'app') await step('Buying a seat', () => sellAlone(host))
    else if (commerce)
      await step('Buying a seat through another app', () => sellThrough(host, commerce as Host))
    else throw new Explained('There is no commerce side.')
    commerce ??= host
  }
}

onStop(
  async () => {
    await cleanUp()
    process.exit(1)
  },
  () => process.exit(1),
)

try {
  await main()
} catch (error) {
  say(explain(error))
  process.exitCode = 1
} finally {
  await cleanUp()
}
