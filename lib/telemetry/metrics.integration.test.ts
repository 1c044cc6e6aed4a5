import { randomBytes, randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { merchantProduct, outbox, product, stripeEvent } from '@/db/schema'
import { type Samples, samplesOf } from '@/sandbox/testing/prometheus'
import { newVisitor, openShop, type Shop, someone } from '@/sandbox/testing/shop'

const token = randomBytes(16).toString('hex')
let shop: Shop

beforeAll(async () => {
  shop = await openShop({ METRICS_TOKEN: token })
})
afterAll(() => shop.stop())

const ask = (authorization?: string) =>
  fetch(`${shop.url}/api/metrics`, authorization ? { headers: { Authorization: authorization } } : {})

async function scrape(): Promise<Samples> {
  const response = await ask(`Bearer ${token}`)
  expect(response.status).toBe(200)
  return samplesOf(await response.text())
}

/** How much each of these grew while something was done. */
async function growth(work: () => Promise<unknown>, ...series: string[]): Promise<number[]> {
  const before = await scrape()
  await work()
  const after = await scrape()
  return series.map((name) => (after.get(name) ?? 0) - (before.get(name) ?? 0))
}

describe('the door', () => {
  test('is shut without the bearer, and with another', async () => {
    for (const authorization of [undefined, 'Bearer wrong-wrong-wrong', `Basic ${token}`]) {
      const response = await ask(authorization)
      expect(response.status).toBe(401)
      expect(await response.text()).not.toContain('workshop_')
    }
  })

  test('is in Prometheus text, for no cache', async () => {
    const response = await ask(`Bearer ${token}`)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.text()).toContain('# TYPE workshop_checkout_sessions_total counter')
  })

  test('is not there without METRICS_TOKEN', async () => {
    const bare = await shop.addServer({ METRICS_TOKEN: '' })
    const response = await fetch(`${bare}/api/metrics`, { headers: { Authorization: `Bearer ${token}` } })
    expect(response.status).toBe(404)
  })
})

test('one sale is one session, one purchase and its money', async () => {
  const { productId } = await shop.sell()
  const sale = async () => {
    await shop.buy({ productId }, { email: someone() }, newVisitor())
    await shop.delivered()
  }
  const grown = await growth(
    sale,
    'workshop_checkout_sessions_total{variant="session",ui="hosted"}',
    'workshop_purchases_total{source="session",variant="session"}',
    'workshop_revenue_minor_total{currency="usd"}',
    'workshop_webhook_events_total{type="checkout.session.completed",outcome="recorded"}',
    'workshop_webhook_age_seconds_count',
    'workshop_stripe_request_duration_seconds_count{operation="POST /v1/checkout/sessions",outcome="ok"}',
    'workshop_stripe_request_duration_seconds_count{operation="GET /v1/checkout/sessions/{id}",outcome="ok"}',
    'workshop_http_request_duration_seconds_count{route="/api/workshop/checkout",method="POST",status="200"}',
  )
  expect(grown).toEqual([1, 1, 49900, 1, 1, 1, 1, 1])
})

test('a double click is one session, and an event delivered twice one purchase', async () => {
  const { productId } = await shop.sell()
  const visitor = newVisitor()
  const attemptId = randomUUID()
  const twice = async () => {
    const [sessionId] = await Promise.all([
      shop.checkout({ productId, attemptId }, visitor),
      shop.checkout({ productId, attemptId }, visitor),
    ])
    await shop.stripe.pay(sessionId, { email: someone() })
    await shop.delivered()
    await shop.stripe.resend((await shop.eventOf(sessionId, 'checkout.session.completed')).id)
  }
  const grown = await growth(
    twice,
    'workshop_checkout_sessions_total{variant="session",ui="hosted"}',
    'workshop_purchases_total{source="session",variant="session"}',
    'workshop_webhook_events_total{type="checkout.session.completed",outcome="duplicate"}',
  )
  expect(grown).toEqual([1, 1, 1])
})

test('what fails is counted once, by its code, and so is the payment link that it ends at', async () => {
  const { productId } = await shop.sell()
  await shop.checkout({ productId })
  const failing = async () => {
    shop.stripe.setFaults({
      failNext: { count: 1, status: 500, method: 'POST', path: '/v1/checkout/sessions' },
    })
    expect((await shop.register({ productId, attemptId: randomUUID() })).status).toBe(502)
    expect((await shop.register({ productId, quantity: -1 })).status).toBe(400)
    expect((await shop.register({ productId: 'product_of_nobody' })).status).toBe(404)
  }
  const grown = await growth(
    failing,
    'workshop_checkout_failures_total{code="stripe_error"}',
    'workshop_checkout_failures_total{code="invalid_request"}',
    'workshop_checkout_failures_total{code="product_not_found"}',
    'workshop_checkout_fallbacks_total{reason="stripe_error"}',
    'workshop_stripe_request_duration_seconds_count{operation="POST /v1/checkout/sessions",outcome="error"}',
  )
  expect(grown).toEqual([1, 1, 1, 1, 1])
})

