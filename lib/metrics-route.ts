import 'server-only'
import { CheckoutError } from '@/lib/contract/errors'
import { env } from '@/lib/env'
import { route } from '@/lib/http/route'
import { bearerToken, sameSecret } from '@/lib/http/secret'
import { createLog } from '@/lib/telemetry/log'
import { sharedTelemetry } from '@/lib/telemetry/shared'

/** `GET /api/metrics`: this process's figures for Prometheus, behind `METRICS_TOKEN`; without that there is nothing here. */
export const metricsRoute = route({
  path: '/api/metrics',
  log: () => createLog(env().LOG_LEVEL),
  GET: async (request) => {
    const { METRICS_TOKEN: token } = env()
    const { scrape } = sharedTelemetry()
    if (!token || !scrape) throw new CheckoutError('not_found')
    if (!sameSecret(bearerToken(request.headers), token)) throw new CheckoutError('unauthorized')
    return new Response(await scrape(), {
      headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8', 'Cache-Control': 'no-store' },
    })
  },
})
