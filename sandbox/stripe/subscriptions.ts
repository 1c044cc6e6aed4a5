import { z } from 'zod'
import type { Route } from './api'
import { noSuch } from './errors'
import { newId } from './ids'
import { createdFilter, newestFirst, page, paging, within } from './lists'
import { ignored, read, text } from './params'
import type { Sandbox } from './sandbox'
import { row } from './state'
import type { WirePrice, WireSubscription } from './wire'

/** A running subscription, for who asks whether a customer is a member. Only seeds make them. */
export function addSubscription(
  sandbox: Sandbox,
  customer: string,
  price: WirePrice,
  given: { id?: string | undefined; status?: WireSubscription['status'] | undefined } = {},
): WireSubscription {
  const id = given.id ?? newId('subscription')
  const now = sandbox.now()
  const interval = price.recurring?.interval ?? 'year'
  const interval_count = price.recurring?.interval_count ?? 1
  const subscription = {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: now,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: null, type: 'classic' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: 'charge_automatically',
    created: now,
    currency: price.currency,
    customer,
    customer_account: null,
    days_until_due: null,
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: {
      object: 'list',
      data: [
        {
          id: newId('subscriptionItem'),
          object: 'subscription_item',
          billing_thresholds: null,
          created: now,
          current_period_end: now + 365 * 24 * 60 * 60,
          current_period_start: now,
          current_trial: null,
          discounts: [],
          metadata: {},
          plan: {
            id: price.id,
            object: 'plan',
            active: true,
            amount: price.unit_amount,
            amount_decimal: price.unit_amount_decimal,
            billing_scheme: 'per_unit',
            created: price.created,
            currency: price.currency,
            interval,
            interval_count,
            livemode: false,
            metadata: {},
            meter: null,
            nickname: price.nickname,
            product: price.product,
            tiers_mode: null,
            transform_usage: null,
            trial_period_days: null,
            usage_type: 'licensed',
          },
          price,
          quantity: 1,
          subscription: id,
          tax_rates: [],
        },
      ],
      has_more: false,
      url: `/v1/subscription_items?subscription=${id}`,
    },
    latest_invoice: null,
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: now,
    status: given.status ?? 'active',
    test_clock: null,
    transfer_data: null,
    trial_end: null,
    trial_settings: {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' },
    },
    trial_start: null,
  } satisfies WireSubscription
  sandbox.state.subscriptions[id] = subscription
  return subscription
}

export const subscriptionRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/subscriptions',
    run({ sandbox, form }) {
      const query = read(
        z.strictObject({
          ...paging,
          ...createdFilter,
          customer: text().optional(),
          status: text().optional(),
          price: ignored.optional(),
        }),
        form,
      )
      const rows = newestFirst(sandbox.state.subscriptions).filter(
        (subscription) =>
          within(subscription.created, query.created) &&
          (query.customer === undefined || subscription.customer === query.customer) &&
          (query.status === undefined || query.status === 'all' || subscription.status === query.status),
      )
      return page(rows, query, '/v1/subscriptions', 'subscription')
    },
  },
  {
    method: 'GET',
    path: '/v1/subscriptions/:id',
    run({ sandbox, id }) {
      const subscription = row(sandbox.state.subscriptions, id)
      if (!subscription) throw noSuch('subscription', id)
      return subscription
    },
  },
]
