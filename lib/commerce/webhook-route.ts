import 'server-only'
import { commerce, SOON } from '@/lib/commerce'
import { env } from '@/lib/env'
import { receiveWebhook } from '@/lib/fulfillment/webhook'
import { route } from '@/lib/http/route'
import { createLog } from '@/lib/telemetry/log'

/** `POST /api/stripe/webhook`. Beside the schedulers' routes, whose code it would have to load. */
export const webhookRoute = route({
  path: '/api/stripe/webhook',
  log: () => createLog(env().LOG_LEVEL),
  // On a pure storefront there is nothing at this address.
  exists: () => env().commerce,
  POST: async (request) => {
    const { deps, webhookSecrets, deliver } = commerce()
    return receiveWebhook(request, {
      ...deps,
      webhookSecrets,
      deliver: async () => void (await deliver(SOON)),
    })
  },
})
