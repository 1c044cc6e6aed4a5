import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chunksOf, modulesIn, packagesIn } from '@/sandbox/testing/loaded'
import { openShop, type Shop, someone } from '@/sandbox/testing/shop'

/**
 * A process that starts answers its first buyer the sooner the less it loads: what is heavy comes with the first mail, the first error,
 * the first event, or never.
 */
const HEAVY =
  /^(@react-email\/.+|react-email|html-to-text|prettier|nodemailer|resend|@sentry\/.+|inngest|@redis\/.+|@opentelemetry\/(sdk|exporter|otlp).*|commander|@clack\/.+|csv-stringify|cli-progress|ics|simple-statistics|flags)$/
const HEAVY_OF_OURS =
  /^(ops|sandbox)\/|^lib\/(email\/(confirmation|payment-failed|refund|layout|theme|plain-text)|telemetry\/(sdk|sentry)|contract\/openapi|reconcile\/|calendar\/)/

const heavyIn = (files: string[]) => [
  ...[...packagesIn(files)].filter((name) => HEAVY.test(name)),
  ...[...modulesIn(files)].filter((name) => HEAVY_OF_OURS.test(name)),
]

/** Next reads the files of all routes when it starts, and runs each with its first request: what these need is theirs. */
const OF_OTHER_ROUTES = /^(ics|flags)$|^lib\/(calendar|reconcile)\/|^lib\/contract\/openapi/

describe.for(['api/workshop/checkout/route', 'api/stripe/webhook/route'])('%s', (entry) => {
  const files = () => [...chunksOf(entry).keys()]

  test('loads nothing heavy before its first request', () => {
    expect(heavyIn(files())).toEqual([])
  })

  test('is really looked into', () => {
    expect([...packagesIn(files())]).toEqual(expect.arrayContaining(['drizzle-orm', 'zod']))
    expect([...modulesIn(files())]).toContain('lib/http/route.ts')
  })
})

describe('a server with everything set up', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop({ RATE_LIMIT: '1000/60' })
  })
  afterAll(() => shop.stop())

  test('answers a checkout and a webhook without what is heavy, and writes mail with it', async () => {
    const server = await shop.runServer(
      {
        SENTRY_DSN: 'http://public@127.0.0.1:9/1',
        INNGEST_EVENT_KEY: 'bench-key',
        INNGEST_BASE_URL: 'http://127.0.0.1:9',
      },
      { observed: true },
    )
    const loaded = async () =>
      heavyIn((await server.observed.files()).map(([file]) => file)).filter(
        (name) => !OF_OTHER_ROUTES.test(name),
      )
    const { productId } = await shop.sell()
    const request = { productId, attemptId: randomUUID() }
    const { status, body } = await shop.register(request, undefined, {}, server.url)
    expect(status).toBe(200)
    // To this server, before the other one gets to hear of it.
    shop.stripe.setDeliveries({ drop: true })
    const sessionId = String(body.sessionId)
    const email = someone()
    await shop.stripe.pay(sessionId, { email })
    const deliver = async (type: string, objectId: string) =>
      (await shop.deliver(await shop.eventOf(objectId, type), server.url)).status
    const intent = String((await shop.client.checkout.sessions.retrieve(sessionId)).payment_intent)
    expect(await deliver('payment_intent.succeeded', intent)).toBe(200)
    expect(await loaded()).toEqual([])
    expect(await deliver('checkout.session.completed', sessionId)).toBe(200)
    await expect.poll(() => shop.mailTo(email).length, { timeout: 30_000 }).toBe(1)
    expect(await loaded()).toEqual(expect.arrayContaining(['nodemailer', 'lib/email/confirmation.ts']))
  })
})
