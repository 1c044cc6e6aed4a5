import 'server-only'
import type Stripe from 'stripe'
import type { Money } from '@/lib/contract/types'

/** Stripe's present state of one checkout session, cut down to what is recorded. */
export type SessionFacts = {
  id: string
  mode: string
  source: string | undefined
  checkoutId: string | undefined
  paymentLink: string | undefined
  metadata: Record<string, string>
  clientReference: string | undefined
  status: 'open' | 'complete' | 'expired'
  payment: 'paid' | 'unpaid' | 'free'
  /** A delayed payment that came to nothing. */
  paymentFailed: boolean
  priceId: string | undefined
  stripeProductId: string | undefined
  quantity: number
  total: Money
  discount: Money
  couponId: string | undefined
  promotionCodeId: string | undefined
  email: string | undefined
  name: string | undefined
  country: string | undefined
  customerId: string | undefined
  paymentIntentId: string | undefined
  charge: ChargeFacts | undefined
  createdAt: Date
  /** Unix seconds. */
  expiresAt: number
}

export type ChargeFacts = {
  id: string
  receiptUrl: string | undefined
  /** Minor units given back so far. */
  refunded: number
  whole: boolean
  disputed: boolean
}

const EXPAND = ['line_items', 'payment_intent.latest_charge', 'total_details.breakdown']

/** The one read before a sale is recorded. */
export async function readSession(stripe: Stripe, sessionId: string): Promise<SessionFacts> {
  const facts = factsOf(await stripe.checkout.sessions.retrieve(sessionId, { expand: EXPAND }))
  if (!facts.charge?.disputed) return facts
  // A charge stays marked as disputed for ever; only the disputes themselves say whether one still counts.
  const { data } = await stripe.disputes.list({ charge: facts.charge.id, limit: 10 })
  const disputed = data.length === 0 || data.some(({ status }) => !OVER_IN_OUR_FAVOUR.has(status))
  return { ...facts, charge: { ...facts.charge, disputed } }
}

const OVER_IN_OUR_FAVOUR = new Set<Stripe.Dispute.Status>(['won', 'warning_closed', 'prevented'])

const idOf = (value: string | { id: string } | null | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.id

const expanded = <T extends object>(value: string | T | null | undefined): T | undefined =>
  value !== null && typeof value === 'object' ? value : undefined

export function factsOf(session: Stripe.Checkout.Session): SessionFacts {
  const line = session.line_items?.data[0]
  const intent = expanded(session.payment_intent)
  const charge = expanded(intent?.latest_charge)
  const discount = session.discounts?.[0]
  // A promotion code's session names its coupon here alone.
  const breakdown = session.total_details?.breakdown?.discounts[0]
  const currency = session.currency ?? line?.currency ?? 'usd'
  const details = session.customer_details
  return {
    id: session.id,
    mode: session.mode,
    source: session.metadata?.source,
    checkoutId: session.metadata?.checkoutId,
    paymentLink: idOf(session.payment_link),
    metadata: session.metadata ?? {},
    clientReference: session.client_reference_id ?? undefined,
    status: session.status === 'complete' ? 'complete' : session.status === 'expired' ? 'expired' : 'open',
    payment: paymentOf(session),
    paymentFailed: intent?.status === 'requires_payment_method' || intent?.status === 'canceled',
    priceId: line?.price?.id,
    stripeProductId: idOf(line?.price?.product),
    quantity: line?.quantity ?? 1,
    total: { amount: session.amount_total ?? 0, currency },
    discount: { amount: session.total_details?.amount_discount ?? 0, currency },
    couponId: idOf(discount?.coupon) ?? idOf(breakdown?.discount.source.coupon),
    promotionCodeId: idOf(discount?.promotion_code),
    email: details?.email ?? session.customer_email ?? undefined,
    name: details?.name ?? undefined,
    country: details?.address?.country ?? undefined,
    customerId: idOf(session.customer),
    paymentIntentId: idOf(session.payment_intent),
    charge: charge && chargeFacts(charge),
    createdAt: new Date(session.created * 1000),
    expiresAt: session.expires_at,
  }
}

function paymentOf(session: Stripe.Checkout.Session): SessionFacts['payment'] {
  if (session.payment_status === 'paid') return 'paid'
  return session.payment_status === 'no_payment_required' ? 'free' : 'unpaid'
}

const chargeFacts = (charge: Stripe.Charge): ChargeFacts => ({
  id: charge.id,
  receiptUrl: charge.receipt_url ?? undefined,
  refunded: charge.amount_refunded,
  whole: charge.refunded,
  disputed: charge.disputed,
})
