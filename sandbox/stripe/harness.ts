import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'
import { type RunningSandbox, type SandboxOptions, startStripeSandbox } from './server'

/** For the sandbox's own tests: a sandbox, the real SDK on it, a shop inside it, and a webhook receiver that checks signatures. */
export interface Harness {
  sandbox: RunningSandbox
  control: RunningSandbox['control']
  stripe: Stripe
  /** Events received so far, each with a verified signature. */
  inbox: Stripe.Event[]
  types(): string[]
  /** What the receiver answers from now on. */
  answerWith(status: number | ((event: Stripe.Event) => number)): void
  makeSession(
    params?: Partial<Stripe.Checkout.SessionCreateParams>,
    options?: Stripe.RequestOptions,
  ): Promise<Stripe.Response<Stripe.Checkout.Session>>
  close(): Promise<void>
}

export const SECRET = 'whsec_harness'
export const PRICE = 'price_workshop'
export const PRODUCT = 'prod_workshop'

export function client(port: number, key = 'sk_test_harness'): Stripe {
  return new Stripe(key, { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0 })
}

async function receiver(inbox: Stripe.Event[], status: { of: (event: Stripe.Event) => number }) {
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (part: string) => {
      body += part
    })
    request.on('end', () => {
      const event = Stripe.webhooks.constructEvent(body, request.headers['stripe-signature'] ?? '', SECRET)
      const code = status.of(event)
      inbox.push(event)
      response.writeHead(code, code === 308 ? { Location: '/elsewhere' } : {}).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export async function startHarness(options: SandboxOptions = {}): Promise<Harness> {
  const inbox: Stripe.Event[] = []
  const status = { of: (_: Stripe.Event) => 200 }
  const hook = await receiver(inbox, status)
  const sandbox = await startStripeSandbox({
    webhooks: [{ url: hook.url, secret: SECRET }],
    retryDelaysMs: [20, 20],
    ...options,
  })
  const { control } = sandbox
  control.seed({
    products: [{ id: PRODUCT, name: 'Claude Code workshop' }],
    prices: [{ id: PRICE, product: PRODUCT, currency: 'usd', unit_amount: 49_900 }],
  })
  const stripe = client(sandbox.port)
  return {
    sandbox,
    control,
    stripe,
    inbox,
    types: () => inbox.map((event) => event.type),
    answerWith(next) {
      status.of = typeof next === 'number' ? () => next : next
    },
    makeSession: (params = {}, requestOptions = {}) =>
      stripe.checkout.sessions.create(
        {
          mode: 'payment',
          line_items: [{ price: PRICE, quantity: 1 }],
          success_url: 'https://shop.test/thanks?session_id={CHECKOUT_SESSION_ID}',
          cancel_url: 'https://shop.test/workshop',
          ...params,
        },
        requestOptions,
      ),
    async close() {
      await sandbox.close()
      await hook.close()
    },
  }
}

/** What the SDK throws: the refusal itself, to be looked at. */
export async function refusalOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await call
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error
    throw error
  }
  throw new Error('The call was not refused')
}

/** Waits until `check` holds; fails after two seconds. */
export async function until(check: () => boolean): Promise<void> {
  const deadline = Date.now() + 2000
  while (!check()) {
    if (Date.now() > deadline) throw new Error('It did not come to pass in two seconds')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
