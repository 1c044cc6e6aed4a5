// @ts-check
import { join } from 'node:path'

/**
 * @typedef {import('./services.mjs').Services} Services
 * @typedef {import('./stack.mjs').StackOptions} StackOptions
 * @typedef {ReturnType<typeof serverEnv>} ServerEnv
 */

/** @param {string[]} file what to run with the project's TypeScript */
const typescript = (...file) => ['--import', './scripts/register.mjs', ...file]

/** Blank, whatever the developer's shell or .env.local says: the demo sends no real mail and calls nobody else's servers. */
const shielded = [
  ...['RESEND_API_KEY', 'COURSE_BUILDER_API_URL', 'EGGHEAD_AUTH_URL', 'INNGEST_EVENT_KEY'],
  ...['REDIS_URL', 'SENTRY_DSN'],
]

/**
 * Every other variable of lib/env.ts that a stack does not set itself: what .env.local says of the developer's own shop is none of the
 * demo's, what was given with the command is. A test compares the list.
 */
const given = [
  ...[
    'NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY',
    'ALLOWED_ORIGIN',
    'COURSE_BUILDER_API_KEY',
    'COURSE_BUILDER_API_AUTH',
  ],
  ...['INNGEST_BASE_URL', 'RATE_LIMIT', 'CLIENT_IP_HEADER', 'COUNTRY_HEADER', 'VERCEL', 'FLAGS_SECRET'],
  ...['TABLE_PREFIX', 'OVERSOLD', 'LINK_SALE_EMAIL', 'LOG_LEVEL'],
]

const blanks = () => ({
  ...Object.fromEntries(given.map((name) => [name, process.env[name] ?? ''])),
  ...Object.fromEntries(shielded.map((name) => [name, ''])),
})

/** What our webhook asks for at Stripe, `HANDLED_TYPES` of lib/stripe: no TypeScript is read here, and a test compares the two. */
export const webhookTypes = [
  ...['completed', 'async_payment_succeeded', 'async_payment_failed', 'expired'].map(
    (end) => `checkout.session.${end}`,
  ),
  ...['charge.refunded', 'charge.dispute.created', 'charge.dispute.closed', 'refund.failed'],
]

/**
 * Where the parts are. The app is `localhost`, which is what a buyer types; the others keep to 127.0.0.1.
 *
 * @param {StackOptions} options
 */
export function urls({ ports, stripe }) {
  return {
    url: `http://localhost:${ports.app}`,
    ...(!stripe && { sandboxUrl: `http://127.0.0.1:${ports.sandbox}` }),
    inboxUrl: `http://127.0.0.1:${ports.inbox}`,
  }
}

/**
 * @param {StackOptions} options
 * @param {import('./secrets.mjs').Secrets} secrets
 * @param {string} databaseUrl
 */
export function serverEnv(options, secrets, databaseUrl) {
  const { ports, stripe, env } = options
  const { url, sandboxUrl } = urls(options)
  return {
    ...blanks(),
    WORKSHOP_DEMO: '1',
    DATABASE_URL: databaseUrl,
    STRIPE_SECRET_KEY: stripe?.secretKey ?? secrets.STRIPE_SECRET_KEY,
    STRIPE_WEBHOOK_SECRET: stripe?.webhookSecret ?? secrets.STRIPE_WEBHOOK_SECRET,
    STRIPE_API_BASE_URL: sandboxUrl ?? '',
    NEXT_PUBLIC_APP_URL: url,
    SMTP_URL: `smtp://127.0.0.1:${ports.smtp}`,
    EMAIL_FROM: 'Workshop Checkout <workshops@example.com>',
    CRON_SECRET: secrets.CRON_SECRET,
    METRICS_TOKEN: secrets.METRICS_TOKEN,
    CHECKOUT_ROLLOUT: 'on',
    ...env,
  }
}

/**
 * @param {Services} services
 * @param {ServerEnv} env
 */
export const migrate = (services, env) => services.run('migrate', typescript('db/migrate.ts'), env)

/**
 * @param {Services} services
 * @param {ServerEnv} env
 */
export const seed = (services, env) => services.run('seed', typescript('db/seed.ts'), env)

/**
 * @param {Services} services
 * @param {StackOptions} options
 * @param {ServerEnv} env
 * @param {{ name: string, dataFile: string }} [another] a second one beside the first
 */
export function startSandbox(services, { dataDir, ports }, env, another) {
  return services.start(another?.name ?? 'sandbox', typescript('sandbox/stripe/main.ts'), {
    env: {
      STRIPE_SANDBOX_PORT: String(ports.sandbox),
      STRIPE_SANDBOX_DATA: another?.dataFile ?? join(dataDir, 'stripe.json'),
      STRIPE_SANDBOX_WEBHOOK_URL: `${env.NEXT_PUBLIC_APP_URL}/api/stripe/webhook`,
      STRIPE_SANDBOX_WEBHOOK_SECRET: env.STRIPE_WEBHOOK_SECRET,
      STRIPE_SANDBOX_WEBHOOK_TYPES: webhookTypes.join(','),
      NEXT_PUBLIC_APP_URL: env.NEXT_PUBLIC_APP_URL,
    },
    ready: (output) => output.includes('stripe sandbox ready on '),
  })
}

/**
 * @param {Services} services
 * @param {StackOptions} options
 */
export function startInbox(services, { dataDir, ports }) {
  return services.start('inbox', typescript('sandbox/mail/main.ts'), {
    env: {
      MAIL_SMTP_PORT: String(ports.smtp),
      MAIL_HTTP_PORT: String(ports.inbox),
      MAIL_DATA: join(dataDir, 'mail.jsonl'),
    },
    ready: (output) => output.includes('mail inbox ready on '),
  })
}

/**
 * @param {Services} services
 * @param {StackOptions} options
 * @param {ServerEnv} env
 */
export function startServer(services, { ports, distDir }, env) {
  // On loopback alone: the demo's sign-in asks for no password.
  const args = ['node_modules/next/dist/bin/next', 'start', '-H', 'localhost', '-p', String(ports.app)]
  return services.start('server', args, {
    env: { ...env, ...(distDir && { NEXT_DIST_DIR: distDir }) },
    ready: () => healthy(`${env.NEXT_PUBLIC_APP_URL}/api/health`),
  })
}

/** @param {string} url */
async function healthy(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) })
    await response.body?.cancel()
    return response.status === 200
  } catch {
    return false
  }
}