test('what somebody has to see to is counted: a seat too many, money for nobody knows what, a sale that no event told of', async () => {
  const { productId, paymentLinkId } = await shop.sell({ capacity: 1 })
  await shop.buy({ productId })
  const unknown = await shop.sell()
  await shop.db.delete(merchantProduct).where(eq(merchantProduct.productId, unknown.productId))
  await shop.db.update(product).set({ stripeProductId: null }).where(eq(product.id, unknown.productId))
  const untold = await shop.sell()
  const selling = async () => {
    for (const link of [paymentLinkId, unknown.paymentLinkId])
      await shop.stripe.pay(shop.stripe.openLink(link).id, { email: someone() })
    await shop.delivered()
    shop.stripe.setDeliveries({ drop: true })
    await shop.buy({ productId: untold.productId })
    shop.stripe.setDeliveries({})
    await shop.cron('reconcile')
  }
  const [oversold, unknownProducts, differences] = await growth(
    selling,
    'workshop_oversold_total',
    'workshop_unknown_products_total',
    'workshop_reconcile_differences_total',
  )
  expect([oversold, unknownProducts]).toEqual([1, 1])
  await shop.db.delete(stripeEvent).where(eq(stripeEvent.status, 'parked'))
  // The one that was told of nowhere, and what the other tests left.
  expect(differences).toBeGreaterThanOrEqual(1)
})

test('an event that can not be worked on now is counted as failed, and a Stripe that says slower as that', async () => {
  const { productId } = await shop.sell()
  const sessionId = await shop.checkout({ productId })
  const failing = async () => {
    shop.stripe.setDeliveries({ hold: true })
    await shop.stripe.pay(sessionId, { email: someone() })
    const { id } = await shop.eventOf(sessionId, 'checkout.session.completed')
    shop.stripe.setFaults({
      failNext: { count: 1, status: 429, method: 'GET', path: '/v1/checkout/sessions' },
    })
    shop.stripe.setDeliveries({})
    await shop.stripe.resend(id)
    shop.stripe.setFaults({})
    await shop.stripe.flush(true)
    await shop.delivered()
  }
  const grown = await growth(
    failing,
    'workshop_webhook_events_total{type="checkout.session.completed",outcome="failed"}',
    'workshop_stripe_request_duration_seconds_count{operation="GET /v1/checkout/sessions/{id}",outcome="rate_limited"}',
  )
  expect(grown).toEqual([1, 1])
})

test('a delivery that nobody signed is counted as that', async () => {
  const [grown] = await growth(
    () => shop.send('/api/stripe/webhook', { method: 'POST', body: '{}' }),
    'workshop_webhook_events_total{type="other",outcome="unverified"}',
  )
  expect(grown).toBe(1)
})

test('what waits is read from the database, whichever server is asked', async () => {
  const long = new Date(Date.now() - 3_600_000)
  const later = new Date(Date.now() + 3_600_000)
  const event = { type: 'charge.refunded', created: 0, payload: {}, nextAttemptAt: later, receivedAt: long }
  await shop.db.insert(stripeEvent).values([
    { ...event, id: 'evt_waits' },
    { ...event, id: 'evt_parked', status: 'parked' },
  ])
  const effect = { kind: 'email.confirmation', payload: {}, nextAttemptAt: later, createdAt: long }
  await shop.db.insert(outbox).values([
    { ...effect, id: 'waits' },
    { ...effect, id: 'dead', status: 'dead' },
  ])
  const samples = await scrape()
  expect(samples.get('workshop_backlog_up')).toBe(1)
  expect(samples.get('workshop_inbox_pending')).toBe(1)
  expect(samples.get('workshop_inbox_parked')).toBe(1)
  expect(samples.get('workshop_inbox_oldest_seconds')).toBeGreaterThan(3590)
  expect(samples.get('workshop_inbox_oldest_seconds')).toBeLessThan(3700)
  expect(samples.get('workshop_outbox_pending')).toBeGreaterThanOrEqual(1)
  expect(samples.get('workshop_outbox_dead')).toBe(1)
  expect(samples.get('workshop_outbox_oldest_seconds')).toBeGreaterThan(3590)
})

test('labels hold no id, no address and nothing that a stranger chose', async () => {
  await shop.register({ productId: 'x'.repeat(40), email: 'label@example.com' })
  await shop.send('/api/workshop/checkout/cs_test_made_up')
  await shop.send('/api/workshop/made-up-slug/offer?couponCode=LABEL')
  const series = [...(await scrape()).keys()].join('\n')
  expect(series).toContain('route="/api/workshop/checkout/{sessionId}"')
  expect(series).toContain('operation="select"')
  expect(series).not.toMatch(/made.up|LABEL|label@|x{40}|cs_test|prod_|price_/)
})
