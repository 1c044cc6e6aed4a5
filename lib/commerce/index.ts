import 'server-only'
import { after } from 'next/server'
import { type DatabaseHandle, openDatabase } from '@/db/client'
import { isDatabaseAway } from '@/db/errors'
import { type Catalogue, createCatalogue } from '@/lib/checkout/catalogue'
import { createLocalGateway, type LocalDeps } from '@/lib/checkout/local-gateway'
import { createMailer } from '@/lib/email/transport'
import { env } from '@/lib/env'
import type { FulfillmentDeps } from '@/lib/fulfillment/deps'
import { fulfill } from '@/lib/fulfillment/fulfill'
import { type Delivered, deliverDue } from '@/lib/outbox/deliver'
import { createEventSender } from '@/lib/outbox/inngest'
import { createRefundSender } from '@/lib/outbox/refund'
import { createStripe, isLiveKey } from '@/lib/stripe/client'
import { createStripePrices } from '@/lib/stripe/prices'
import { observeBacklog } from '@/lib/telemetry/backlog'
import { createLog } from '@/lib/telemetry/log'
import { declaredWorkshops } from '@/lib/workshops'

/** The commerce side of this process, put together on the first request that needs it. */
export type Commerce = {
  deps: LocalDeps & FulfillmentDeps
  gateway: ReturnType<typeof createLocalGateway>
  webhookSecrets: string[]
  deliver: (options: { limit: number; budgetMs: number }) => Promise<Delivered>
  handle: DatabaseHandle
  catalogue: Catalogue
}

const required = (name: string, value: string | undefined): string => {
  if (value === undefined) throw new Error(`${name} is missing: this process has no commerce side`)
  return value
}

function build(): Commerce {
  const settings = env()
  const log = createLog(settings.LOG_LEVEL)
  const refused = new Set<string>()
  const handle = openDatabase(required('DATABASE_URL', settings.DATABASE_URL), (setting, error) => {
    // A lost connection is reported by the statement that needed it.
    if (refused.has(setting) || isDatabaseAway(error)) return
    refused.add(setting)
    log.warn(
      { event: 'database.setting_refused', setting, err: error },
      "the database refuses a connection's setting",
    )
  })
  const { db } = handle
  const stripeKey = required('STRIPE_SECRET_KEY', settings.STRIPE_SECRET_KEY)
  const stripe = createStripe({
    secretKey: stripeKey,
    baseUrl: settings.STRIPE_API_BASE_URL,
  })
  const catalogue = createCatalogue(db, declaredWorkshops())
  const mailer = createMailer({
    resendApiKey: settings.RESEND_API_KEY,
    smtpUrl: settings.SMTP_URL,
    from: settings.EMAIL_FROM ?? '',
  })
  const inngest = createEventSender({
    eventKey: settings.INNGEST_EVENT_KEY,
    baseUrl: settings.INNGEST_BASE_URL,
  })
  observeBacklog(db, log)
  const now = () => new Date()
  const refunds = createRefundSender(stripe, (sessionId) => fulfill(deps, sessionId))
  const deliver = (options: { limit: number; budgetMs: number }) =>
    deliverDue({ db, mailer, inngest, refunds, now, log }, options)
  const deps: LocalDeps & FulfillmentDeps = {
    db,
    sales: handle.sales,
    stripe,
    prices: createStripePrices(() => stripe),
    catalogue,
    now,
    log,
    appUrl: settings.NEXT_PUBLIC_APP_URL,
    livemode: isLiveKey(stripeKey),
    inngest: inngest !== undefined,
    refundOversold: settings.OVERSOLD === 'refund',
    mailLinkSales: settings.LINK_SALE_EMAIL === 'on',
    after: (work) =>
      after(async () => {
        await work().catch((error: unknown) => log.warn({ err: error }, 'work after the answer failed'))
      }),
    fulfill: async (sessionId) => {
      const outcome = await fulfill(deps, sessionId)
      deps.after(async () => void (await deliver(SOON)))
      return outcome
    },
  }
  return {
    deps,
    gateway: createLocalGateway(() => deps),
    webhookSecrets: settings.STRIPE_WEBHOOK_SECRET ?? [],
    deliver,
    handle,
    catalogue,
  }
}

/** What is delivered right after a sale; the scheduler does the rest. */
export const SOON = { limit: 20, budgetMs: 10_000 }

let instance: Commerce | undefined

export const commerce = (): Commerce => {
  instance ??= build()
  return instance
}
