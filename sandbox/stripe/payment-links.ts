import { z } from 'zod'
import type { Route } from './api'
import { missingParam, noSuch } from './errors'
import { emit } from './events'
import { newId, randomText } from './ids'
import { lineItemParams, makeLineItem, makeLineItems } from './line-items'
import { newestFirst, page, paging } from './lists'
import { bool, currency, emptyable, ignored, int, mergeMetadata, metadata, read, text, url } from './params'
import { findPrice } from './prices'
import type { Sandbox } from './sandbox'
import { paymentIntentData } from './session-params'
import { row } from './state'
import type { WirePaymentLink } from './wire'

const afterCompletion = z.strictObject({
  type: z.enum(['hosted_confirmation', 'redirect']),
  hosted_confirmation: z.strictObject({ custom_message: text(500).optional() }).optional(),
  redirect: z.strictObject({ url }).optional(),
})

const changeable = {
  active: bool.optional(),
  after_completion: afterCompletion.optional(),
  allow_promotion_codes: bool.optional(),
  customer_creation: z.enum(['always', 'if_required']).optional(),
  inactive_message: emptyable.optional(),
  metadata: metadata.optional(),
  payment_intent_data: paymentIntentData.optional(),
  restrictions: z.strictObject({ completed_sessions: z.strictObject({ limit: int(1) }) }).optional(),
  automatic_tax: ignored.optional(),
  billing_address_collection: ignored.optional(),
  custom_fields: ignored.optional(),
  custom_text: ignored.optional(),
  invoice_creation: ignored.optional(),
  name_collection: ignored.optional(),
  payment_method_collection: ignored.optional(),
  payment_method_types: ignored.optional(),
  phone_number_collection: ignored.optional(),
  submit_type: ignored.optional(),
  tax_id_collection: ignored.optional(),
}

export const paymentLinkCreateParams = z.strictObject({
  ...changeable,
  line_items: z.array(lineItemParams).optional(),
  consent_collection: ignored.optional(),
  currency: currency.optional(),
})

type Given = z.output<typeof paymentLinkCreateParams>

function completionOf(given: NonNullable<Given['after_completion']>): WirePaymentLink['after_completion'] {
  if (given.type === 'redirect') {
    if (!given.redirect) throw missingParam('after_completion[redirect]')
    return { type: 'redirect', redirect: { url: given.redirect.url } }
  }
  return {
    type: 'hosted_confirmation',
    hosted_confirmation: { custom_message: given.hosted_confirmation?.custom_message ?? null },
  }
}

const intentDataOf = (given: Given['payment_intent_data']): WirePaymentLink['payment_intent_data'] =>
  given
    ? {
        capture_method: null,
        description: given.description ?? null,
        metadata: given.metadata ?? {},
        setup_future_usage: null,
        statement_descriptor: null,
        statement_descriptor_suffix: null,
        transfer_group: null,
      }
    : null

