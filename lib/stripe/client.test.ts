import Stripe from 'stripe'
import { expect, it } from 'vitest'
import { isTemporary, wasNotReached } from './client'

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

it.each([
  [409, 'idempotency_key_in_use', true],
  [409, 'lock_timeout', true],
  [429, 'lock_timeout', true],
  [429, 'rate_limit', true],
  [500, undefined, true],
  [503, undefined, true],
  [400, 'resource_missing', false],
  [401, undefined, false],
  [402, 'card_declined', false],
  [403, undefined, false],
  [404, 'resource_missing', false],
] as const)('knows of status %s (%s) whether it passes by itself: %s', (statusCode, code, temporary) => {
  const raw = { statusCode, code, type: 'invalid_request_error', message: 'no' } as never
  expect(isTemporary(Stripe.errors.StripeError.generate(raw))).toBe(temporary)
})
