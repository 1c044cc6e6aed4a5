import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { explainStripe } from './explain-stripe'

const { StripeAuthenticationError, StripeInvalidRequestError, StripePermissionError } = Stripe.errors
const raw = (message: string, statusCode: number) => ({ message, statusCode, type: 'api_error' as const })

test.each([
  [
    new Stripe.errors.StripeConnectionError(raw('fetch failed', 0)),
    "Stripe can't be reached: see status.stripe.com",
  ],
  [new Stripe.errors.StripeAPIError(raw('no', 503)), 'Stripe answers 503: see status.stripe.com'],
  [
    new StripeAuthenticationError(raw('Invalid API Key provided: sk_test_x', 401)),
    'refuses STRIPE_SECRET_KEY',
  ],
  [new StripePermissionError(raw('needs rak_checkout_session_read', 403)), 'rak_checkout_session_read'],
])('what Stripe failed with is told with a way on: %s', (error, words) => {
  const told = explainStripe(error)
  expect(told).toContain(words)
  expect(told).not.toContain('sk_test')
})

test("what Stripe's own sentence says best, and what is none of Stripe's, is left to whoever said it", () => {
  expect(explainStripe(new StripeInvalidRequestError(raw('No such price', 400)))).toBeUndefined()
  expect(explainStripe(new Error('connect ECONNREFUSED'))).toBeUndefined()
})
