import Stripe from 'stripe'
import { expect, it } from 'vitest'
import { wasNotReached } from './client'

/** As the SDK's fetch client hands it on: the connection's error is the detail's cause. */
const connectionError = (code: string) =>
  new Stripe.errors.StripeConnectionError({
    message: 'An error occurred with our connection to Stripe.',
    detail: new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) }),
  } as never)

it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])(
  'knows by %s that Stripe was never reached, so that a seat can be given back at once',
  (code) => {
    expect(wasNotReached(connectionError(code))).toBe(true)
  },
)

it.each(['ETIMEDOUT', 'ECONNRESET', 'EPIPE', 'EHOSTUNREACH', 'UND_ERR_SOCKET'])(
  'takes %s for a request that Stripe may have carried out',
  (code) => {
    expect(wasNotReached(connectionError(code))).toBe(false)
  },
)
