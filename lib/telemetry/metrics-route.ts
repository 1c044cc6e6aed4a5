import 'server-only'
import { CheckoutError } from '@/lib/contract/errors'
import { env } from '@/lib/env'
import { route } from '@/lib/http/route'
import { showsSecret } from '@/lib/http/secret'
import { createLog } from '@/lib/telemetry/log'
import { sharedTelemetry } from '@/lib/telemetry/shared'

/** `GET /api/metrics`: this process's figures for Prometheus, behind `METRICS_TOKEN`; without that there is nothing here. */
export const metricsRoute = route({
  path: '/api/metrics',
  log: () => createLog(env().LOG_LEVEL),
  exists: () => env().METRICS_TOKEN !== undefined && sharedTelemetry().scrape !== undefined,
  GET: async (request) => {
    if (!showsSecret(request.headers, env().METRICS_TOKEN)) throw new CheckoutError('unauthorized')
    return new Response(await sharedTelemetry().scrape?.(), {
      headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8', 'Cache-Control': 'no-store' },
    })
  },
})
