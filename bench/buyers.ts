import type Stripe from 'stripe'
import type { Shop } from '../sandbox/testing/shop'

/** An address that hardly anybody else has. */
export const anAddress = () => `10.${[0, 0, 0].map(() => Math.floor(Math.random() * 256)).join('.')}`

/** Pays a session while nothing is delivered. Answers its event as Stripe sends it. */
export async function paidEvent(shop: Shop, sessionId: string, email: string): Promise<Stripe.Event> {
  await shop.stripe.pay(sessionId, { email })
  return shop.eventOf(sessionId, 'checkout.session.completed')
}

/** Delivers an event to a server. Answers how long that took, in milliseconds. @throws unless it is taken */
export async function deliver(shop: Shop, event: Stripe.Event, server?: string): Promise<number> {
  const started = performance.now()
  const { status } = await shop.deliver(event, server)
  const took = performance.now() - started
  if (status !== 200) throw new Error(`ours: the webhook answered ${status}`)
  return took
}
