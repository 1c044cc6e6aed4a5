// @ts-check
import { join } from 'node:path'
import { startSandbox } from './stack-parts.mjs'

/** Where docs/start.md has an app of somebody's own. */
const guestUrl = 'http://localhost:3100'

/**
 * What an app of somebody's own, on its way to selling, borrows from a stack: see docs/start.md. Its sales are its own, so that
 * it has a Stripe and a database of its own; with one for both, each would record the other's sales and write to its buyers.
 *
 * @param {import('./services.mjs').Services} services
 * @param {import('./stack.mjs').StackOptions} options
 * @param {import('./stack-parts.mjs').ServerEnv} env
 * @returns {Promise<Record<string, string>>} the environment of such an app
 */
export async function startForGuest(services, options, env) {
  const { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, SMTP_URL, EMAIL_FROM, CRON_SECRET } = env
  const { dataDir, ports, guest = 0 } = options
  const lent = { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, SMTP_URL, EMAIL_FROM, CRON_SECRET }
  const own = { ...lent, NEXT_PUBLIC_APP_URL: guestUrl }
  const database = options.databaseUrl ?? (await createDatabase(env.DATABASE_URL))
  // With real Stripe there is one account, and the webhook goes where `stripe listen` forwards it to.
  if (options.stripe) return { DATABASE_URL: database, ...own }
  await startSandbox(
    services,
    { dataDir, ports: { ...ports, sandbox: guest } },
    { ...env, NEXT_PUBLIC_APP_URL: guestUrl },
    { name: 'sandbox-of-your-app', dataFile: join(dataDir, 'stripe-of-your-app.json') },
  )
  return { DATABASE_URL: database, STRIPE_API_BASE_URL: `http://127.0.0.1:${guest}`, ...own }
}

/** @param {string} url of another database on the private server */
async function createDatabase(url) {
  // Here, and not above: the first run begins before it is installed.
  const { createConnection } = await import('mysql2/promise')
  const connection = await createConnection(url)
  try {
    await connection.query('create database if not exists your_app')
  } finally {
    await connection.end()
  }
  return Object.assign(new URL(url), { pathname: '/your_app' }).href
}
