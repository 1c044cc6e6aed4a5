// @ts-check
import { parseArgs } from 'node:util'
import { isFree } from './ports.mjs'
import { Explained } from './report.mjs'

export const help = `npm run demo                sets everything up and starts the demo
npm run demo -- --reset     removes the demo's data first
npm run demo -- --help      shows this

  PORT                    where the app listens; default 3000
  DATABASE_URL            a MySQL database to use instead of a private server; never reset
  STRIPE_SECRET_KEY       sk_test_…: Stripe's test mode instead of the sandbox,
  STRIPE_WEBHOOK_SECRET   whsec_…:   needed with it`

/** @returns {{ reset: boolean, help: boolean }} */
export function readArguments() {
  try {
    const options = /** @type {const} */ ({ reset: { type: 'boolean' }, help: { type: 'boolean' } })
    const { values } = parseArgs({ options })
    return { reset: values.reset ?? false, help: values.help ?? false }
  } catch (error) {
    throw new Explained(`${error instanceof Error ? error.message : error}\n\n${help}`)
  }
}

export async function readPort() {
  const port = Number(process.env.PORT || 3000)
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Explained(`PORT is not a port: ${process.env.PORT}. Example: PORT=3100 npm run demo`)
  if (!(await isFree(port)))
    throw new Explained(
      `Port ${port} is taken. Choose another one: PORT=${port === 3100 ? 3200 : 3100} npm run demo`,
    )
  return port
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
