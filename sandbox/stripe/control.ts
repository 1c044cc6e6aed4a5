import { findCard } from './cards'
import type { Means } from './charge-objects'
import { findCharge } from './charges'
import { closeExpired, closeSession, findSession } from './checkout-sessions'
import { settle, settleDue } from './delayed'
import { closeDispute, openDispute } from './disputes'
import { noSuch, Refusal } from './errors'
import type { FaultSettings } from './faults'
import type { SeenRequest } from './inspector'
import { openLink } from './payment-link-visit'
import { answerChallenge, type Payment, pay } from './payments'
import { applyCode } from './promotion'
import { addRefund, failRefund } from './refunds'
import type { Sandbox } from './sandbox'
import { type Seed, seed } from './seed'
import { type Delivery, emptyState, row, type State } from './state'
import { addEndpoint, removeEndpoint } from './webhook-endpoints'
import type { DeliverySettings } from './webhooks'
import type { WireCharge, WireDispute, WireRefund, WireSession, WireWebhookEndpoint } from './wire'

export interface PayRequest {
  email?: string | undefined
  name?: string | undefined
  /** ISO 3166-1 alpha-2; US by default. */
  country?: string | undefined
  /** A test card's number; 4242 4242 4242 4242 by default. */
  card?: string | undefined
  /** A bank transfer that settles by `settle`, or by itself after so many seconds. */
  delayed?: boolean | { settlesAfter?: number | undefined; ok?: boolean | undefined } | undefined
  /** The answer to 3-D Secure, where the card asks; passed by default. */
  authenticate?: boolean | undefined
}

export type PayResult =
  | { kind: 'complete' | 'closed'; session: WireSession }
  | { kind: 'declined'; code: string; declineCode: string | null; message: string }

/** Names a charge by itself, its payment intent, or the session that it paid. */
export interface ChargeRef {
  charge?: string | undefined
  payment_intent?: string | undefined
  session?: string | undefined
}

/** What a test does to the sandbox from outside Stripe's API; the same verbs are at `/_sandbox/…`. */
export interface Control {
  requests(): SeenRequest[]
  clearRequests(): void
  faults(): FaultSettings
  setFaults(settings: FaultSettings): void
  /** Pays without a browser, through the page's own function; resolves when the webhook answered (10 s at most). */
  pay(sessionId: string, request?: PayRequest): Promise<PayResult>
  /** Types a promotion code into the hosted page. Null, or the page's error sentence. */
  applyCode(sessionId: string, code: string): Promise<string | null>
  expire(sessionId: string): Promise<WireSession>
  /** Ends a delayed payment well (default) or badly. */
  settle(sessionId: string, ok?: boolean): Promise<WireSession>
  refund(
    request: ChargeRef & {
      amount?: number | undefined
      reason?: 'duplicate' | 'fraudulent' | 'requested_by_customer' | undefined
    },
  ): WireRefund
  /** Days later the buyer's bank sends it back. */
  failRefund(refundId: string): WireRefund
  openDispute(request: ChargeRef & { amount?: number | undefined; reason?: string | undefined }): WireDispute
  closeDispute(disputeId: string, outcome: 'won' | 'lost'): WireDispute
  /** Visits a payment link: the session that its page would show. */
  openLink(linkId: string, query?: Record<string, string>): WireSession
  resend(eventId: string): Promise<void>
  deliveries(): Delivery[]
  deliverySettings(): DeliverySettings
  setDeliveries(settings: DeliverySettings): void
  /** Sends what `hold` kept back. */
  flush(shuffled?: boolean): Promise<number>
  /** The sandbox's clock against the machine's. */
  setClock(offsetSeconds: number): Promise<void>
  advanceClock(seconds: number): Promise<void>
  addEndpoint(request: { url: string; secret: string; events?: string[] | undefined }): WireWebhookEndpoint
  removeEndpoint(id: string): boolean
  seed(seed: Seed): void
  /** Forgets everything but the webhooks that it was started with. */
  reset(): void
  snapshot(): State
  restore(state: State): void
}

function chargeOf(sandbox: Sandbox, ref: ChargeRef): WireCharge {
  if (ref.charge) return findCharge(sandbox, ref.charge, 'charge')
  const intentId =
    ref.payment_intent ?? (ref.session ? findSession(sandbox, ref.session).session.payment_intent : null)
  const intent = row(sandbox.state.paymentIntents, intentId ?? '')
  if (!intent?.latest_charge) throw new Refusal('Name a charge, payment_intent or session that was paid.')
  return findCharge(sandbox, intent.latest_charge, 'charge')
}

