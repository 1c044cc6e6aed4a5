import { randomBytes, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SpanStatusCode } from '@opentelemetry/api'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { openShop, type Shop, someone } from '@/sandbox/testing/shop'
import { storefrontEnv } from '@/sandbox/testing/storefront-env'

/** A stand-in for a collector and for Sentry: keeps what it was sent, by its path. */
const received: { path: string; body: string }[] = []
const listener = createServer(async (request, response) => {
  received.push({ path: request.url ?? '', body: await text(request) })
  response.setHeader('Content-Type', 'application/json').end('{}')
})

const key = randomBytes(20).toString('hex')
let shop: Shop
let storefront: string

beforeAll(async () => {
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  const telemetry = {
    SENTRY_DSN: `http://public@127.0.0.1:${port}/7`,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '200',
    OTEL_METRIC_EXPORT_INTERVAL: '500',
    OTEL_METRIC_EXPORT_TIMEOUT: '400',
  }
  shop = await openShop({
    ...telemetry,
    OTEL_SERVICE_NAME: 'commerce',
    COURSE_BUILDER_API_KEY: key,
    METRICS_TOKEN: key,
  })
  storefront = await shop.addServer({
    ...telemetry,
    OTEL_SERVICE_NAME: 'storefront',
    METRICS_TOKEN: '',
    ...storefrontEnv(shop.url),
  })
})
afterAll(async () => {
  await shop.stop()
  listener.closeAllConnections()
  listener.close()
})

const value = z.object({ stringValue: z.string().optional() })
const attributes = z.array(z.object({ key: z.string(), value }))
const tracesSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              attributes: attributes.default([]),
              status: z
                .object({ code: z.number().default(0), message: z.string().optional() })
                .default({ code: 0 }),
            }),
          ),
        }),
      ),
    }),
  ),
})

const byKey = (list: z.output<typeof attributes>) =>
  Object.fromEntries(list.map(({ key: name, value: { stringValue } }) => [name, stringValue]))

/** Every span that has arrived so far, with the service that sent it. */
const spans = () =>
  received
    .filter(({ path }) => path === '/v1/traces')
    .flatMap(({ body }) => tracesSchema.parse(JSON.parse(body)).resourceSpans)
    .flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap((scope) =>
        scope.spans.map((span) => ({
          ...span,
          service: byKey(resource.attributes)['service.name'],
          is: byKey(span.attributes),
        })),
      ),
    )

const came = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 100 })
const lines = () =>
  shop
    .logs()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): Record<string, unknown> => JSON.parse(line))

