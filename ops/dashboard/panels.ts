import { inAll, perMinute, quantile, ratio, revenueByCurrency } from './queries'

export type Query = {
  expr: string
  /** What a line is called: words, or `{{label}}`. */
  legend: string
}

/** What one panel shows, and what it means. `limit` is where it turns red. */
export type PanelSpec = {
  title: string
  about: string
  as: 'stat' | 'bars' | 'lines'
  /** Of 24 columns. */
  width: number
  unit: 'short' | 'percentunit' | 's' | 'onoff'
  limit?: number
  queries: Query[]
}

export type RowSpec = { title: string; panels: PanelSpec[] }

const CHECKOUT = 'workshop_http_request_duration_seconds'
const CHECKOUT_LABELS = 'route="/api/workshop/checkout",method="POST"'
const STRIPE = 'workshop_stripe_request_duration_seconds'

const shown = 'workshop_rollout_exposures_total{variant=~"session|session-only"}'
const begun = 'workshop_checkout_sessions_total'
const paid = 'workshop_purchases_total{source="session"}'

const selling: RowSpec = {
  title: 'Selling',
  panels: [
    {
      title: 'From offer to sale',
      about:
        'Visitors who were shown our checkout, checkouts that began, and purchases, in the time looked at.',
      as: 'bars',
      width: 8,
      unit: 'short',
      queries: [
        { legend: 'shown', expr: inAll(shown) },
        { legend: 'begun', expr: inAll(begun) },
        { legend: 'paid', expr: inAll(paid) },
      ],
    },
    {
      title: 'Conversion',
      about: 'The share of visitors who began a checkout, and of checkouts that were paid.',
      as: 'stat',
      width: 4,
      unit: 'percentunit',
      queries: [
        { legend: 'shown → begun', expr: ratio(inAll(begun), inAll(shown)) },
        { legend: 'begun → paid', expr: ratio(inAll(paid), inAll(begun)) },
      ],
    },
    {
      title: 'Revenue',
      about:
        'What Stripe took for the purchases recorded, in whole units of each currency. Refunds are not taken off.',
      as: 'stat',
      width: 4,
      unit: 'short',
      queries: [{ legend: '{{currency}}', expr: revenueByCurrency(inAll) }],
    },
    {
      title: 'Purchases a minute',
      about: 'By how they came: our checkout, or a payment link.',
      as: 'lines',
      width: 8,
      unit: 'short',
      queries: [{ legend: '{{source}}', expr: perMinute('workshop_purchases_total', 'source') }],
    },
  ],
}

const checkout: RowSpec = {
  title: 'Checkout',
  panels: [
    {
      title: 'Time to the answer',
      about:
        'From the click to the address of Stripe’s page. The page waits for eight seconds, then leads to the payment link.',
      as: 'lines',
      width: 8,
      unit: 's',
      limit: 2,
      queries: [0.5, 0.95, 0.99].map((share) => ({
        legend: `p${share * 100}`,
        expr: quantile(share, CHECKOUT, CHECKOUT_LABELS),
      })),
    },
    {
      title: 'Refused or failed, a minute',
      about:
        'By code. stripe_error, misconfigured, unavailable and internal are faults; the rest is what a buyer asked for.',
      as: 'lines',
      width: 8,
      unit: 'short',
      queries: [{ legend: '{{code}}', expr: perMinute('workshop_checkout_failures_total', 'code') }],
    },
    {
      title: 'Led to the payment link, a minute',
      about: 'Checkouts that were answered with the payment link, by reason.',
      as: 'lines',
      width: 8,
      unit: 'short',
      queries: [{ legend: '{{reason}}', expr: perMinute('workshop_checkout_fallbacks_total', 'reason') }],
    },
    {
      title: 'Stripe: time of a request, p95',
      about: 'By what was asked of it.',
      as: 'lines',
      width: 8,
      unit: 's',
      limit: 4,
      queries: [{ legend: '{{operation}}', expr: quantile(0.95, STRIPE, '', 'operation') }],
    },
    {
      title: 'Stripe: answers a minute',
      about: 'error is a 5xx, refused any other refusal.',
      as: 'lines',
      width: 4,
      unit: 'short',
      queries: [{ legend: '{{outcome}}', expr: perMinute(`${STRIPE}_count`, 'outcome') }],
    },
    {
      title: 'Database: time of a statement, p95',
      about: 'acquire is the wait for a connection.',
      as: 'lines',
      width: 8,
      unit: 's',
      limit: 1,
      queries: [
        {
          legend: '{{operation}}',
          expr: quantile(0.95, 'workshop_db_query_duration_seconds', '', 'operation'),
        },
      ],
    },
    {
      title: 'Database: errors a minute',
      about: 'duplicate is how a second delivery of one event is noticed, and no fault.',
      as: 'lines',
      width: 4,
      unit: 'short',
      queries: [{ legend: '{{kind}}', expr: perMinute('workshop_db_errors_total', 'kind') }],
    },
  ],
}