function paymentOf(request: PayRequest, email: string): Payment {
  const { card: number = '4242424242424242', delayed, country = 'US', name = 'Ada Lovelace' } = request
  const card = findCard(number)
  if (!card) throw new Refusal(`Your card number is invalid: ${number}`, { param: 'card' })
  const means: Means = delayed ? { type: 'bank' } : { type: 'card', card, expMonth: 12, expYear: 2034 }
  const settling = typeof delayed === 'object' ? delayed : {}
  return {
    buyer: { email: request.email ?? email, name, country },
    means,
    settlesAfter: settling.settlesAfter ?? null,
    settlesWell: settling.ok ?? true,
  }
}

async function payNow(sandbox: Sandbox, id: string, request: PayRequest): Promise<PayResult> {
  const { session } = findSession(sandbox, id)
  const customer = row(sandbox.state.customers, session.customer ?? '')
  const email = customer?.email ?? session.customer_email ?? 'ada@example.com'
  let outcome = await pay(sandbox, id, paymentOf(request, email))
  if (outcome.kind === 'challenge') {
    const answered = await answerChallenge(sandbox, id, request.authenticate ?? true)
    if (!answered || answered.kind === 'challenge') throw new Refusal('The challenge went away.')
    outcome = answered
  }
  if (outcome.kind === 'declined') return outcome
  if (outcome.kind === 'complete') await sandbox.webhooks.answered(outcome.event.id, 10_000)
  return { kind: outcome.kind, session: structuredClone(outcome.session) }
}

/** `replace` puts another state in the place of this one. */
export function createControl(sandbox: Sandbox, replace: (state: State) => void): Control {
  const { faults, inspector, state, webhooks } = sandbox
  const moveClock = async (offsetMs: number) => {
    state.clockOffsetMs = offsetMs
    closeExpired(sandbox)
    await settleDue(sandbox)
    sandbox.changed()
  }
  const start = (next: State) => {
    faults.set({})
    webhooks.set({})
    inspector.clear()
    replace(next)
    sandbox.changed()
  }
  return {
    requests: () => structuredClone(inspector.list()),
    clearRequests: () => inspector.clear(),
    faults: () => faults.settings,
    setFaults: (settings) => faults.set(settings),
    pay: (id, request = {}) => payNow(sandbox, id, request),
    applyCode: (id, code) =>
      sandbox.inTurn(id, async () => {
        const { session, notes } = findSession(sandbox, id)
        return applyCode(sandbox, session, notes, code)
      }),
    expire: (id) =>
      sandbox.inTurn(id, async () => {
        const { session } = findSession(sandbox, id)
        if (session.status !== 'open') throw new Refusal(`Session ${id} is ${session.status}.`)
        session.expires_at = Math.min(session.expires_at, sandbox.now())
        closeSession(sandbox, session)
        return structuredClone(session)
      }),
    settle: async (id, ok = true) => structuredClone(await settle(sandbox, id, ok)),
    refund: ({ amount, reason, ...ref }) =>
      structuredClone(addRefund(sandbox, { charge: chargeOf(sandbox, ref).id, amount, reason })),
    failRefund: (id) => structuredClone(failRefund(sandbox, id)),
    openDispute: ({ amount, reason, ...ref }) =>
      structuredClone(openDispute(sandbox, chargeOf(sandbox, ref), { amount, reason })),
    closeDispute: (id, outcome) => structuredClone(closeDispute(sandbox, id, outcome)),
    openLink: (id, query = {}) => structuredClone(openLink(sandbox, id, new URLSearchParams(query))),
    async resend(id) {
      const event = row(state.events, id)
      if (!event) throw noSuch('event', id)
      await webhooks.resend(event)
    },
    deliveries: () => structuredClone(state.deliveries),
    deliverySettings: () => webhooks.settings,
    setDeliveries: (settings) => webhooks.set(settings),
    flush: (shuffled = false) => webhooks.flush(shuffled),
    setClock: (offsetSeconds) => moveClock(offsetSeconds * 1000),
    advanceClock: (seconds) => moveClock(state.clockOffsetMs + seconds * 1000),
    addEndpoint: ({ url, secret, events }) =>
      addEndpoint(sandbox, { url, enabled_events: events ?? ['*'] }, secret),
    removeEndpoint: (id) => removeEndpoint(sandbox, id),
    seed: (given) => seed(sandbox, given),
    reset: () => start(emptyState()),
    snapshot: () => structuredClone(state),
    restore: (next) => start(next),
  }
}
