import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { outbox, stripeEvent } from '@/db/schema'
import { type PrometheusServer, startPrometheus } from '@/sandbox/testing/prometheus-server'
import { newVisitor, openShop, type Shop, someone, type WorkshopOnSale } from '@/sandbox/testing/shop'

const token = randomBytes(16).toString('hex')
const panelSchema = z.object({
  title: z.string(),
  targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).default([]),
})
const { panels } = z
  .object({ panels: z.array(panelSchema) })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../dashboard.json'), 'utf8')))
const queries = panels.flatMap(({ title, targets }) =>
  targets.map(({ expr, legendFormat }) => ({ title, expr, legend: legendFormat })),
)

/** What may stand at nought: it is there, and here it is not made to happen. */
const GOOD_NEWS = new Set([
  'unknown products',
  'oversold',
  'differences',
  'dead letters',
  'Database: errors a minute',
])

let shop: Shop
let prometheus: PrometheusServer
let workshop: WorkshopOnSale
let yen: WorkshopOnSale

beforeAll(async () => {
  shop = await openShop({ METRICS_TOKEN: token })
  const another = await shop.addServer()
  workshop = await shop.sell()
  yen = await shop.sell({ price: { amount: 32_000, currency: 'jpy' } })
  prometheus = await startPrometheus([shop.url, another], token)
  // A series that begins while nobody looks has grown by nothing: the second day of business shows what the first began.
  await business()
  await prometheus.scraped(2)
  await business()
  await fallback()
  await prometheus.scraped(3)
}, 240_000)
afterAll(async () => {
  await prometheus?.stop()
  await shop?.stop()
})

async function business() {
  for (const { productId, slug } of [workshop, yen]) {
    const visitor = newVisitor()
    await shop.send(`/api/workshop/${slug}/offer`, { headers: { Cookie: `workshop_visitor=${visitor.id}` } })
    const sessionId = await shop.buy({ productId }, { email: someone() }, visitor)
    await shop.stripe.resend((await shop.eventOf(sessionId, 'checkout.session.completed')).id)
  }
  const link = shop.stripe.openLink(workshop.paymentLinkId, {})
  await shop.stripe.pay(link.id, { email: someone() })
  await shop.register({ productId: workshop.productId, couponCode: 'NOBODYS' })
  await shop.delivered()
  await shop.cron('outbox')
  await leaveSomethingWaiting()
}

async function leaveSomethingWaiting() {
  const receivedAt = new Date(Date.now() - 3_600_000)
  const nextAttemptAt = new Date(Date.now() + 3_600_000)
  const event = { type: 'charge.refunded', created: 0, payload: {}, nextAttemptAt, receivedAt }
  await shop.db.insert(stripeEvent).values([
    { ...event, id: `evt_${randomUUID()}` },
    { ...event, id: `evt_${randomUUID()}`, status: 'parked' },
  ])
  const effect = { kind: 'email.confirmation', payload: {}, nextAttemptAt, createdAt: receivedAt }
  await shop.db.insert(outbox).values({ ...effect, id: randomUUID() })
}

/** More failures than the guard puts up with. */
async function fallback() {
  shop.stripe.setFaults({ failRate: 1 })
  const { productId } = workshop
  const attempts = Array.from({ length: 24 }, () => shop.register({ productId, attemptId: randomUUID() }))
  expect((await Promise.all(attempts)).every(({ status }) => status === 502)).toBe(true)
  shop.stripe.setFaults({})
}

/** As Grafana asks, with a zoom and a time that fit a test. */
const filled = (expr: string) => expr.replaceAll('$__rate_interval', '10s').replaceAll('$__range', '10m')
const last = async (title: string) => {
  const answers = []
  for (const { expr, legend } of queries.filter((query) => query.title === title))
    for (const { labels, values } of await prometheus.query(filled(expr), 5))
      answers.push([legend.replaceAll(/{{(\w+)}}/g, (_, name) => labels[name] ?? ''), values.at(-1)])
  return Object.fromEntries(answers)
}

describe.each(queries)('$title: $legend', ({ title, expr, legend }) => {
  test('has something to show', async () => {
    expect(expr).not.toMatch(/\$(?!__rate_interval|__range)/)
    const series = await prometheus.query(filled(expr), 120)
    expect(series.length, expr).toBeGreaterThan(0)
    for (const [, label = ''] of legend.matchAll(/{{(\w+)}}/g))
      for (const { labels } of series) expect(labels, expr).toHaveProperty(label)
    const most = Math.max(...series.flatMap(({ values }) => values))
    if (!GOOD_NEWS.has(legend) && !GOOD_NEWS.has(title)) expect(most, expr).toBeGreaterThan(0)
  })
})

describe('and it is what happened', () => {
  test('money in whole units of its currency', async () => {
    // `increase` reaches a little beyond what it saw.
    const { usd, jpy } = await last('Revenue')
    // No workshop is declared in yen: there only the second sale is one that was seen.
    expect(jpy).toBeGreaterThanOrEqual(32_000)
    expect(jpy).toBeLessThan(2.2 * 32_000)
    expect(usd).toBeGreaterThanOrEqual(2 * 499)
    expect(usd).toBeLessThan(4.4 * 499)
  })

  test('two servers, both with their database', async () => {
    expect(await last('Servers')).toEqual({ scraped: 2, 'with database': 2 })
  })

  test('the parked wait for a person, and the guard opened once', async () => {
    expect(await last('Waiting for a person')).toMatchObject({ 'parked events': 2, 'dead letters': 0 })
    const { open = 0, closed } = await last('Guard: changes of mind')
    expect(Math.round(Number(open))).toBe(1)
    expect(closed).toBe(0)
  })
})
