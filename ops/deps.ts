import { ExponentialBackoff, handleWhenResult, retry } from 'cockatiel'
import Stripe from 'stripe'
import { type DatabaseHandle, openDatabase } from '@/db/client'
import { createCatalogue } from '@/lib/checkout/catalogue'
import { type Env, env, readEnv } from '@/lib/env'
import type { FulfillmentDeps } from '@/lib/fulfillment/deps'
import { isLiveKey } from '@/lib/stripe/client'
import { createLog } from '@/lib/telemetry/log'
import { declaredWorkshops } from '@/lib/workshops'
import { stopSignal } from './stop'
import { UsageError } from './usage'

/** What a command works with. */
export type OpsDeps = FulfillmentDeps & {
  pool: DatabaseHandle['pool']
  /** What a connection asks for and the database refuses, as far as connections have been opened. */
  refusedSettings: ReadonlySet<string>
  settings: Env
  /** Ctrl-C. */
  signal: AbortSignal
  close: () => Promise<void>
}

const required = (name: string, value: string | undefined): string => {
  if (value === undefined) throw new UsageError(`${name} is missing: this command needs the commerce side`)
  return value
}

/**
 * Puts the commerce side together as the server does, without Next, and closes it whatever happens.
 * @throws EnvError, naming every variable that is missing
 */
export async function withOps<T>(
  work: (deps: OpsDeps) => Promise<T>,
  { withoutWebhookSecret = false } = {},
): Promise<T> {
  const deps = openOps(withoutWebhookSecret ? settingUp() : env())
  try {
    return await work(deps)
  } finally {
    await deps.close()
  }
}

/** Who makes the webhook endpoint has no secret of it yet. */
const settingUp = (): Env =>
  readEnv({
    ...process.env,
    STRIPE_WEBHOOK_SECRET: process.env.STRIPE_WEBHOOK_SECRET?.trim() || 'whsec_not_known_yet',
  })

/** Whoever opens it closes it. */
function openOps(settings: Env = env()): OpsDeps {
  if (!settings.commerce)
    throw new UsageError(
      'COURSE_BUILDER_API_URL is set, so that this is a storefront: run the command where the commerce side and its database are',
    )
  const url = required('DATABASE_URL', settings.DATABASE_URL)
  const stripeKey = required('STRIPE_SECRET_KEY', settings.STRIPE_SECRET_KEY)
  const stripe = batchStripe(stripeKey, settings.STRIPE_API_BASE_URL)
  const refusedSettings = new Set<string>()
  const { db, sales, pool, close } = openDatabase(url, (setting) => void refusedSettings.add(setting))
  return {
    db,
    sales,
    pool,
    refusedSettings,
    stripe,
    settings,
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
    signal: stopSignal,
    close,
  }
}

/** Stripe's SDK gives up at a rate limit unless Stripe tells it not to. */
const atARateLimit = retry(
  handleWhenResult((result) => result instanceof Response && result.status === 429),
  { maxAttempts: 6, backoff: new ExponentialBackoff({ initialDelay: 1000, maxDelay: 30_000 }) },
)

const patientFetch: typeof fetch = (...request) => atARateLimit.execute(() => fetch(...request), stopSignal)

/** A batch may wait where a buyer may not: it outlasts a rate limit or a short outage. */
function batchStripe(secretKey: string, baseUrl: string | undefined): Stripe {
  const base = baseUrl ? new URL(baseUrl) : undefined
  return new Stripe(secretKey, {
    timeout: 30_000,
    maxNetworkRetries: 5,
    httpClient: Stripe.createFetchHttpClient(patientFetch),
    telemetry: false,
    ...(base && {
      host: base.hostname,
      port: base.port || (base.protocol === 'https:' ? '443' : '80'),
      protocol: base.protocol === 'https:' ? ('https' as const) : ('http' as const),
    }),
  })
}
