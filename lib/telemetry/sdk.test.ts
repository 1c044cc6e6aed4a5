import { expect, test } from 'vitest'
import { samplesOf } from '@/sandbox/testing/prometheus'
import { startTelemetry } from './sdk'
import { sharedTelemetry } from './shared'

/** What an alert or a rate is computed of, before anything has happened: a first step from nothing would be seen by neither. */
const AT_ZERO = [
  'workshop_unknown_products_total',
  'workshop_oversold_total',
  'workshop_reconcile_differences_total',
  ...['connection', 'lock', 'duplicate', 'other'].map((kind) => `workshop_db_errors_total{kind="${kind}"}`),
  ...['stripe_error', 'misconfigured', 'unavailable', 'internal'].flatMap((code) => [
    `workshop_checkout_failures_total{code="${code}"}`,
    `workshop_checkout_fallbacks_total{reason="${code}"}`,
  ]),
  'workshop_checkout_fallbacks_total{reason="rollout"}',
  'workshop_checkout_fallbacks_total{reason="guard"}',
  'workshop_checkout_sessions_total{variant="session",ui="hosted"}',
  'workshop_checkout_sessions_total{variant="session",ui="embedded"}',
  'workshop_webhook_events_total{type="checkout.session.completed",outcome="failed"}',
  'workshop_webhook_events_total{type="refund.failed",outcome="parked"}',
  ...['session', 'payment-link'].flatMap((source) =>
    ['session', 'payment-link', 'session-only', 'none'].map(
      (variant) => `workshop_purchases_total{source="${source}",variant="${variant}"}`,
    ),
  ),
  'workshop_revenue_minor_total{currency="usd"}',
  'workshop_revenue_minor_total{currency="eur"}',
  ...['session', 'payment-link', 'session-only'].map(
    (variant) => `workshop_rollout_exposures_total{variant="${variant}"}`,
  ),
  'workshop_guard_open',
  ...['open', 'half-open', 'closed'].map((to) => `workshop_guard_transitions_total{to="${to}"}`),
]

test('every series that something is computed of is there, at nought, before anything happens', async () => {
  await startTelemetry({ prometheus: true, otlp: false })
  const samples = samplesOf((await sharedTelemetry().scrape?.()) ?? '')
  expect(AT_ZERO.filter((name) => samples.get(name) !== 0)).toEqual([])
})
