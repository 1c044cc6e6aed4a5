import 'server-only'
import { env } from '@/lib/env'
import { json } from '@/lib/http/respond'
import { route } from '@/lib/http/route'
import { createLog } from '@/lib/telemetry/log'

/** `GET /api/health`: the process is up and its environment is complete. */
export const healthRoute = route({
  path: '/api/health',
  log: () => createLog(env().LOG_LEVEL),
  GET: async () => json({ status: 'ok', role: env().commerce ? 'commerce' : 'storefront' }),
})