const webhooks: RowSpec = {
  title: 'Webhooks, inbox, outbox',
  panels: [
    {
      title: 'Age of an event when it was worked on',
      about: 'From Stripe’s own time of the event to our commit.',
      as: 'lines',
      width: 8,
      unit: 's',
      limit: 600,
      queries: [0.5, 0.95].map((share) => ({
        legend: `p${share * 100}`,
        expr: quantile(share, 'workshop_webhook_age_seconds'),
      })),
    },
    {
      title: 'What became of events, a minute',
      about: 'failed is tried again, parked waits for a person, unverified was not signed with our secret.',
      as: 'lines',
      width: 8,
      unit: 'short',
      queries: [{ legend: '{{outcome}}', expr: perMinute('workshop_webhook_events_total', 'outcome') }],
    },
    {
      title: 'What went out, a minute',
      about: 'E-mails and events: sent, to be tried again, or given up.',
      as: 'lines',
      width: 8,
      unit: 'short',
      queries: [
        {
          legend: '{{kind}} {{outcome}}',
          expr: perMinute('workshop_outbox_deliveries_total', 'kind, outcome'),
        },
      ],
    },
    {
      title: 'Waiting',
      about: 'Stripe’s events not yet worked on, and messages not yet sent.',
      as: 'lines',
      width: 8,
      unit: 'short',
      queries: [
        { legend: 'inbox', expr: 'max(workshop_inbox_pending)' },
        { legend: 'outbox', expr: 'max(workshop_outbox_pending)' },
      ],
    },
    {
      title: 'Oldest that waits',
      about:
        'An event for more than ten minutes, or a message for more than a quarter of an hour, raises an alarm.',
      as: 'lines',
      width: 8,
      unit: 's',
      limit: 600,
      queries: [
        { legend: 'inbox', expr: 'max(workshop_inbox_oldest_seconds)' },
        { legend: 'outbox', expr: 'max(workshop_outbox_oldest_seconds)' },
      ],
    },
    {
      title: 'Waiting for a person',
      about:
        'Each is named in the runbook: EventsParked, DeadLetters, UnknownProduct, Oversold, ReconcileDifference.',
      as: 'stat',
      width: 8,
      unit: 'short',
      limit: 1,
      queries: [
        { legend: 'parked events', expr: 'max(workshop_inbox_parked)' },
        { legend: 'dead letters', expr: 'max(workshop_outbox_dead)' },
        { legend: 'unknown products', expr: inAll('workshop_unknown_products_total') },
        { legend: 'oversold', expr: inAll('workshop_oversold_total') },
        { legend: 'differences', expr: inAll('workshop_reconcile_differences_total') },
      ],
    },
  ],
}

const rollout: RowSpec = {
  title: 'Rollout and guard',
  panels: [
    {
      title: 'Guard',
      about: 'On while visitors are kept on payment links, some or all of them.',
      as: 'stat',
      width: 4,
      unit: 'onoff',
      limit: 1,
      queries: [{ legend: 'guard', expr: 'max(workshop_guard_open)' }],
    },
    {
      title: 'Guard: changes of mind',
      about: 'By the state that it went to, in the time looked at.',
      as: 'stat',
      width: 4,
      unit: 'short',
      queries: [{ legend: '{{to}}', expr: inAll('workshop_guard_transitions_total', 'to') }],
    },
    {
      title: 'Exposures a minute',
      about: 'Visitors who were shown a variant for the first time.',
      as: 'lines',
      width: 8,
      unit: 'short',
      queries: [{ legend: '{{variant}}', expr: perMinute('workshop_rollout_exposures_total', 'variant') }],
    },
    {
      title: 'Purchases a minute, by variant',
      about:
        'By the variant that their visitor was assigned, whichever way they paid. `ops report` compares them properly.',
      as: 'lines',
      width: 8,
      unit: 'short',
      queries: [{ legend: '{{variant}}', expr: perMinute('workshop_purchases_total', 'variant') }],
    },
    {
      title: 'Servers',
      about: 'How many answer Prometheus, and how many of them reach the database.',
      as: 'stat',
      width: 4,
      unit: 'short',
      queries: [
        { legend: 'scraped', expr: 'count(workshop_guard_open)' },
        { legend: 'with database', expr: 'sum(workshop_backlog_up)' },
      ],
    },
    {
      title: 'Answers a minute, by status',
      about: 'Of all our routes.',
      as: 'lines',
      width: 20,
      unit: 'short',
      queries: [{ legend: '{{status}}', expr: perMinute(`${CHECKOUT}_count`, 'status') }],
    },
  ],
}

export const rows: RowSpec[] = [selling, checkout, webhooks, rollout]
