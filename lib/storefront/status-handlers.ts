import 'server-only'
import { CheckoutError } from '@/lib/contract/errors'
import { sessionIdSchema } from '@/lib/contract/schemas'
import { clientAddress } from '@/lib/http/client'
import { checkOrigin } from '@/lib/http/origin'
import { json } from '@/lib/http/respond'
import { route } from '@/lib/http/route'
import { quotaHeaders } from '@/lib/rate-limit'
import { browserPreflight, browserRoute } from './browser-route'
import { storefront } from './storefront'

const known = (sessionId: string): string => {
  if (!sessionIdSchema.safeParse(sessionId).success) throw new CheckoutError('session_not_found')
  return sessionId
}

/** `GET` reads what has become of a session and never writes; `POST` asks Stripe, and records it if it is paid. */
export const statusRoute = route<{ sessionId: string }>({
  path: '/api/workshop/checkout/{sessionId}',
  ...browserRoute,
  GET: async (_request, { params, requestId }) =>
    json(await storefront().gateway.status(known(params.sessionId), { requestId })),
  POST: async (request, { params, requestId }) => {
    const { gateway, limiter, settings, trust } = storefront()
    checkOrigin(request, { own: settings.NEXT_PUBLIC_APP_URL, allowed: settings.ALLOWED_ORIGIN })
    const ip = clientAddress(request.headers, trust)
    const quota = await limiter.limit({ ...(ip && { ip }) }, 'confirm')
    const status = await gateway.confirm(known(params.sessionId), { requestId })
    return json(status, { headers: quotaHeaders(quota) })
  },
  OPTIONS: browserPreflight('GET, POST, OPTIONS'),
})
