import 'server-only'
import type Stripe from 'stripe'
import type { CheckoutGateway } from '@/lib/checkout/gateway'
import { type Env, env } from '@/lib/env'
import { type RateLimiter, rateLimiter } from '@/lib/rate-limit'
import { gatewayFor } from '@/lib/storefront/gateway'
import { createStripe } from '@/lib/stripe/client'
import { createLog, type Log } from '@/lib/telemetry/log'
import { createViewer, type ViewerAdapter } from '@/lib/viewer'
import { readSubscription } from '@/lib/viewer/egghead-membership'
import { viewer } from '@/viewer.config'

/** The storefront side of this process, put together on the first request. */
export type Storefront = {
  settings: Env
  gateway: CheckoutGateway
  viewer: ViewerAdapter
  limiter: RateLimiter
  log: Log
  trust: { ipHeader?: string | undefined; countryHeader?: string | undefined; vercel: boolean }
}

function build(): Storefront {
  const settings = env()
  const log = createLog(settings.LOG_LEVEL)
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_BASE_URL: baseUrl, EGGHEAD_AUTH_URL: authUrl } = settings
  if (authUrl && !secretKey)
    log.warn(
      { event: 'viewer.subscriptions_unread' },
      'without STRIPE_SECRET_KEY nobody is known as a yearly member: lifetime members alone get the price for members',
    )
  let client: Stripe | undefined
  // A pure storefront may have a key of its own, one that reads subscriptions and nothing else.
  const stripe = () => {
    if (secretKey) client ??= createStripe({ secretKey, baseUrl })
    return client
  }
  return {
    settings,
    log,
    gateway: gatewayFor(settings, log),
    viewer: createViewer({
      own: viewer,
      demo: settings.WORKSHOP_DEMO === '1',
      eggheadAuthUrl: authUrl,
      fetchSubscription: async (id) => {
        const client = stripe()
        return client ? readSubscription(client, id) : null
      },
      onProblem: (problem) => log.warn({ event: 'viewer.unknown', problem }, 'could not learn who is asking'),
    }),
    limiter: rateLimiter(),
    trust: {
      ipHeader: settings.CLIENT_IP_HEADER,
      countryHeader: settings.COUNTRY_HEADER,
      vercel: settings.VERCEL === '1',
    },
  }
}

let instance: Storefront | undefined

export const storefront = (): Storefront => {
  instance ??= build()
  return instance
}
