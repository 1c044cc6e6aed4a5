import { makeBalanceTransaction } from './balance'
import { findCard } from './cards'
import { addressOf, type Means, makeCharge, makePaymentMethod } from './charge-objects'
import { findSession } from './checkout-sessions'
import { addCustomer } from './customers'
import { type Chosen, discountProblem } from './discounts'
import { emit } from './events'
import { makePaymentIntent } from './payment-intent-object'
import type { Sandbox } from './sandbox'
import { type Buyer, row, type SessionNotes } from './state'
import type { WireCharge, WireEvent, WirePaymentIntent, WireSession } from './wire'

/** What came of a try to pay. */
export type Outcome =
  | { kind: 'complete'; session: WireSession; event: WireEvent }
  | { kind: 'declined'; code: string; declineCode: string | null; message: string }
  | { kind: 'challenge' }
  /** Nothing left to pay: it was paid before, or its time is over. */
  | { kind: 'closed'; session: WireSession }

export interface Payment {
  buyer: Buyer
  means: Means
  /** The buyer passed 3-D Secure. */
  secured?: boolean
  /** For a bank transfer: settles after so many seconds (never by itself when null), well or badly. */
  settlesAfter?: number | null
  settlesWell?: boolean
}

/** Counts the session's discount as redeemed: at payment, never before. */
function redeem(sandbox: Sandbox, notes: SessionNotes): void {
  if (!notes.discount) return
  const coupon = row(sandbox.state.coupons, notes.discount.source.coupon)
  const code = notes.discount.promotion_code
    ? row(sandbox.state.promotionCodes, notes.discount.promotion_code)
    : undefined
  if (coupon) coupon.times_redeemed += 1
  if (code) code.times_redeemed += 1
}

/** A discount that others used up while this session was open can't be had any more. */
function discountGone(sandbox: Sandbox, session: WireSession, notes: SessionNotes): string | null {
  if (!notes.discount) return null
  const coupon = row(sandbox.state.coupons, notes.discount.source.coupon)
  if (!coupon) return null
  const code = row(sandbox.state.promotionCodes, notes.discount.promotion_code ?? '') ?? null
  const usedUp = [coupon, code].some(
    (limit) => limit && limit.max_redemptions !== null && limit.times_redeemed >= limit.max_redemptions,
  )
  const chosen: Chosen = { coupon, code }
  const order = { items: notes.lineItems, currency: session.currency ?? 'usd', customer: session.customer }
  return usedUp ? (discountProblem(sandbox, chosen, order)?.shown ?? null) : null
}

function settleCustomer(sandbox: Sandbox, session: WireSession, buyer: Buyer): string | null {
  if (session.customer) return session.customer
  if (session.customer_creation !== 'always') return null
  const address = { ...addressOf(buyer) }
  return addCustomer(sandbox, { email: buyer.email, name: buyer.name, address }).id
}

function intentFor(sandbox: Sandbox, session: WireSession, notes: SessionNotes): WirePaymentIntent {
  const earlier = notes.attempt ? row(sandbox.state.paymentIntents, notes.attempt) : undefined
  if (earlier) {
    earlier.amount = session.amount_total ?? 0
    return earlier
  }
  const intent = makePaymentIntent(sandbox, {
    amount: session.amount_total ?? 0,
    currency: session.currency ?? 'usd',
    customer: session.customer,
    description: notes.paymentIntentDescription,
    metadata: { ...notes.paymentIntentMetadata },
  })
  notes.attempt = intent.id
  sandbox.state.paymentIntents[intent.id] = intent
  emit(sandbox, 'payment_intent.created', intent)
  return intent
}

function decline(
  sandbox: Sandbox,
  intent: WirePaymentIntent,
  payment: Payment,
  reason: { code: string; declineCode: string | null; message: string },
): Outcome {
  const state = {
    status: 'failed',
    code: reason.declineCode ?? reason.code,
    message: reason.message,
  } as const
  const charge = makeCharge(sandbox, intent, payment.buyer, payment.means, state)
  sandbox.state.charges[charge.id] = charge
  intent.latest_charge = charge.id
  intent.status = 'requires_payment_method'
  intent.last_payment_error = {
    charge: charge.id,
    code: reason.code,
    ...(reason.declineCode && { decline_code: reason.declineCode }),
    message: reason.message,
    type: 'card_error',
  } as NonNullable<WirePaymentIntent['last_payment_error']>
  emit(sandbox, 'charge.failed', charge)
  emit(sandbox, 'payment_intent.payment_failed', intent)
  return { kind: 'declined', ...reason }
}

