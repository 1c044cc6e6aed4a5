// @ts-check
import { isFree, nextFreePort } from './ports.mjs'
import { Explained } from './report.mjs'

export const usage = `npm run demo                sets everything up and starts the demo
npm run demo -- --reset     removes the demo's data first
npm run demo -- --help      shows this

  PORT                    where the app listens; default 3000
  DATABASE_URL            a MySQL database to use instead of a private server; never reset
  STRIPE_SECRET_KEY       sk_test_…: Stripe's test mode instead of the sandbox,
  STRIPE_WEBHOOK_SECRET   whsec_…:   needed with it`

/** Where the app is to listen. */
export function readPort() {
  const port = Number(process.env.PORT || 3000)
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Explained(`PORT is not a port: ${process.env.PORT}. Example: PORT=4000 npm run demo`)
  return port
}

/**
 * Looked at once nothing of an earlier run is left that may hold it. 3100 is never proposed: it is the tutorial's.
 *
 * @param {number} port
 */
export async function refuseTaken(port) {
  if (await isFree(port)) return
  const other = await nextFreePort(4000, [port])
  throw new Explained(`Port ${port} is taken. Choose another one: PORT=${other} npm run demo`)
}

/**
 * Stripe's real test mode, where a key for it is set.
 *
 * @param {Record<string, string | undefined>} env
 * @returns {{ secretKey: string, webhookSecret: string } | undefined}
 */
export function readStripe({ STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret }) {
  if (!secretKey) return undefined
  if (/_live_/.test(secretKey))
    throw new Explained(
      'STRIPE_SECRET_KEY is a live key, and the demo would take real money with it. Use one that begins with sk_test_.',
    )
  if (!secretKey.startsWith('sk_test_'))
    throw new Explained('STRIPE_SECRET_KEY is not a test key. It begins with sk_test_.')
  if (!webhookSecret?.startsWith('whsec_'))
    throw new Explained(
      'With STRIPE_SECRET_KEY the demo also needs STRIPE_WEBHOOK_SECRET (whsec_…).\n' +
        'Get one by: npx @stripe/cli listen --print-secret',
    )
  return { secretKey, webhookSecret }
}
