import 'server-only'
import { type Env, env } from '@/lib/env'
import { json } from '@/lib/http/respond'
import { type Handler, route } from '@/lib/http/route'
import { showsSecret } from '@/lib/http/secret'
import { createLog } from '@/lib/telemetry/log'
import { type CheckResult, createDeepHealth } from './deep'

const log = () => createLog(env().LOG_LEVEL)

/** Loaded with the first deep check: a liveness probe needs no Stripe, no mail and no schema. */
async function checksOf(settings: Env): Promise<Record<string, CheckResult>> {
  if (settings.commerce) return (await import('./commerce')).checkCommerce()
  return (await import('./storefront')).checkStorefront(settings)
}

const deepHealth = createDeepHealth({
  checks: async () => {
    const checks = await checksOf(env())
    const bad = Object.entries(checks).filter(([, { status }]) => status === 'failing')
    if (bad.length > 0)
      log().warn(
        { event: 'health.failing', checks: Object.fromEntries(bad) },
        'something that a sale needs fails',
      )
    return checks
  },
  now: Date.now,
})

/** Whether the caller may see each check, and not the overall status alone. */
function isOperator(headers: Headers): boolean {
  const { METRICS_TOKEN, CRON_SECRET } = env()
  // Every secret is compared, so that the time tells nothing of which.
  return [METRICS_TOKEN, CRON_SECRET].map((secret) => showsSecret(headers, secret)).includes(true)
}

const health: Handler<Record<never, never>> = async (request) => {
  if (!new URL(request.url).searchParams.has('deep'))
    return json({ status: 'ok', role: env().commerce ? 'commerce' : 'storefront' })
  const found = await deepHealth()
  const answer = isOperator(request.headers) ? found : { status: found.status }
  return json(answer, { status: found.status === 'ok' ? 200 : 503 })
}

/**
 * `GET /api/health`: the process is up and its environment is complete; nothing else is asked. `GET /api/health?deep`: so is all that a
 * sale needs; 503 where it is not, and what it is for whoever holds `METRICS_TOKEN` or `CRON_SECRET`.
 */
export const healthRoute = route({ path: '/api/health', log, GET: health })
