import 'server-only'
import { verifyAccess } from 'flags'
import { getProviderData } from 'flags/next'
import { CheckoutError } from '@/lib/contract/errors'
import { env } from '@/lib/env'
import { json } from '@/lib/http/respond'
import { route } from '@/lib/http/route'
import { createLog } from '@/lib/telemetry/log'
import { checkoutFlag } from './flag'

/** `GET /.well-known/vercel/flags`: which flags there are, for whoever proves to hold `FLAGS_SECRET`; without one there is nothing here. */
export const flagsRoute = route({
  path: '/.well-known/vercel/flags',
  log: () => createLog(env().LOG_LEVEL),
  exists: () => env().FLAGS_SECRET !== undefined,
  GET: async (request) => {
    const { FLAGS_SECRET: secret } = env()
    const given = request.headers.get('authorization')
    if (!(await verifyAccess(given, secret).catch(() => false))) throw new CheckoutError('unauthorized')
    const { key, description = '', options = [] } = checkoutFlag
    return json(getProviderData({ checkoutFlag: { key, description, options } }))
  },
})
