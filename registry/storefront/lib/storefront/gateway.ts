import 'server-only'
import type { CheckoutGateway } from '@/lib/checkout/gateway'
import { remembering } from '@/lib/checkout/remembering-gateway'
import { createRemoteGateway } from '@/lib/checkout/remote-gateway'
import type { Env } from '@/lib/env'
import { authorization } from '@/lib/http/bearer'
import type { Log } from '@/lib/telemetry/log'

/** The commerce side, which is behind `COURSE_BUILDER_API_URL`: there is none in this app. */
export function gatewayFor(settings: Env, log: Log): CheckoutGateway {
  const { COURSE_BUILDER_API_URL: baseUrl, COURSE_BUILDER_API_KEY: key } = settings
  if (!baseUrl || !key) throw new Error('COURSE_BUILDER_API_URL is missing: where the commerce side is')
  const bearer = { key, method: settings.COURSE_BUILDER_API_AUTH }
  const remote = createRemoteGateway({
    baseUrl,
    authorize: (body) => authorization(bearer, settings.NEXT_PUBLIC_APP_URL, body),
    log,
  })
  return remembering(remote, log)
}
