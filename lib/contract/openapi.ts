import { z } from 'zod'
import {
  checkoutResponseSchema,
  checkoutStatusSchema,
  errorBodySchema,
  healthSchema,
  offerAnswerSchema,
  offerSchema,
} from './answers'
import { errorCatalogue, isErrorCode } from './errors'
import { checkoutRequestSchema, serverCheckoutRequestSchema, serverOfferRequestSchema } from './schemas'
import type { ErrorCode } from './types'

/** The routes as OpenAPI 3.1, from the schemas that check them. */

type Json = { [key: string]: unknown }

const browserOffer = z.intersection(offerSchema, z.object({ checkout: z.enum(['session', 'payment-link']) }))

const components = {
  CheckoutRequest: checkoutRequestSchema,
  ServerCheckoutRequest: serverCheckoutRequestSchema,
  ServerOfferRequest: serverOfferRequestSchema,
  CheckoutResponse: checkoutResponseSchema,
  CheckoutStatus: checkoutStatusSchema,
  Offer: browserOffer,
  OfferAnswer: offerAnswerSchema,
  Health: healthSchema,
  Error: errorBodySchema,
}

function schemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...made } = z.toJSONSchema(schema, {
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // A field with a default may be left out; and an answer may gain fields in a newer version.
      const { properties = {}, required } = jsonSchema
      const isOptional = (name: string) => 'default' in Object(properties[name])
      if (required) jsonSchema.required = required.filter((name) => !isOptional(name))
      if (jsonSchema.additionalProperties === false && !isStrict(zodSchema))
        delete jsonSchema.additionalProperties
      if (zodSchema._zod.def.type === 'custom') Object.assign(jsonSchema, { type: 'string', enum: codes() })
    },
  })
  return made
}

const isStrict = (schema: z.core.$ZodType) =>
  schema instanceof z.ZodObject && schema.def.catchall instanceof z.ZodNever

const codes = (): ErrorCode[] => Object.keys(errorCatalogue).filter(isErrorCode)

const content = (name: keyof typeof components, type = 'application/json') => ({
  [type]: { schema: { $ref: `#/components/schemas/${name}` } },
})

const ok = (name: keyof typeof components) => ({ description: 'Done.', content: content(name) })

/** One answer a status; several codes may share it. */
function refusals(...wanted: ErrorCode[]): Json {
  const everywhere: ErrorCode[] = ['method_not_allowed', 'internal']
  const all = [...wanted, ...everywhere]
  const statuses = [...new Set(all.map((code) => errorCatalogue[code].status))].sort()
  return Object.fromEntries(
    statuses.map((status) => {
      const named = all.filter((code) => errorCatalogue[code].status === status)
      return [
        status,
        { description: named.map((code) => `\`${code}\``).join(', '), content: content('Error') },
      ]
    }),
  )
}

const plain = (description: string) => ({
  description,
  content: { 'application/json': { schema: { type: 'object' } } },
})

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

const inPath = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } })

const checkoutRefusals: ErrorCode[] = [
  'invalid_request',
  'invalid_coupon',
  'coupon_not_eligible',
  'product_not_found',
  'already_purchased',
  'sold_out',
  'sale_not_open',
  'sale_closed',
  'payload_too_large',
  'unsupported_media_type',
  'rate_limited',
  'stripe_error',
  'misconfigured',
  'unavailable',
]
const statusRefusals: ErrorCode[] = ['session_not_found', 'rate_limited', 'unavailable']
const bearer = [{ bearer: [] }]

function paths(): Json {
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
    '/api/health': {
      get: {
        summary: 'Whether the process is up; with `deep`, whether all that a sale needs is.',
        description:
          'Without `deep` nothing behind the process is asked. With it, a result counts for ten seconds; the bearer of `METRICS_TOKEN` or `CRON_SECRET` is told of each check.',
        security: [{}, ...bearer],
        parameters: [{ name: 'deep', in: 'query', allowEmptyValue: true, schema: { type: 'string' } }],
        responses: {
          200: ok('Health'),
          ...refusals(),
          503: { description: 'Something that a sale needs fails.', content: content('Health') },
        },
      },
    },
    '/api/openapi.json': {
      get: { summary: 'This document.', responses: { 200: plain('OpenAPI 3.1.'), ...refusals() } },
    },
    ...operatorPaths(),
  }
}

/** For schedulers and scrapers, each with its own bearer secret; without one there is nothing at the address. */
function operatorPaths(): Json {
  const answers = (type: string) => ({
    200: {
      description: 'Done.',
      content: { [type]: { schema: { type: type === 'text/plain' ? 'string' : 'object' } } },
    },
    ...refusals(
      'unauthorized',
      'not_found',
      ...(type === 'application/json' ? (['unavailable'] as const) : []),
    ),
  })
  const cron = (summary: string) => {
    const call = { summary, security: bearer, responses: answers('application/json') }
    return { get: call, post: call }
  }
  return {
    '/api/cron/inbox': cron('Works on stored events, ends old checkouts.'),
    '/api/cron/holds': cron('Ends old checkouts, for a scheduler that wants it at a pace of its own.'),
    '/api/cron/outbox': cron('Delivers e-mail and events that are due.'),
    '/api/cron/reconcile': cron('Compares the last days with Stripe, and records what is missing.'),
    '/api/metrics': {
      get: { summary: 'Metrics for Prometheus.', security: bearer, responses: answers('text/plain') },
    },
  }
}

/** The document, with the origin of the server that answers it. */
export function openapiDocument(origin: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Workshop Checkout',
      version: '1.0.0',
      description:
        'Sells workshop seats through Stripe Checkout. Amounts are minor units; times are ISO 8601.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: origin }],
    paths: paths(),
    components: {
      schemas: Object.fromEntries(
        Object.entries(components).map(([name, schema]) => [name, schemaOf(schema)]),
      ),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  }
}
