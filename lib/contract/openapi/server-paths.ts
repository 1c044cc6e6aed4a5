import type { Json } from './components'
import { bearer, checkoutRefusals, content, inPath, ok, plain, refusals, statusRefusals } from './parts'

/** As far as others may rely on it: servers of ours tell each other more. */
const rolloutAnswer = {
  description: '`rollout`: `off`, `internal`, a percentage, or `on`.',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['rollout'],
        properties: { rollout: { type: 'string' }, guard: { type: 'object' } },
      },
    },
  },
}
const exposureReport = {
  type: 'object',
  required: ['exposures'],
  properties: { exposures: { type: 'array', maxItems: 40, items: { type: 'object' } } },
}

/** What other storefronts call, with the key that they share with us, and what Stripe calls. */
export function serverPaths(): Json {
  const session = [inPath('sessionId')]
  return {
    '/api/stripe/checkout-session': {
      post: {
        summary: 'Begins a checkout for a buyer whom the calling storefront vouches for.',
        security: bearer,
        requestBody: { required: true, content: content('ServerCheckoutRequest') },
        responses: { 200: ok('CheckoutResponse'), ...refusals('unauthorized', ...checkoutRefusals) },
      },
    },
    '/api/stripe/checkout-session/{sessionId}': {
      get: {
        summary: 'What is recorded of a checkout.',
        security: bearer,
        parameters: session,
        responses: { 200: ok('CheckoutStatus'), ...refusals('unauthorized', ...statusRefusals) },
      },
      post: {
        summary: 'Asks Stripe about the checkout, and records it if it is paid.',
        security: bearer,
        parameters: session,
        responses: {
          200: ok('CheckoutStatus'),
          ...refusals('unauthorized', 'payload_too_large', ...statusRefusals, 'stripe_error'),
        },
      },
    },
    '/api/stripe/offer': {
      post: {
        summary: 'The offer for a buyer whom the calling storefront vouches for, and the workshop.',
        security: bearer,
        requestBody: { required: true, content: content('ServerOfferRequest') },
        responses: {
          200: ok('OfferAnswer'),
          ...refusals(
            'unauthorized',
            'invalid_request',
            'product_not_found',
            'payload_too_large',
            'unsupported_media_type',
            'stripe_error',
            'misconfigured',
            'unavailable',
          ),
        },
      },
    },
    '/api/stripe/rollout': {
      get: {
        summary: "The setting of the rollout, and its guard's verdict.",
        security: bearer,
        responses: { 200: rolloutAnswer, ...refusals('unauthorized', 'not_found', 'unavailable') },
      },
      post: {
        summary: 'The same, for a storefront that also tells whom it showed what.',
        security: bearer,
        requestBody: { required: true, content: { 'application/json': { schema: exposureReport } } },
        responses: {
          200: rolloutAnswer,
          ...refusals(
            'unauthorized',
            'invalid_request',
            'not_found',
            'payload_too_large',
            'unsupported_media_type',
            'unavailable',
          ),
        },
      },
    },
    '/api/stripe/webhook': {
      post: {
        summary: "Stripe's events, signed.",
        parameters: [{ name: 'Stripe-Signature', in: 'header', required: true, schema: { type: 'string' } }],
        requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } },
        responses: {
          200: plain('Stored, and worked on where possible.'),
          ...refusals('invalid_request', 'not_found', 'payload_too_large', 'unavailable'),
        },
      },
    },
  }
}