/** No address, name or secret of anybody in what leaves the server. */
function namesNobody(body: string, email: string) {
  expect(body).not.toContain(email)
  for (const secret of [
    key,
    shop.env.STRIPE_SECRET_KEY,
    shop.env.STRIPE_WEBHOOK_SECRET,
    shop.env.CRON_SECRET,
  ])
    expect(body).not.toContain(secret)
  expect(body).not.toMatch(/Lovelace|mysql:\/\//)
}

describe('one sale, through a storefront, the commerce side and a webhook', () => {
  const requestId = `sale-${randomUUID()}`
  const traceId = randomBytes(16).toString('hex')
  const email = someone('traced')
  let sessionId: string

  beforeAll(async () => {
    const { productId } = await shop.sell()
    const answer = await shop.register(
      { productId, email, metadata: { name: 'Ada Lovelace' } },
      undefined,
      { 'X-Request-Id': requestId, traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` },
      storefront,
    )
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-request-id')).toBe(requestId)
    sessionId = String(answer.body.sessionId)
    await shop.stripe.pay(sessionId, { email, name: 'Ada Lovelace' })
    await shop.delivered()
  })

  test('is one trace, from the caller’s own span down to Stripe and the database', async () => {
    const wanted = [
      ['storefront', 'POST /api/workshop/checkout'],
      ['storefront', 'commerce request'],
      ['commerce', 'POST /api/stripe/checkout-session'],
      ['commerce', 'stripe POST /v1/checkout/sessions'],
      ['commerce', 'mysql insert'],
    ]
    const ours = () => spans().filter((span) => span.traceId === traceId)
    // Each server sends its spans in its own time: what hangs together is whole when the last of them has come.
    await came(() => {
      const seen = ours().map(({ service, name }) => [service, name])
      for (const one of wanted) expect(seen).toContainEqual(one)
      // Next has a span of the same name around ours, which knows no request id, and may arrive before it.
      const called = ours().find(
        ({ name, is }) =>
          name === 'POST /api/stripe/checkout-session' && is['workshop.request_id'] === requestId,
      )
      expect(called?.service).toBe('commerce')
      const ids = new Map(ours().map((span) => [span.spanId, span]))
      // Whose span the commerce side's hangs on is the storefront's.
      const ancestors = []
      for (let span = called; span; span = ids.get(span.parentSpanId ?? '')) ancestors.push(span.service)
      expect(ancestors).toContain('storefront')
    })
  })

  test('is found again in the webhook’s span and lines, by the id that the browser was answered', async () => {
    const { id: checkoutId } = await shop.checkoutOf(sessionId)
    await came(() => {
      const webhook = spans().filter(({ is }) => is['workshop.checkout_request_id'] === requestId)
      expect(webhook.map(({ name }) => name)).toContain('POST /api/stripe/webhook')
      expect(webhook.map(({ name }) => name)).toContain('transaction')
      for (const { is } of webhook) expect(is['workshop.checkout_id']).toBe(checkoutId)
    })
    const events = (name: string) => lines().filter(({ event }) => event === name)
    expect(events('checkout.requested').filter((line) => line.requestId === requestId)).not.toEqual([])
    expect(events('checkout.created')).toContainEqual(
      expect.objectContaining({ requestId, checkoutId, sessionId }),
    )
    expect(events('purchase.recorded')).toContainEqual(
      expect.objectContaining({ checkoutRequestId: requestId, checkoutId, sessionId }),
    )
    expect(events('webhook.worked')).toContainEqual(
      expect.objectContaining({ checkoutRequestId: requestId, checkoutId }),
    )
  })

  test('names nobody', async () => {
    await came(() => expect(spans().some(({ name }) => name === 'POST /api/stripe/webhook')).toBe(true))
    for (const { body } of received) namesNobody(body, email)
    namesNobody(shop.logs(), email)
  })

  test('is counted over OTLP as well, beside the scrape', async () => {
    await came(() => {
      const metrics = received.filter(({ path }) => path === '/v1/metrics').map(({ body }) => body)
      for (const [service, name] of [
        ['commerce', 'workshop_purchases_total'],
        ['storefront', 'workshop_http_request_duration_seconds'],
      ])
        expect(metrics.some((body) => body.includes(String(service)) && body.includes(String(name)))).toBe(
          true,
        )
    })
  })
})

test('an error reaches Sentry from a running server, with its ids and with nobody in it', async () => {
  const { productId } = await shop.sell()
  const email = someone('failed')
  const requestId = `fail-${randomUUID()}`
  await shop.checkout({ productId })
  shop.stripe.setFaults({ failRate: 1 })
  const answer = await shop
    .register({ productId, email, attemptId: randomUUID() }, undefined, { 'X-Request-Id': requestId })
    .finally(() => shop.stripe.setFaults({}))
  expect(answer.status).toBe(502)
  const envelope = () =>
    received.find(({ path, body }) => path.includes('/api/7/envelope') && body.includes(requestId))
  await came(() => expect(envelope()).toBeDefined())
  const { body = '' } = envelope() ?? {}
  expect(body).toContain(`"requestId":"${requestId}"`)
  expect(body).toContain('"code":"stripe_error"')
  expect(body).toContain('"level":"error"')
  namesNobody(body, email)
})

test('a trace shows where it failed: by the kind of what was thrown, never by its words', async () => {
  const { productId } = await shop.sell()
  await shop.checkout({ productId })
  const failing = async (faults: { failRate: number } | { refuse: true }) => {
    const requestId = `trace-${randomUUID()}`
    shop.stripe.setFaults(faults)
    const { status } = await shop
      .register({ productId, attemptId: randomUUID() }, undefined, { 'X-Request-Id': requestId })
      .finally(() => shop.stripe.setFaults({}))
    expect(status).toBe(502)
    return requestId
  }
  const statusOf = (requestId: string, name: string) =>
    spans()
      .filter((span) => span.name === name && span.is['workshop.request_id'] === requestId)
      .map(({ status }) => status)
  const failed = { code: SpanStatusCode.ERROR }
  const [answered, refused] = [await failing({ failRate: 1 }), await failing({ refuse: true })]
  await came(() => {
    for (const requestId of [answered, refused])
      expect(statusOf(requestId, 'POST /api/workshop/checkout')).toEqual([failed])
    expect(statusOf(answered, 'stripe POST /v1/checkout/sessions')).toEqual([failed])
    expect(statusOf(refused, 'stripe POST /v1/checkout/sessions')).toContainEqual({
      ...failed,
      message: 'TypeError',
    })
  })
  // Of the sale before, which went well, nothing is marked.
  const sold = spans().filter(({ name, status }) => name === 'transaction' && status.code !== 0)
  expect(sold).toEqual([])
})
