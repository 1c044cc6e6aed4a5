import 'server-only'
import { counter, gauge, histogram } from './instruments'

/**
 * Everything that is counted. Without an SDK (`METRICS_TOKEN`, or `OTEL_*`) each of these does nothing. Whatever a stranger could
 * choose is cut down to a few known values before it becomes a label.
 */

/** Up to what a buyer waits: eight seconds. */
const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 8]
const STATEMENT_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8]
/** Stripe tries again for three days. */
const AGE_SECONDS = [0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400, 259_200]

const oneOf = <T extends string>(
  known: readonly T[],
  value: string | null | undefined,
): T | 'none' | 'other' => {
  if (!value) return 'none'
  return known.find((name) => name === value) ?? 'other'
}

/** The last: of a workshop without a payment link, where there is nothing to choose. */
const VARIANTS = ['session', 'payment-link', 'session-only'] as const
/** The assigned variant as a label: another storefront may send any text. */
export const variantLabel = (variant: string | null | undefined) => oneOf(VARIANTS, variant)

const sessions = counter<{ variant: string; ui: string }>(
  'workshop_checkout_sessions_total',
  'Checkout sessions that were made for a buyer',
)
export const countSession = (variant: string | null | undefined, ui: 'hosted' | 'embedded') =>
  sessions({ variant: variantLabel(variant), ui })

const failures = counter<{ code: string }>(
  'workshop_checkout_failures_total',
  'Checkouts that were refused or failed, by error code',
)
/** @param code of the contract's catalogue */
export const countFailure = (code: string) => failures({ code })

const requestSeconds = histogram<{ route: string; method: string; status: string }>(
  'workshop_http_request_duration_seconds',
  'Seconds from a request to the answer of one of our routes',
  SECONDS,
)
/** `status` is HTTP's, or `rollout` where the rollout, and no failure, has the visitor pay by link. */
export const observeRequest = (
  seconds: number,
  labels: { route: string; method: string; status: number | 'rollout' },
) => requestSeconds(seconds, { ...labels, status: String(labels.status) })

const stripeSeconds = histogram<{ operation: string; outcome: string }>(
  'workshop_stripe_request_duration_seconds',
  'Seconds of a request to Stripe until its answer began, by operation and outcome',
  SECONDS,
)
export type StripeOutcome = 'ok' | 'refused' | 'rate_limited' | 'error' | 'unreachable'
export const observeStripe = (seconds: number, operation: string, outcome: StripeOutcome) =>
  stripeSeconds(seconds, { operation, outcome })

const querySeconds = histogram<{ operation: string }>(
  'workshop_db_query_duration_seconds',
  'Seconds of a database statement; acquire is the wait for a connection',
  STATEMENT_SECONDS,
)
export const observeQuery = (seconds: number, operation: string) => querySeconds(seconds, { operation })

const databaseErrors = counter<{ kind: string }>(
  'workshop_db_errors_total',
  'Database statements and connections that failed',
)
export type DatabaseErrorKind = 'connection' | 'lock' | 'duplicate' | 'other'
export const countDatabaseError = (kind: DatabaseErrorKind) => databaseErrors({ kind })

const webhookEvents = counter<{ type: string; outcome: string }>(
  'workshop_webhook_events_total',
  'Stripe events by what became of them; failed ones are tried again',
)
export type WebhookOutcome =
  | 'recorded'
  | 'noted'
  | 'ignored'
  | 'parked'
  | 'failed'
  | 'duplicate'
  | 'unverified'
/** @param type one that we handle, or `other` */
export const countWebhook = (type: string, outcome: WebhookOutcome) => webhookEvents({ type, outcome })

const webhookAge = histogram<Record<string, never>>(
  'workshop_webhook_age_seconds',
  'Seconds from an event at Stripe until it was worked on',
  AGE_SECONDS,
)
export const observeWebhookAge = (seconds: number) => webhookAge(Math.max(0, seconds), {})

