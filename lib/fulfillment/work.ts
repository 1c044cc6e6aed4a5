import 'server-only'
import Stripe from 'stripe'
import type { HandledType } from '@/lib/stripe/event-types'
import { isMissing } from '@/lib/stripe/missing'
import { countWebhook, observeWebhookAge } from '@/lib/telemetry/metrics'
import type { FulfillmentDeps } from './deps'
import * as chargeDisputeClosed from './events/charge-dispute-closed'
import * as chargeDisputeCreated from './events/charge-dispute-created'
import * as chargeRefunded from './events/charge-refunded'
import * as asyncPaymentFailed from './events/checkout-session-async-payment-failed'
import * as asyncPaymentSucceeded from './events/checkout-session-async-payment-succeeded'
import * as sessionCompleted from './events/checkout-session-completed'
import * as sessionExpired from './events/checkout-session-expired'
import * as refundFailed from './events/refund-failed'
import { type DueEvent, finish, postpone, takeDue } from './inbox'
import type { Outcome } from './outcome'

type Handler = (deps: FulfillmentDeps, event: DueEvent) => Promise<Outcome>

const handlers: Record<HandledType, Handler> = {
  'checkout.session.completed': sessionCompleted.handle,
  'checkout.session.async_payment_succeeded': asyncPaymentSucceeded.handle,
  'checkout.session.async_payment_failed': asyncPaymentFailed.handle,
  'checkout.session.expired': sessionExpired.handle,
  'charge.refunded': chargeRefunded.handle,
  'charge.dispute.created': chargeDisputeCreated.handle,
  'charge.dispute.closed': chargeDisputeClosed.handle,
  'refund.failed': refundFailed.handle,
}

export const isHandled = (type: string): type is HandledType => Object.hasOwn(handlers, type)

const NO_CONCERN: Outcome = { kind: 'ignored', reason: 'a type that is no concern of ours' }
const NO_OBJECT: Outcome = { kind: 'parked', reason: 'names no object' }

async function handle(deps: FulfillmentDeps, event: DueEvent): Promise<Outcome> {
  if (event.object.id === '') return NO_OBJECT
  if (!isHandled(event.type)) return NO_CONCERN
  return handlers[event.type]({ ...deps, eventId: event.id }, event)
}

/** Works on one stored event and writes down what became of it. Throws what is temporary, after putting the event off. */
export async function work(deps: FulfillmentDeps, event: DueEvent): Promise<Outcome> {
  try {
    const outcome = await handle(deps, event)
    await writeDown(deps, event, outcome)
    return outcome
  } catch (error) {
    const why = reasonOf(error)
    if (isMissing(error)) {
      const elsewhere = whereElse(deps, event)
      const outcome: Outcome = elsewhere
        ? { kind: 'ignored', reason: elsewhere }
        : { kind: 'parked', reason: why }
      await writeDown(deps, event, outcome)
      return outcome
    }
    countWebhook(event.type, 'failed')
    const parked = await postpone(deps.db, event.id, why, deps.now())
    if (parked) tell(deps, event, { kind: 'parked', reason: why })
    throw error
  }
}

/** Why our key can't reach an event's object: an endpoint may be told of connected accounts, or have the other mode's secret. */
function whereElse({ livemode }: FulfillmentDeps, event: DueEvent): string | undefined {
  if (event.account) return `of the connected account ${event.account}`
  if (event.livemode === undefined || event.livemode === livemode) return undefined
  return event.livemode
    ? 'of live mode, and our key is a test key'
    : 'of test mode, and our key is a live key'
}

/** Stripe's errors are all named `Error`; their type says what they are. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const name = error instanceof Stripe.errors.StripeError ? error.type : error.name
  return `${name}: ${error.message}`.slice(0, 1000)
}

async function writeDown(deps: FulfillmentDeps, event: DueEvent, outcome: Outcome): Promise<void> {
  const reason = 'reason' in outcome ? outcome.reason : null
  const status = outcome.kind === 'ignored' || outcome.kind === 'parked' ? outcome.kind : 'processed'
  // A sale's own transaction has done so.
  if (!('eventId' in outcome && outcome.eventId === event.id))
    await finish(deps.db, event.id, status, reason, deps.now())
  countWebhook(event.type, outcome.kind)
  observeWebhookAge(deps.now().getTime() / 1000 - event.created)
  tell(deps, event, outcome)
}

function tell({ log }: FulfillmentDeps, event: DueEvent, outcome: Outcome): void {
  const reason = 'reason' in outcome ? outcome.reason : null
  const line = {
    event: 'webhook.worked',
    stripeEventId: event.id,
    type: event.type,
    outcome: outcome.kind,
    reason,
  }
  if (outcome.kind === 'parked') log.error(line, 'event parked')
  else log.info(line, 'event worked on')
}

/** Works on whatever is due; safe on many servers at once. Answers how many, and how many must wait on. */
export async function workDue(deps: FulfillmentDeps, options: { limit: number; budgetMs: number }) {
  const giveUp = Date.now() + options.budgetMs
  const events = await takeDue(deps.db, deps.now(), options.limit)
  const counts = { worked: 0, postponed: 0 }
  for (const event of events) {
    if (Date.now() > giveUp) break
    try {
      await work(deps, event)
      counts.worked++
    } catch (error) {
      counts.postponed++
      deps.log.warn({ event: 'inbox.postponed', stripeEventId: event.id, err: error }, 'event put off')
    }
  }
  return counts
}
