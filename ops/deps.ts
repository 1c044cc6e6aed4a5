import Stripe from 'stripe'
import { openDatabase } from '@/db/client'
import { createCatalogue } from '@/lib/checkout/catalogue'
import { env } from '@/lib/env'
import type { FulfillmentDeps } from '@/lib/fulfillment/deps'
import { isLiveKey } from '@/lib/stripe/client'
import { createLog } from '@/lib/telemetry/log'
import { declaredWorkshops } from '@/lib/workshops'
import { UsageError } from './usage'

/** What a command works with. */
export type OpsDeps = FulfillmentDeps & { close: () => Promise<void> }

const required = (name: string, value: string | undefined): string => {
  if (value === undefined) throw new UsageError(`${name} is missing: this command needs the commerce side`)
  return value
}

/** The commerce side as the server builds it, without Next. @throws EnvError, naming every variable that is missing */
export function openOps(): OpsDeps {
  const settings = env()
  const url = required('DATABASE_URL', settings.DATABASE_URL)
  const stripeKey = required('STRIPE_SECRET_KEY', settings.STRIPE_SECRET_KEY)
  const stripe = batchStripe(stripeKey, settings.STRIPE_API_BASE_URL)
  const { db, sales, close } = openDatabase(url)
  return {
    db,
    sales,
    stripe,
    catalogue: createCatalogue(db, declaredWorkshops()),
    now: () => new Date(),
    // What a command finds it says itself; standard output belongs to its answer.
    log: createLog('silent'),
    appUrl: settings.NEXT_PUBLIC_APP_URL,
    livemode: isLiveKey(stripeKey),
    inngest: settings.INNGEST_EVENT_KEY !== undefined,
    // Bringing old sales up to date must never move money by itself.
    refundOversold: false,
    mailLinkSales: settings.LINK_SALE_EMAIL === 'on',
    after: () => undefined,
    close,
  }
}

/** A batch may wait where a buyer may not: it outlasts a rate limit or a short outage. */
function batchStripe(secretKey: string, baseUrl: string | undefined): Stripe {
  const base = baseUrl ? new URL(baseUrl) : undefined
  return new Stripe(secretKey, {
    timeout: 30_000,
    maxNetworkRetries: 5,
    telemetry: false,
    ...(base && {
      host: base.hostname,
      port: base.port || (base.protocol === 'https:' ? '443' : '80'),
      protocol: base.protocol === 'https:' ? ('https' as const) : ('http' as const),
    }),
  })
}
