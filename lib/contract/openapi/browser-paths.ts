import type { Json } from './components'
import { checkoutRefusals, content, inPath, ok, refusals, statusRefusals } from './parts'

/** What pages call. */
export function browserPaths(): Json {
  const session = [inPath('sessionId')]
  return {
    '/api/workshop/checkout': {
      post: {
        summary: 'Begins a checkout. Answers a form post with 303.',
        parameters: [
          {
            name: 'start',
            in: 'query',
            allowEmptyValue: true,
            description: 'Only notes that this visitor leaves for the payment link; the body is the product.',
            schema: { type: 'string' },
          },
        ],
        requestBody: {
          required: true,
          content: {
            ...content('CheckoutRequest'),
            ...content('CheckoutRequest', 'application/x-www-form-urlencoded'),
            'text/plain': { schema: { type: 'string', maxLength: 191 } },
          },
        },
        responses: {
          200: ok('CheckoutResponse'),
          204: { description: 'Noted, with `start`.' },
          303: { description: "A form's answer: on to Stripe, or back to the page with `checkout_error`." },
          ...refusals('forbidden_origin', ...checkoutRefusals),
        },
      },
    },
    '/api/workshop/checkout/{sessionId}': {
      get: {
        summary: 'What is recorded of a checkout. Writes nothing.',
        parameters: session,
        responses: { 200: ok('CheckoutStatus'), ...refusals(...statusRefusals) },
      },
      post: {
        summary: 'Asks Stripe about the checkout, records it if it is paid, and answers the same.',
        parameters: session,
        responses: {
          200: ok('CheckoutStatus'),
          ...refusals('forbidden_origin', ...statusRefusals, 'stripe_error'),
        },
      },
    },
    '/api/workshop/{slug}/offer': {
      get: {
        summary: 'What this visitor would pay, and why.',
        parameters: [
          inPath('slug'),
          { name: 'couponCode', in: 'query', schema: { type: 'string', maxLength: 64 } },
          {
            name: 'quantity',
            in: 'query',
            schema: { type: 'integer', minimum: 1, maximum: 100, default: 1 },
          },
        ],
        responses: {
          200: ok('Offer'),
          ...refusals('invalid_request', 'product_not_found', 'stripe_error', 'misconfigured', 'unavailable'),
        },
      },
    },
  }
}
