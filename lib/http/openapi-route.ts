import 'server-only'
import { openapiDocument } from '@/lib/contract/openapi'
import { env } from '@/lib/env'
import { json } from '@/lib/http/respond'
import { route } from '@/lib/http/route'
import { createLog } from '@/lib/telemetry/log'

/** `GET /api/openapi.json`: every route that another system calls, as OpenAPI 3.1. */
export const openapiRoute = route({
  path: '/api/openapi.json',
  log: () => createLog(env().LOG_LEVEL),
  GET: async () => json(openapiDocument(env().NEXT_PUBLIC_APP_URL)),
})
