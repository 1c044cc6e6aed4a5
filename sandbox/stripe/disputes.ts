import { z } from 'zod'
import type { Route } from './api'
import { noSuch, Refusal } from './errors'
import { emit } from './events'
import { newId } from './ids'
import { createdFilter, newestFirst, page, paging, within } from './lists'
import { ignored, mergeMetadata, metadata, read, text } from './params'
import type { Sandbox } from './sandbox'
import { row } from './state'
import type { WireCharge, WireDispute } from './wire'

const EVIDENCE_DAYS = 7

const noEvidence = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
} satisfies WireDispute['evidence']

/** A buyer's bank takes a charge back. `amount` in minor units; the whole charge by default. */
export function openDispute(
  sandbox: Sandbox,
  charge: WireCharge,
  given: { amount?: number | undefined; reason?: string | undefined } = {},
): WireDispute {
  if (charge.status !== 'succeeded') throw new Refusal(`Charge ${charge.id} has not succeeded.`)
  if (charge.disputed) throw new Refusal(`Charge ${charge.id} is disputed already.`)
  const dispute = {
    id: newId('dispute'),
    object: 'dispute',
    amount: given.amount ?? charge.amount,
    balance_transactions: [],
    charge: charge.id,
    created: sandbox.now(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence,
    evidence_details: {
      due_by: sandbox.now() + EVIDENCE_DAYS * 24 * 60 * 60,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_method: 'manual',
      submission_count: 0,
    },
    intended_submission_method: 'manual',
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method_details: {
      card: { brand: 'visa', case_type: 'chargeback', network: 'visa', network_reason_code: '10.4' },
      type: 'card',
    },
    reason: given.reason ?? 'fraudulent',
    status: 'needs_response',
  } satisfies WireDispute
  charge.disputed = true
  sandbox.state.disputes[dispute.id] = dispute
  emit(sandbox, 'charge.dispute.created', dispute)
  emit(sandbox, 'charge.dispute.funds_withdrawn', dispute)
  return dispute
}

export function closeDispute(sandbox: Sandbox, id: string, status: 'won' | 'lost'): WireDispute {
  const dispute = findDispute(sandbox, id)
  if (dispute.status === 'won' || dispute.status === 'lost')
    throw new Refusal(`Dispute ${id} is closed already: ${dispute.status}.`)
  dispute.status = status
  if (status === 'won') emit(sandbox, 'charge.dispute.funds_reinstated', dispute)
  emit(sandbox, 'charge.dispute.closed', dispute)
  return dispute
}

export function findDispute(sandbox: Sandbox, id: string): WireDispute {
  const dispute = row(sandbox.state.disputes, id)
  if (!dispute) throw noSuch('dispute', id)
  return dispute
}

export const disputeRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/disputes',
    run({ sandbox, form }) {
      const query = read(
        z.strictObject({
          ...paging,
          ...createdFilter,
          charge: text().optional(),
          payment_intent: text().optional(),
        }),
        form,
      )
      const rows = newestFirst(sandbox.state.disputes).filter(
        (dispute) =>
          within(dispute.created, query.created) &&
          (query.charge === undefined || dispute.charge === query.charge) &&
          (query.payment_intent === undefined || dispute.payment_intent === query.payment_intent),
      )
      return page(rows, query, '/v1/disputes', 'dispute')
    },
  },
  { method: 'GET', path: '/v1/disputes/:id', run: ({ sandbox, id }) => findDispute(sandbox, id) },
  {
    method: 'POST',
    path: '/v1/disputes/:id',
    run({ sandbox, id, form }) {
      const dispute = findDispute(sandbox, id)
      const given = read(
        z.strictObject({
          metadata: metadata.optional(),
          evidence: ignored.optional(),
          submit: ignored.optional(),
          intended_submission_method: ignored.optional(),
        }),
        form,
      )
      if (given.metadata) dispute.metadata = mergeMetadata(dispute.metadata, given.metadata)
      emit(sandbox, 'charge.dispute.updated', dispute)
      return dispute
    },
  },
  {
    method: 'POST',
    path: '/v1/disputes/:id/close',
    run: ({ sandbox, id }) => closeDispute(sandbox, id, 'lost'),
  },
]
