import type { Card } from './cards'
import { newId, randomText } from './ids'
import type { Sandbox } from './sandbox'
import type { Buyer } from './state'
import type { WireCharge, WirePaymentIntent, WirePaymentMethod } from './wire'

/** What the buyer pays with. */
export type Means = { type: 'card'; card: Card; expMonth: number; expYear: number } | { type: 'bank' }

const emptyAddress = (country: string) => ({
  city: null,
  country,
  line1: null,
  line2: null,
  postal_code: null,
  state: null,
})

export const addressOf = (buyer: Buyer) => emptyAddress(buyer.country)

function billingOf(buyer: Buyer): WireCharge['billing_details'] {
  return { address: addressOf(buyer), email: buyer.email, name: buyer.name, phone: null, tax_id: null }
}

function detailsOf(means: Means, amount: number, secured: boolean): WireCharge['payment_method_details'] {
  if (means.type === 'bank')
    return {
      type: 'us_bank_account',
      us_bank_account: {
        account_holder_type: 'individual',
        account_type: 'checking',
        bank_name: 'STRIPE TEST BANK',
        fingerprint: randomText(16),
        last4: '6789',
        payment_reference: null,
        routing_number: '110000000',
      },
    }
  const { card, expMonth, expYear } = means
  return {
    type: 'card',
    card: {
      amount_authorized: amount,
      authorization_code: null,
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: card.country,
      electronic_commerce_indicator: null,
      exp_month: expMonth,
      exp_year: expYear,
      extended_authorization: { status: 'disabled' },
      fingerprint: randomText(16),
      funding: 'credit',
      incremental_authorization: { status: 'unavailable' },
      installments: null,
      last4: card.last4,
      mandate: null,
      multicapture: { status: 'unavailable' },
      network: card.brand,
      network_token: { used: false },
      network_transaction_id: randomText(15),
      overcapture: { maximum_amount_capturable: amount, status: 'unavailable' },
      regulated_status: 'unregulated',
      three_d_secure: secured
        ? {
            authentication_flow: 'challenge',
            electronic_commerce_indicator: '05',
            exemption_indicator: null,
            result: 'authenticated',
            result_reason: null,
            transaction_id: randomText(24),
            version: '2.2.0',
          }
        : null,
      transaction_link_id: null,
      wallet: null,
    },
  }
}

/** A charge of the whole payment intent: succeeded, pending (delayed methods), or failed with a reason. */
export function makeCharge(
  sandbox: Sandbox,
  intent: WirePaymentIntent,
  buyer: Buyer,
  means: Means,
  state: { status: 'succeeded' | 'pending' | 'failed'; code?: string; message?: string; secured?: boolean },
): WireCharge {
  const id = newId('charge')
  const { status } = state
  return {
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: status === 'succeeded' ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: billingOf(buyer),
    calculated_statement_descriptor: 'WORKSHOP',
    captured: status !== 'failed',
    created: sandbox.now(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: state.code ?? null,
    failure_message: state.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: { ...intent.metadata },
    on_behalf_of: null,
    outcome: {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: status === 'failed' ? 'declined_by_network' : 'approved_by_network',
      reason: state.code ?? null,
      risk_level: 'normal',
      risk_score: 12,
      seller_message: status === 'failed' ? (state.message ?? null) : 'Payment complete.',
      type: status === 'failed' ? 'issuer_declined' : 'authorized',
    },
    paid: status === 'succeeded',
    payment_intent: intent.id,
    payment_method: intent.payment_method,
    payment_method_details: detailsOf(means, intent.amount, state.secured ?? false),
    radar_options: {},
    receipt_email: null,
    receipt_number: null,
    receipt_url: status === 'failed' ? null : `${sandbox.baseUrl}/receipts/${id}`,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status,
    transfer_data: null,
    transfer_group: null,
  } satisfies WireCharge
}

export function makePaymentMethod(
  sandbox: Sandbox,
  buyer: Buyer,
  means: Means,
  customer: string | null,
): WirePaymentMethod {
  const details = detailsOf(means, 0, false)
  const method = {
    id: newId('paymentMethod'),
    object: 'payment_method',
    allow_redisplay: 'limited',
    billing_details: billingOf(buyer),
    created: sandbox.now(),
    customer,
    customer_account: null,
    livemode: false,
    metadata: {},
    ...(means.type === 'card'
      ? {
          type: 'card',
          card: {
            brand: means.card.brand,
            checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
            country: means.card.country,
            display_brand: means.card.brand,
            exp_month: means.expMonth,
            exp_year: means.expYear,
            fingerprint: details?.card?.fingerprint ?? null,
            funding: 'credit',
            generated_from: null,
            last4: means.card.last4,
            networks: { available: [means.card.brand], preferred: null },
            regulated_status: 'unregulated',
            three_d_secure_usage: { supported: true },
            wallet: null,
          },
        }
      : { type: 'us_bank_account' }),
  } satisfies WirePaymentMethod
  sandbox.state.paymentMethods[method.id] = method
  return method
}
