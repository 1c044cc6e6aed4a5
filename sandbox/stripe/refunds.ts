import { z } from 'zod'
import type { Route } from './api'
import { makeBalanceTransaction } from './balance'
import { findCharge } from './charges'
import { exclusive, missingParam, noSuch, Refusal } from './errors'
import { emit } from './events'
import { newId } from './ids'
import { createdFilter, newestFirst, page, paging, within } from './lists'
import { formatMoney } from './money'
import { ignored, int, mergeMetadata, metadata, read, text } from './params'
import { findPaymentIntent } from './payment-intents'
import type { Sandbox } from './sandbox'
import { row } from './state'
import type { WireCharge, WireRefund } from './wire'

const createParams = z.strictObject({
  amount: int(1).optional(),
  charge: text().optional(),
  payment_intent: text().optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  metadata: metadata.optional(),
  currency: ignored.optional(),
  customer: ignored.optional(),
  instructions_email: ignored.optional(),
  origin: ignored.optional(),
  refund_application_fee: ignored.optional(),
  reverse_transfer: ignored.optional(),
})

type Given = z.output<typeof createParams>

function chargeOf(sandbox: Sandbox, given: Given): WireCharge {
  if (given.charge !== undefined && given.payment_intent !== undefined)
    throw exclusive('charge', 'payment_intent')
  if (given.charge !== undefined) return findCharge(sandbox, given.charge, 'charge')
  if (given.payment_intent === undefined) throw missingParam('charge')
  const intent = findPaymentIntent(sandbox, given.payment_intent, 'payment_intent')
  if (intent.status !== 'succeeded')
    throw new Refusal(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, {
      param: 'payment_intent',
    })
  return findCharge(sandbox, intent.latest_charge ?? '', 'payment_intent')
}

function check(charge: WireCharge, amount: number): void {
  const left = charge.amount - charge.amount_refunded
  if (charge.status !== 'succeeded')
    throw new Refusal(`Charge ${charge.id} has not succeeded and can't be refunded.`, { param: 'charge' })
  if (left === 0)
    throw new Refusal(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  if (charge.disputed)
    throw new Refusal(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
    })
  if (amount > left)
    throw new Refusal(
      `Refund amount (${formatMoney(amount, charge.currency)}) is greater than unrefunded amount on charge (${formatMoney(left, charge.currency)})`,
      { param: 'amount' },
    )
}

export function addRefund(sandbox: Sandbox, given: Given): WireRefund {
  const charge = chargeOf(sandbox, given)
  const amount = given.amount ?? charge.amount - charge.amount_refunded
  check(charge, amount)
  const id = newId('refund')
  const { currency, description } = charge
  const refund = {
    id,
    object: 'refund',
    amount,
    balance_transaction: makeBalanceTransaction(sandbox, { id, amount, currency, description }, 'refund').id,
    charge: charge.id,
    created: sandbox.now(),
    currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: { card: { reference_status: 'pending', type: 'refund' }, type: 'card' },
    metadata: given.metadata ?? {},
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: given.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  } satisfies WireRefund
  const before = { amount_refunded: charge.amount_refunded, refunded: charge.refunded }
  charge.amount_refunded += amount
  charge.refunded = charge.amount_refunded === charge.amount
  sandbox.state.refunds[id] = refund
  emit(sandbox, 'charge.refunded', charge, before)
  emit(sandbox, 'refund.created', refund)
  emit(sandbox, 'refund.updated', refund)
  return refund
}

/** The buyer's bank sent it back: the charge is as it was before, and the money is ours again. */
export function failRefund(sandbox: Sandbox, id: string): WireRefund {
  const refund = findRefund(sandbox, id)
  if (refund.status === 'failed') throw new Refusal(`Refund ${id} has failed already.`)
  const charge = findCharge(sandbox, refund.charge ?? '', 'charge')
  const { amount, currency } = refund
  charge.amount_refunded -= amount
  charge.refunded = false
  refund.status = 'failed'
  refund.failure_reason = 'lost_or_stolen_card'
  const back = { id, amount, currency, description: charge.description }
  refund.failure_balance_transaction = makeBalanceTransaction(sandbox, back, 'refund_failure').id
  emit(sandbox, 'refund.updated', refund, { status: 'succeeded' })
  emit(sandbox, 'refund.failed', refund, { status: 'succeeded' })
  return refund
}

function findRefund(sandbox: Sandbox, id: string): WireRefund {
  const refund = row(sandbox.state.refunds, id)
  if (!refund) throw noSuch('refund', id)
  return refund
}

export const refundRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/refunds',
    run: ({ sandbox, form }) => addRefund(sandbox, read(createParams, form)),
  },
  {
    method: 'GET',
    path: '/v1/refunds',
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
      const rows = newestFirst(sandbox.state.refunds).filter(
        (refund) =>
          within(refund.created, query.created) &&
          (query.charge === undefined || refund.charge === query.charge) &&
          (query.payment_intent === undefined || refund.payment_intent === query.payment_intent),
      )
      return page(rows, query, '/v1/refunds', 'refund')
    },
  },
  { method: 'GET', path: '/v1/refunds/:id', run: ({ sandbox, id }) => findRefund(sandbox, id) },
  {
    method: 'POST',
    path: '/v1/refunds/:id',
    run({ sandbox, id, form }) {
      const refund = findRefund(sandbox, id)
      const given = read(z.strictObject({ metadata: metadata.optional() }), form)
      if (given.metadata) refund.metadata = mergeMetadata(refund.metadata, given.metadata)
      emit(sandbox, 'refund.updated', refund)
      return refund
    },
  },
]