export function recordSuccess(sandbox: Sandbox, intent: WirePaymentIntent, charge: WireCharge): void {
  charge.status = 'succeeded'
  charge.paid = true
  charge.captured = true
  charge.amount_captured = charge.amount
  charge.balance_transaction = makeBalanceTransaction(sandbox, charge, 'charge').id
  intent.status = 'succeeded'
  intent.amount_received = intent.amount
  intent.latest_charge = charge.id
  intent.last_payment_error = null
  intent.next_action = null
  emit(sandbox, 'charge.succeeded', charge)
  emit(sandbox, 'payment_intent.succeeded', intent)
}

function complete(sandbox: Sandbox, session: WireSession, notes: SessionNotes, buyer: Buyer): WireEvent {
  session.status = 'complete'
  session.url = null
  session.client_secret = null
  session.customer_details = {
    address: addressOf(buyer),
    business_name: null,
    email: buyer.email,
    individual_name: null,
    name: buyer.name,
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  }
  notes.challenge = null
  redeem(sandbox, notes)
  const link = row(sandbox.state.paymentLinks, session.payment_link ?? '')
  if (link?.restrictions) link.restrictions.completed_sessions.count += 1
  return emit(sandbox, 'checkout.session.completed', session)
}

async function attempt(sandbox: Sandbox, sessionId: string, payment: Payment): Promise<Outcome> {
  const { session, notes } = findSession(sandbox, sessionId)
  if (session.status !== 'open') return { kind: 'closed', session }
  const gone = discountGone(sandbox, session, notes)
  if (gone) return { kind: 'declined', code: 'coupon_expired', declineCode: null, message: gone }
  const { buyer, means } = payment
  if (session.amount_total === 0) {
    session.customer = settleCustomer(sandbox, session, buyer)
    session.payment_status = 'no_payment_required'
    return { kind: 'complete', session, event: complete(sandbox, session, notes, buyer) }
  }
  const intent = intentFor(sandbox, session, notes)
  if (means.type === 'card' && typeof means.card.outcome === 'object')
    return decline(sandbox, intent, payment, means.card.outcome)
  if (means.type === 'card' && means.card.outcome === 'challenge' && !payment.secured) {
    notes.challenge = { card: means.card.number, expMonth: means.expMonth, expYear: means.expYear, buyer }
    intent.status = 'requires_action'
    emit(sandbox, 'payment_intent.requires_action', intent)
    return { kind: 'challenge' }
  }
  session.customer = settleCustomer(sandbox, session, buyer)
  intent.customer = session.customer
  intent.payment_method = makePaymentMethod(sandbox, buyer, means, session.customer).id
  session.payment_intent = intent.id
  const secured = payment.secured ?? false
  const delayed = means.type === 'bank'
  const charge = makeCharge(sandbox, intent, buyer, means, {
    status: delayed ? 'pending' : 'succeeded',
    secured,
  })
  sandbox.state.charges[charge.id] = charge
  intent.latest_charge = charge.id
  if (delayed) {
    intent.status = 'processing'
    notes.settlesWell = payment.settlesWell ?? true
    const after = payment.settlesAfter ?? null
    notes.settlesAt = after === null ? null : sandbox.now() + after
    emit(sandbox, 'charge.pending', charge)
    emit(sandbox, 'payment_intent.processing', intent)
  } else {
    recordSuccess(sandbox, intent, charge)
    session.payment_status = 'paid'
  }
  return { kind: 'complete', session, event: complete(sandbox, session, notes, buyer) }
}

/** Pays a session: the one way for page and control. Tries on one session wait for each other, so that a double click pays once. */
export function pay(sandbox: Sandbox, sessionId: string, payment: Payment): Promise<Outcome> {
  return sandbox.inTurn(sessionId, () => attempt(sandbox, sessionId, payment))
}

/** The buyer's answer on the 3-D Secure page. Null when nothing was asked. */
export async function answerChallenge(
  sandbox: Sandbox,
  sessionId: string,
  passed: boolean,
): Promise<Outcome | null> {
  const { notes } = findSession(sandbox, sessionId)
  const { challenge } = notes
  const card = challenge && findCard(challenge.card)
  if (!challenge || !card) return null
  const { expMonth, expYear, buyer } = challenge
  const payment: Payment = { buyer, means: { type: 'card', card, expMonth, expYear } }
  if (passed) return pay(sandbox, sessionId, { ...payment, secured: true })
  return sandbox.inTurn(sessionId, async () => {
    const { session } = findSession(sandbox, sessionId)
    if (session.status !== 'open') return { kind: 'closed', session }
    notes.challenge = null
    return decline(sandbox, intentFor(sandbox, session, notes), payment, {
      code: 'payment_intent_authentication_failure',
      declineCode: null,
      message: 'We are unable to authenticate your payment method. Choose a different card and try again.',
    })
  })
}
