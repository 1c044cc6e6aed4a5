// @ts-check
import { join } from 'node:path'
import { stopLeftover } from '../sandbox/mysql/data-dir.mjs'
import { startMysql } from '../sandbox/mysql/start.mjs'
import { ensureBuild } from './build.mjs'
import { startForGuest } from './guest.mjs'
import { samePort } from './ports.mjs'
import { startScheduler } from './scheduler.mjs'
import { keptSecrets } from './secrets.mjs'
import { Services } from './services.mjs'
import { migrate, seed, serverEnv, startInbox, startSandbox, startServer, urls } from './stack-parts.mjs'

/**
 * @typedef {object} StackOptions
 * @property {string} dataDir database, sandbox, mail, secrets and logs of this stack
 * @property {{ app: number, sandbox: number, inbox: number, smtp: number }} ports
 * @property {string} [databaseUrl] a database to use instead of a private server; it is migrated and seeded, never reset
 * @property {{ secretKey: string, webhookSecret: string }} [stripe] Stripe's real test mode instead of the sandbox
 * @property {string} [distDir] where the build is kept; default `.next`
 * @property {number} [guest] the port of a second sandbox, for an app of somebody's own: see guest.mjs
 * @property {boolean} [fast] for tests: the private database may lose its last second with the machine
 * @property {Record<string, string>} [env] more for the server
 * @property {<T>(title: string, work: () => T | Promise<T>) => Promise<T>} [step] says what is being done
 * @property {(message: string) => void} [onCrash] called when a part ends without having been told to
 * @property {AbortSignal} [signal] ends a start that is under way
 *
 * @typedef {object} Stack
 * @property {string} url
 * @property {string} [sandboxUrl] none with real Stripe
 * @property {string} inboxUrl
 * @property {string} databaseUrl
 * @property {import('./stack-parts.mjs').ServerEnv} env what the server was given
 * @property {Record<string, string>} [guestEnv] what an app of somebody's own may borrow
 * @property {() => Promise<void>} stop
 */

/**
 * Starts everything that a sale needs, in order: database, Stripe sandbox, schema and seed data, mail inbox, build,
 * server, scheduler. When a step fails, what was started is stopped again.
 *
 * @param {StackOptions} options
 * @returns {Promise<Stack>}
 */
export async function startStack(options) {
  const { dataDir, signal } = options
  const onCrash = options.onCrash ?? (() => {})
  const services = new Services(dataDir, onCrash)
  const endEarly = () => void services.stop()
  const kill = () => services.kill()
  /** @type {(() => void | Promise<void>)[]} */
  const undo = [() => services.stop()]
  const stop = async () => {
    for (const action of undo.splice(0).reverse()) await action()
    process.off('exit', kill)
  }
  /** @type {NonNullable<StackOptions['step']>} */
  const step = async (title, work) => {
    signal?.throwIfAborted()
    return options.step ? options.step(title, work) : work()
  }
  process.once('exit', kill)
  signal?.addEventListener('abort', endEarly, { once: true })
  try {
    await services.record.stopLeftovers()
    const secrets = keptSecrets(dataDir)
    const databaseUrl = options.databaseUrl ?? (await step('Starting the database', startDatabase))
    const env = serverEnv(options, secrets, databaseUrl)
    await step('Bringing the schema up to date', () => migrate(services, env))
    if (!options.stripe) await step('Starting the Stripe sandbox', () => startSandbox(services, options, env))
    await step('Filling in the demo workshop', () => seed(services, env))
    await step('Starting the mail inbox', () => startInbox(services, options))
    await step('Building for production', async () =>
      (await ensureBuild(services, options.distDir)) ? 'done' : 'unchanged, checked',
    )
    await step('Starting the server', () => startServer(services, options, env))
    const guestEnv = options.guest === undefined ? undefined : await startForGuest(services, options, env)
    signal?.throwIfAborted()
    undo.push(startScheduler(env.NEXT_PUBLIC_APP_URL, env.CRON_SECRET))
    return { ...urls(options), databaseUrl, env, stop, ...(guestEnv && { guestEnv }) }
  } catch (error) {
    await stop()
    throw error
  } finally {
    signal?.removeEventListener('abort', endEarly)
  }

  async function startDatabase() {
    const folder = join(dataDir, 'mysql')
    // Before the port is looked at: what an earlier run left would hold it.
    await stopLeftover(folder)
    const server = await startMysql({
      dataDir: folder,
      port: await samePort(join(dataDir, 'database-port')),
      fast: options.fast ?? false,
      onCrash: () => onCrash('The database ended unexpectedly.'),
    })
    // At the front, so that it is stopped last: the others talk to it until they have ended.
    undo.unshift(() => server.stop())
    return server.url
  }
}
