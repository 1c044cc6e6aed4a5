// Course Builder's own checkout and webhook, called as functions in a process of their own, with its own versions of everything. Started
// by bench/parts/theirs.ts, which asks over IPC: { id, kind: 'checkout' | 'sale', … } → { id, ms, … }.
import { createMySqlTables, DrizzleAdapter } from '@coursebuilder/adapter-drizzle'
import { stripeCheckoutSessionCompletedHandler } from '@coursebuilder/core/inngest/stripe/event-checkout-session-completed'
import { processStripeWebhook } from '@coursebuilder/core/pricing/process-stripe-webhook'
import Provider, { STRIPE_VERSION, StripePaymentAdapter } from '@coursebuilder/core/providers/stripe'
import { mysqlTableCreator } from 'drizzle-orm/mysql-core'
import { drizzle } from 'drizzle-orm/mysql2'
import mysql from 'mysql2/promise'
import Stripe from 'stripe'

const { DATABASE_URL, STRIPE_API_BASE_URL, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET } = process.env
const table = mysqlTableCreator((name) => `egghead_${name}`)
const pool = mysql.createPool({ uri: DATABASE_URL, connectionLimit: 10 })
const db = DrizzleAdapter(drizzle(pool, { schema: createMySqlTables(table), mode: 'planetscale' }), table)

const paymentsAdapter = new StripePaymentAdapter({
  stripeToken: STRIPE_SECRET_KEY,
  stripeWebhookSecret: STRIPE_WEBHOOK_SECRET,
})
const base = new URL(STRIPE_API_BASE_URL)
paymentsAdapter.stripe = new Stripe(STRIPE_SECRET_KEY, {
  apiVersion: STRIPE_VERSION,
  host: base.hostname,
  port: base.port,
  protocol: 'http',
})
// Stripe's stand-in speaks the newest version of the API, where these two name a coupon in another place. One call each, as theirs.
paymentsAdapter.createPromotionCode = async ({ coupon, ...params }) => {
  const code = await paymentsAdapter.stripe.promotionCodes.create({
    ...params,
    promotion: { type: 'coupon', coupon },
  })
  return code.id
}
const EXPAND = ['customer', 'line_items.data.price.product', 'payment_intent.latest_charge']
paymentsAdapter.getCheckoutSession = (id) =>
  paymentsAdapter.stripe.checkout.sessions.retrieve(id, { expand: EXPAND })

const provider = Provider({
  errorRedirectUrl: undefined,
  cancelUrl: 'https://example.com/cancel',
  baseSuccessUrl: 'https://example.com',
  paymentsAdapter,
})

/** What `POST /api/coursebuilder/checkout/stripe` does, once its body is parsed. */
async function checkout({ params }) {
  const started = performance.now()
  const { redirect, status, body } = await provider.createCheckoutSession(params, db)
  const ms = performance.now() - started
  if (status !== 303 || !redirect) throw new Error(`refused: ${JSON.stringify(body)}`)
  return { ms, sessionId: /cs_test_\w+/.exec(redirect)?.[0] }
}

/**
 * A sale, from its webhook to its commit. Inngest calls the function anew for each of its steps, with what the steps before have answered,
 * as JSON; here without the time that Inngest itself and its HTTP calls take.
 */
async function sale({ rawBody, signature }) {
  const started = performance.now()
  if (!(await paymentsAdapter.verifyWebhookSignature(rawBody, signature))) throw new Error('not signed')
  let sent
  const send = async (event) => {
    sent = event
  }
  await processStripeWebhook(JSON.parse(rawBody), { adapter: db, provider, inngest: { send } })
  if (!sent) throw new Error('nothing was handed to Inngest')
  const steps = new Map()
  for (let invocations = 2; ; invocations++) {
    const ran = await oneStep(JSON.parse(JSON.stringify(sent)), steps)
    if (ran === 'create a merchant charge and purchase')
      return { ms: performance.now() - started, invocations }
    if (!ran) throw new Error('the sale was never written')
  }
}

/** Runs the function until it has done one thing more. Answers what that was. */
async function oneStep(event, steps) {
  let ran
  const stop = new Error('a step was done')
  const step = {
    run: async (name, work) => {
      if (steps.has(name)) return JSON.parse(steps.get(name))
      steps.set(name, JSON.stringify((await work()) ?? null))
      ran = name
      throw stop
    },
    sendEvent: async () => undefined,
  }
  try {
    await stripeCheckoutSessionCompletedHandler({ event, step, db, paymentProvider: provider })
  } catch (error) {
    if (error !== stop) throw error
  }
  return ran
}

const kinds = { checkout, sale }

process.on('message', async ({ id, kind, ...request }) => {
  try {
    process.send({ id, ...(await kinds[kind](request)) })
  } catch (error) {
    process.send({ id, error: String(error?.stack ?? error) })
  }
})
process.on('disconnect', () => process.exit())
process.send({ id: 0 })