/** `id` and `slug` are for seeds. */
export function addPaymentLink(
  sandbox: Sandbox,
  given: Given,
  chosen: { id?: string | undefined; slug?: string | undefined } = {},
): WirePaymentLink {
  if (!given.line_items?.length) throw missingParam('line_items')
  const items = makeLineItems(sandbox, given.line_items)
  const id = chosen.id ?? newId('paymentLink')
  const link = {
    id,
    object: 'payment_link',
    active: given.active ?? true,
    after_completion: completionOf(given.after_completion ?? { type: 'hosted_confirmation' }),
    allow_promotion_codes: given.allow_promotion_codes ?? false,
    application: null,
    application_fee_amount: null,
    application_fee_percent: null,
    automatic_tax: { enabled: false, liability: null },
    billing_address_collection: 'auto',
    consent_collection: null,
    currency: items[0]?.currency ?? 'usd',
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer_creation: given.customer_creation ?? 'if_required',
    inactive_message: given.inactive_message ?? null,
    invoice_creation: null,
    livemode: false,
    managed_payments: null,
    metadata: given.metadata ?? {},
    on_behalf_of: null,
    payment_intent_data: intentDataOf(given.payment_intent_data),
    payment_method_collection: 'if_required',
    payment_method_options: null,
    payment_method_types: null,
    phone_number_collection: { enabled: false },
    restrictions: given.restrictions
      ? { completed_sessions: { count: 0, limit: given.restrictions.completed_sessions.limit } }
      : null,
    shipping_address_collection: null,
    shipping_options: [],
    submit_type: 'auto',
    subscription_data: null,
    tax_id_collection: { enabled: false, required: 'never' },
    transfer_data: null,
    url: `${sandbox.baseUrl}/b/${chosen.slug ?? `test_${randomText(18)}`}`,
  } satisfies WirePaymentLink
  sandbox.state.paymentLinks[id] = link
  sandbox.state.paymentLinkItems[id] = items.map((item) => ({
    price: item.price.id,
    quantity: item.quantity ?? 1,
  }))
  emit(sandbox, 'payment_link.created', link)
  return link
}

export function findLink(sandbox: Sandbox, id: string): WirePaymentLink {
  const link = row(sandbox.state.paymentLinks, id)
  if (!link) throw noSuch('payment_link', id)
  return link
}

export const paymentLinkRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/payment_links',
    run: ({ sandbox, form }) => addPaymentLink(sandbox, read(paymentLinkCreateParams, form)),
  },
  {
    method: 'GET',
    path: '/v1/payment_links',
    run({ sandbox, form }) {
      const query = read(z.strictObject({ ...paging, active: bool.optional() }), form)
      // Payment links carry no `created`; the order of making is the table's.
      const rows = newestFirst(
        Object.fromEntries(
          Object.entries(sandbox.state.paymentLinks).map(([id, link]) => [id, { ...link, created: 0 }]),
        ),
      )
        .map(({ created: _, ...link }) => link)
        .filter((link) => query.active === undefined || link.active === query.active)
      return page(rows, query, '/v1/payment_links', 'payment_link')
    },
  },
  { method: 'GET', path: '/v1/payment_links/:id', run: ({ sandbox, id }) => findLink(sandbox, id) },
  {
    method: 'GET',
    path: '/v1/payment_links/:id/line_items',
    run({ sandbox, id, form }) {
      findLink(sandbox, id)
      const items = (row(sandbox.state.paymentLinkItems, id) ?? []).map(({ price, quantity }) =>
        makeLineItem(sandbox, findPrice(sandbox, price), quantity),
      )
      return page(
        items,
        read(z.strictObject(paging), form),
        `/v1/payment_links/${id}/line_items`,
        'line item',
      )
    },
  },
  {
    method: 'POST',
    path: '/v1/payment_links/:id',
    run({ sandbox, id, form }) {
      const link = findLink(sandbox, id)
      const given = read(z.strictObject({ ...changeable, line_items: ignored.optional() }), form)
      if (given.active !== undefined) link.active = given.active
      if (given.after_completion) link.after_completion = completionOf(given.after_completion)
      if (given.allow_promotion_codes !== undefined) link.allow_promotion_codes = given.allow_promotion_codes
      if (given.customer_creation) link.customer_creation = given.customer_creation
      if (given.inactive_message !== undefined) link.inactive_message = given.inactive_message
      if (given.payment_intent_data) link.payment_intent_data = intentDataOf(given.payment_intent_data)
      if (given.restrictions)
        link.restrictions = {
          completed_sessions: {
            count: link.restrictions?.completed_sessions.count ?? 0,
            limit: given.restrictions.completed_sessions.limit,
          },
        }
      if (given.metadata) link.metadata = mergeMetadata(link.metadata, given.metadata)
      emit(sandbox, 'payment_link.updated', link)
      return link
    },
  },
]