const purchases = counter<{ source: string; variant: string }>(
  'workshop_purchases_total',
  'Purchases recorded, each once, by how they came and the variant that their visitor was assigned',
)
const revenue = counter<{ currency: string }>(
  'workshop_revenue_minor_total',
  "What Stripe took for the purchases recorded, in the currency's minor units",
)
/** A purchase that was just committed. `amount` is in minor units. */
export function countPurchase(sale: {
  source: 'session' | 'payment-link'
  variant: string | null | undefined
  amount: number
  currency: string
}): void {
  purchases({ source: sale.source, variant: variantLabel(sale.variant) })
  revenue({ currency: sale.currency }, sale.amount)
}

const unknownProducts = counter<Record<string, never>>(
  'workshop_unknown_products_total',
  'Paid sessions of ours whose product nobody knows',
)
export const countUnknownProduct = () => unknownProducts({})

const oversold = counter<Record<string, never>>(
  'workshop_oversold_total',
  'Sales recorded beyond the last seat',
)
export const countOversold = () => oversold({})

const reconciled = counter<Record<string, never>>(
  'workshop_reconcile_differences_total',
  'Differences between Stripe and the database that the daily reconciliation found',
)
export const countDifference = () => reconciled({})

const deliveries = counter<{ kind: string; outcome: string }>(
  'workshop_outbox_deliveries_total',
  'E-mails and events handed over, to be tried again, or given up',
)
export const countDelivery = (kind: string, outcome: 'sent' | 'retried' | 'dead') =>
  deliveries({ kind, outcome })

const fallbacks = counter<{ reason: string }>(
  'workshop_checkout_fallbacks_total',
  'Checkouts that were answered with the payment link, by reason',
)
/** @param reason an error code, or `guard` */
export const countFallback = (reason: string) => fallbacks({ reason })

const exposures = counter<{ variant: string }>(
  'workshop_rollout_exposures_total',
  'Visitors who were shown a variant',
)
export const countExposure = (variant: string | null | undefined) =>
  exposures({ variant: variantLabel(variant) })

const guardGauge = gauge(
  'workshop_guard_open',
  '1 while the guard keeps visitors on payment links, some or all of them, else 0',
)
export const setGuardOpen = (open: boolean) => guardGauge(open ? 1 : 0)

const guardTransitions = counter<{ to: string }>(
  'workshop_guard_transitions_total',
  'How often the guard changed its mind, by the state that it went to',
)
export const countGuardTransition = (to: 'open' | 'half-open' | 'closed') => guardTransitions({ to })

/**
 * Series that an alert or a rate watches begin at nought, or their first step would be nothing to compare with.
 * `currencies`: those that are sold in, lower case. `eventTypes`: what the webhook works on.
 */
export function startAtZero({
  currencies,
  eventTypes,
}: {
  currencies: readonly string[]
  eventTypes: readonly string[]
}): void {
  unknownProducts({}, 0)
  oversold({}, 0)
  reconciled({}, 0)
  for (const kind of ['connection', 'lock', 'duplicate', 'other']) databaseErrors({ kind }, 0)
  for (const code of ['stripe_error', 'misconfigured', 'unavailable', 'internal']) {
    failures({ code }, 0)
    fallbacks({ reason: code }, 0)
  }
  for (const reason of ['rollout', 'guard']) fallbacks({ reason }, 0)
  for (const ui of ['hosted', 'embedded']) sessions({ variant: 'session', ui }, 0)
  for (const outcome of ['failed', 'parked'])
    for (const type of eventTypes) webhookEvents({ type, outcome }, 0)
  for (const source of ['session', 'payment-link'])
    for (const variant of [...VARIANTS, 'none']) purchases({ source, variant }, 0)
  for (const currency of currencies) revenue({ currency }, 0)
  for (const variant of VARIANTS) exposures({ variant }, 0)
  guardGauge(0)
  for (const to of ['open', 'half-open', 'closed']) guardTransitions({ to }, 0)
}
