import { findSession } from './checkout-sessions'
import { Refusal } from './errors'
import { emit } from './events'
import { recordSuccess } from './payments'
import type { Sandbox } from './sandbox'
import { row } from './state'
import type { WireSession } from './wire'

/** Ends a delayed payment: the money came, or it did not. */
export function settle(sandbox: Sandbox, sessionId: string, well: boolean): Promise<WireSession> {
  return sandbox.inTurn(sessionId, async () => {
    const { session, notes } = findSession(sandbox, sessionId)
    const intent = row(sandbox.state.paymentIntents, session.payment_intent ?? '')
    const charge = row(sandbox.state.charges, intent?.latest_charge ?? '')
    if (session.status !== 'complete' || intent?.status !== 'processing' || !charge)
      throw new Refusal(`Session ${sessionId} has no payment under way.`)
    notes.settlesAt = null
    if (well) {
      recordSuccess(sandbox, intent, charge)
      session.payment_status = 'paid'
      emit(sandbox, 'checkout.session.async_payment_succeeded', session)
      return session
    }
    charge.status = 'failed'
    charge.captured = false
    charge.failure_code = 'insufficient_funds'
    charge.failure_message = 'The customer’s bank account has insufficient funds.'
    intent.status = 'requires_payment_method'
    emit(sandbox, 'charge.failed', charge)
    emit(sandbox, 'payment_intent.payment_failed', intent)
    emit(sandbox, 'checkout.session.async_payment_failed', session)
    return session
  })
}

/** Ends the delayed payments that are due by the sandbox's clock. */
export async function settleDue(sandbox: Sandbox): Promise<void> {
  const now = sandbox.now()
  const due = Object.entries(sandbox.state.notes).filter(
    ([, notes]) => notes.settlesAt !== null && notes.settlesAt <= now,
  )
  for (const [id, notes] of due) await settle(sandbox, id, notes.settlesWell)
}
