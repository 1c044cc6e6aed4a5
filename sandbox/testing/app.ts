import { randomBytes } from 'node:crypto'
import Stripe from 'stripe'
import { type Database, openDatabase } from '@/db/client'
import { migrate } from '@/db/migrate'
import { seed } from '@/db/seed'
import { freePorts } from '@/scripts/ports.mjs'
import { type MailInbox, startMailInbox } from '../mail/inbox'
import { type Control, startStripeSandbox } from '../stripe/server'
import { createTestDatabase } from './database'
import { type Observed, type ServerOptions, startServer } from './server'

export type Env = Record<string, string>

/** One server process among several. */
export interface TestServer {
  url: string
  kill(): Promise<void>
  /** Stops it if it runs, and starts it again. */
  restart(): Promise<void>
}

export interface ObservedServer extends TestServer {
  /** Where it was started to be looked into. */
  observed: Observed
}

/** What the server finds around it. */
export interface Surroundings {
  /** A database server of its own: the URL of somebody who may create databases there. */
  databaseServer?: string | undefined
  /** What happens to the empty database before it is migrated. */
  prepare?: ((databaseUrl: string) => Promise<void>) | undefined
  /** Answers the URL that the server gets for its database. */
  database?: ((url: string) => Promise<string>) | undefined
  stripe?: ((url: string) => Promise<string>) | undefined
}

/** The product as it runs in production, with a database, a Stripe and a mailbox of its own. */
export interface TestApp {
  url: string
  /** What the server was started with. */
  env: Env
  db: Database
  sales: Database
  /** The sandbox's controls: pay, refund, resend, hold deliveries back, fail. */
  stripe: Control
  /** The real SDK on that sandbox. */
  client: Stripe
  mail: MailInbox
  /** What all servers of this app wrote so far. */
  logs(): string
  /** Stops the server and starts it again, with these variables on top. */
  restart(change?: Env): Promise<void>
  /** SIGKILL, in the middle of whatever it does; `restart` brings it back. */
  kill(): Promise<void>
  /** A second server process on the same database and the same Stripe; answers its URL. */
  addServer(change?: Env): Promise<string>
  /** The same, with a hand on it. */
  runServer(change?: Env, options?: ServerOptions): Promise<ObservedServer>
  /** Ends everything. @throws if a secret was logged */
  stop(): Promise<void>
}

const secret = (prefix = '') => `${prefix}${randomBytes(16).toString('hex')}`

/** Starts what a test file needs. When a step fails, what was started is stopped again. */
export async function startApp(change: Env = {}, around: Surroundings = {}): Promise<TestApp> {
  const undo: (() => unknown)[] = []
  const cleanUp = async () => {
    for (const action of undo.splice(0).reverse()) await action()
  }
  try {
    return await start(change, around, undo, cleanUp)
  } catch (error) {
    await cleanUp()
    throw error
  }
}

async function start(
  change: Env,
  around: Surroundings,
  undo: (() => unknown)[],
  cleanUp: () => Promise<void>,
): Promise<TestApp> {
  const database = await createTestDatabase({ password: secret(), server: around.databaseServer })
  undo.push(database.drop)
  const mail = await startMailInbox()
  undo.push(mail.close)
  const [port = 0] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const webhookSecret = secret('whsec_')
  const sandbox = await startStripeSandbox({
    webhooks: [{ url: `${url}/api/stripe/webhook`, secret: webhookSecret }],
    retryDelaysMs: [500],
  })
  undo.push(sandbox.close)
  const env: Env = {
    WORKSHOP_DEMO: '1',
    DATABASE_URL: (await around.database?.(database.url)) ?? database.url,
    STRIPE_SECRET_KEY: secret('sk_test_'),
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    STRIPE_API_BASE_URL: (await around.stripe?.(sandbox.url)) ?? sandbox.url,
    NEXT_PUBLIC_APP_URL: url,
    SMTP_URL: mail.smtpUrl,
    EMAIL_FROM: 'Workshops <workshops@example.com>',
    CRON_SECRET: secret(),
    RATE_LIMIT: 'off',
    CLIENT_IP_HEADER: 'x-client-address',
    COUNTRY_HEADER: 'x-client-country',
    LOG_LEVEL: 'debug',
    ...change,
  }
  await around.prepare?.(database.url)
  await migrate(database.url)
  // Nobody listens yet to what the seed sets off.
  sandbox.control.setDeliveries({ drop: true })
  await seed(env, () => undefined)
  sandbox.control.setDeliveries({})
  const { db, sales, close } = openDatabase(database.url)
  undo.push(close)

  const outputs: (() => string)[] = []
  const run = async (at: number, more: Env = {}, options?: ServerOptions) => {
    const server = await startServer(at, { ...env, ...more }, options)
    outputs.push(server.output)
    undo.push(server.stop)
    return server
  }
  let server = await run(port)
  const runServer = async (more?: Env, options?: ServerOptions): Promise<ObservedServer> => {
    const [another = 0] = await freePorts(1)
    let running = await run(another, more, options)
    return {
      url: `http://127.0.0.1:${another}`,
      observed: { files: () => running.observed.files(), memory: () => running.observed.memory() },
      kill: () => running.kill(),
      async restart() {
        await running.stop()
        running = await run(another, more, options)
      },
    }
  }
  const logs = () => outputs.map((output) => output()).join('')
  return {
    url,
    env,
    db,
    sales,
    stripe: sandbox.control,
    client: new Stripe(env.STRIPE_SECRET_KEY ?? '', {
      host: '127.0.0.1',
      port: sandbox.port,
      protocol: 'http',
    }),
    mail,
    logs,
    async restart(more) {
      await server.stop()
      server = await run(port, more)
    },
    kill: () => server.kill(),
    runServer,
    addServer: async (more) => (await runServer(more)).url,
    async stop() {
      await cleanUp()
      refuseSecrets(logs(), env)
    },
  }
}

function refuseSecrets(logs: string, env: Env): void {
  const { STRIPE_SECRET_KEY = '', STRIPE_WEBHOOK_SECRET = '', CRON_SECRET = '', DATABASE_URL = '' } = env
  const { password } = new URL(DATABASE_URL)
  const secrets = {
    STRIPE_SECRET_KEY,
    STRIPE_WEBHOOK_SECRET,
    CRON_SECRET,
    'the password of DATABASE_URL': password,
  }
  for (const [name, value] of Object.entries(secrets)) {
    if (value === '') throw new Error(`${name} is empty, so that nobody could tell whether it was logged`)
    if (logs.includes(value)) throw new Error(`The server wrote ${name} into its log`)
  }
}
