import 'server-only'
import { CheckoutError } from '@/lib/contract/errors'
import { readRawBody } from '@/lib/http/body'
import { json } from '@/lib/http/respond'
import { countWebhook } from '@/lib/telemetry/metrics'
import type { FulfillmentDeps } from './deps'
import { dueEvent, finish, store } from './inbox'
import { verify } from './verify'
import { isHandled, work } from './work'

const MAX_BYTES = 1024 * 1024

/**
 * `POST /api/stripe/webhook`: raw text, verify, inbox, dispatch, answer.
 * 200 when the event is stored and needs no second delivery; 400 unsigned; 500 so that Stripe tries again.
 */
export async function receiveWebhook(
  request: Request,
  deps: FulfillmentDeps & { webhookSecrets: string[]; deliver: () => Promise<void> },
): Promise<Response> {
  const rawBody = await readRawBody(request, MAX_BYTES)
  const event = await verify(
    rawBody,
    request.headers.get('stripe-signature'),
    deps.webhookSecrets,
    deps.now(),
  ).catch((error: unknown) => {
    countWebhook('other', 'unverified')
    throw error
  })
  deps.log.info({ event: 'webhook.received', stripeEventId: event.id, type: event.type }, 'webhook received')
  if ((await store(deps.db, event, deps.now())) !== 'pending') {
    countWebhook(isHandled(event.type) ? event.type : 'other', 'duplicate')
    return json({ received: true, duplicate: true })
  }
  if (!isHandled(event.type)) {
    countWebhook('other', 'ignored')
    await finish(deps.db, event.id, 'ignored', 'a type that is no concern of ours', deps.now())
    return json({ received: true })
  }
  try {
    await work(deps, dueEvent({ ...event, payload: event }))
  } catch (cause) {
    throw new CheckoutError('internal', { message: 'Stored, to be worked on later.', cause })
  }
  deps.after(deps.deliver)
  return json({ received: true })
}
