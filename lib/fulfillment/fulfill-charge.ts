import 'server-only'
import { eq, or } from 'drizzle-orm'
import { checkoutSession } from '@/db/schema'
import type { FulfillmentDeps } from './deps'
import { fulfill } from './fulfill'
import type { Outcome } from './outcome'
import { versionIn } from './record/version'

/** A refund or dispute names a charge or a payment intent: finds its session, here or at Stripe, and brings that up to date. */
export async function fulfillCharge(
  deps: FulfillmentDeps,
  chargeId: string | undefined,
  paymentIntentId: string | undefined,
): Promise<Outcome> {
  const row = await known(deps, chargeId, paymentIntentId)
  if (row?.sessionId) return fulfill(deps, row.sessionId, versionIn(row))
  const sessionId = await atStripe(deps, chargeId, paymentIntentId)
  if (!sessionId) return { kind: 'ignored', reason: 'a charge without a checkout session' }
  return fulfill(deps, sessionId)
}

async function known(deps: FulfillmentDeps, chargeId = '', paymentIntentId = '') {
  const [row] = await deps.db
    .select({ sessionId: checkoutSession.sessionId, updatedAt: checkoutSession.updatedAt })
    .from(checkoutSession)
    .where(or(eq(checkoutSession.chargeId, chargeId), eq(checkoutSession.paymentIntentId, paymentIntentId)))
    .limit(1)
  return row
}

async function atStripe(
  deps: FulfillmentDeps,
  chargeId?: string,
  paymentIntentId?: string,
): Promise<string | null> {
  let intent = paymentIntentId
  if (!intent && chargeId) {
    const charge = await deps.stripe.charges.retrieve(chargeId)
    intent = typeof charge.payment_intent === 'string' ? charge.payment_intent : charge.payment_intent?.id
  }
  if (!intent) return null
  const { data } = await deps.stripe.checkout.sessions.list({ payment_intent: intent, limit: 1 })
  return data[0]?.id ?? null
}
