import { inParallel, type Shop, someone } from '../../sandbox/testing/shop'
import { inWords, quantiles } from '../quantiles'
import { hold, say } from '../report'
import { type Bench, withShop } from '../shop'

const ABREAST = 4
const WARM_UP = 20
const LIMIT_MS = 200

const SALE = 'checkout.session.completed'
const IGNORED = 'payment_intent.succeeded'

/** Pays new sessions of these buyers while nothing is delivered. Answers the ids of Stripe's events, by type. */
async function pay(shop: Shop, emails: string[]): Promise<Record<string, string[]>> {
  const { productId } = await shop.sell()
  shop.stripe.setDeliveries({ drop: true })
  await inParallel(emails, ABREAST, (email) => shop.buy({ productId }, { email }))
  shop.stripe.setDeliveries({})
  const dropped = shop.stripe.deliveries().filter(({ status }) => status === 'dropped')
  const ofType = (type: string) =>
    dropped
      .filter((delivery) => delivery.type === type)
      .map(({ event }) => event)
      .slice(-emails.length)
  return { [SALE]: ofType(SALE), [IGNORED]: ofType(IGNORED) }
}

/** Delivers each event once. Answers how long the webhook took, as Stripe sees it. */
async function deliver(shop: Shop, events: string[] = []): Promise<number[]> {
  await inParallel(events, ABREAST, (id) => shop.stripe.resend(id))
  await shop.delivered()
  const wanted = new Set(events)
  const attempts = shop.stripe
    .deliveries()
    .filter(({ event, status }) => wanted.has(event) && status !== 'dropped')
    .flatMap((delivery) => delivery.attempts)
  const refused = attempts.filter(({ status }) => status !== 200)
  if (refused.length > 0 || attempts.length !== events.length)
    throw new Error(`${events.length} events, ${attempts.length} attempts, ${refused.length} refused`)
  return attempts.map(({ ms }) => ms)
}

async function measure(shop: Shop, sales: number) {
  const warm = await pay(
    shop,
    Array.from({ length: WARM_UP }, () => someone('warm')),
  )
  await deliver(shop, warm[SALE])
  await deliver(shop, warm[IGNORED])
  const emails = Array.from({ length: sales }, () => someone('bench'))
  const first = await pay(shop, emails)
  const again = await pay(shop, emails)
  return {
    'sales to new buyers': await deliver(shop, first[SALE]),
    'sales to known buyers': await deliver(shop, again[SALE]),
    'ignored events': await deliver(shop, first[IGNORED]),
  }
}

/**
 * Sales and as many events that are no concern of ours, delivered four at a time while Stripe answers at once. With a success URL,
 * Stripe's page waits for the answer.
 */
export async function webhook(bench: Bench): Promise<void> {
  const results = await withShop(bench, (shop) => measure(shop, bench.quick ? 20 : 300))
  say(`Webhook, ${ABREAST} deliveries at a time, Stripe at 0 ms`)
  for (const [what, times] of Object.entries(results)) {
    const result = quantiles(times)
    say(`  ${times.length} ${what}: ${inWords(result)}`)
    hold(`webhook, ${what}: p95 in ms`, result.p95, { most: LIMIT_MS }, 'time')
  }
  say()
}
