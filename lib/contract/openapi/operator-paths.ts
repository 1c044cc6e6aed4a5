import type { Json } from './components'
import { bearer, content, ok, plain, refusals } from './parts'

/**
 * What schedulers and scrapers call, each with its own bearer secret (without one there is nothing at the address), and what anybody
 * may ask of the server itself.
 */
export function operatorPaths(): Json {
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
    '/api/cron/inbox': cron('Works on stored events, ends old checkouts.'),
    '/api/cron/holds': cron('Ends old checkouts, for a scheduler that wants it at a pace of its own.'),
    '/api/cron/outbox': cron('Delivers e-mail and events that are due.'),
    '/api/cron/reconcile': cron('Compares the last days with Stripe, and records what is missing.'),
    '/api/metrics': {
      get: { summary: 'Metrics for Prometheus.', security: bearer, responses: answers('text/plain') },
    },
  }
}
