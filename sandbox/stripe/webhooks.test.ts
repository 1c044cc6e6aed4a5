import Stripe from 'stripe'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Harness, SECRET, startHarness, until } from './harness'
import { sign } from './webhooks'

let harness: Harness
beforeEach(async () => {
  harness = await startHarness()
  await until(() => harness.inbox.length === 2)
  harness.inbox.length = 0
})
afterEach(() => harness.close())

const of = (type: string) => harness.inbox.filter((event) => event.type === type)

describe('deliveries', () => {
  it('are signed so that the SDK believes them, and the other secret’s are not', () => {
    const payload = '{"id":"evt_1","object":"event"}'
    expect(Stripe.webhooks.constructEvent(payload, sign(payload, SECRET), SECRET).id).toBe('evt_1')
    expect(() => Stripe.webhooks.constructEvent(payload, sign(payload, 'whsec_other'), SECRET)).toThrow()
  })

  it('carry the object as it was, in Stripe’s envelope', async () => {
    const session = await harness.makeSession({}, { idempotencyKey: 'made-by-me' })
    await harness.stripe.checkout.sessions.expire(session.id, {}, { idempotencyKey: 'ended-by-me' })
    await until(() => harness.inbox.length === 1)
    expect(harness.inbox[0]).toMatchObject({
      object: 'event',
      api_version: '2026-10-28.endive',
      livemode: false,
      pending_webhooks: 1,
      type: 'checkout.session.expired',
      request: { idempotency_key: 'ended-by-me' },
      data: { object: { id: session.id, status: 'expired' } },
    })
  })

  it('are tried again after a failure, a redirect being one', async () => {
    const answers = [500, 308, 200]
    harness.answerWith(() => answers.shift() ?? 200)
    await harness.control.expire((await harness.makeSession()).id)
    await until(() => harness.inbox.length === 3)
    await until(() => harness.control.deliveries().at(-1)?.status === 'delivered')
    const delivery = harness.control.deliveries().at(-1)
    expect(delivery?.attempts.map((attempt) => attempt.status)).toEqual([500, 308, 200])
    const event = await harness.stripe.events.retrieve(delivery?.event ?? '')
    expect(event.pending_webhooks).toBe(0)
    expect(new Set(harness.inbox.map((received) => received.id)).size).toBe(1)
  })

  it('are given up after the last try, and can be sent again', async () => {
    harness.answerWith(503)
    await harness.control.expire((await harness.makeSession()).id)
    await until(() => harness.control.deliveries().at(-1)?.status === 'failed')
    expect(harness.inbox).toHaveLength(3)
    harness.answerWith(200)
    await harness.control.resend(harness.inbox[0]?.id ?? '')
    expect(harness.control.deliveries().at(-1)?.status).toBe('delivered')
  })

  it('can be doubled, dropped, held back and shuffled', async () => {
    const { control } = harness
    control.setDeliveries({ copies: 2 })
    await control.pay((await harness.makeSession()).id)
    await until(() => of('checkout.session.completed').length === 2)
    control.setDeliveries({ drop: ['checkout.session.completed'] })
    await control.pay((await harness.makeSession()).id)
    await until(() => of('payment_intent.succeeded').length === 3)
    expect(of('checkout.session.completed')).toHaveLength(2)
    control.setDeliveries({ hold: true })
    harness.inbox.length = 0
    await control.pay((await harness.makeSession()).id)
    expect(harness.inbox).toHaveLength(0)
    control.setDeliveries({})
    expect(await control.flush(true)).toBe(4)
    expect(harness.types().sort()).toEqual([
      'charge.succeeded',
      'checkout.session.completed',
      'payment_intent.created',
      'payment_intent.succeeded',
    ])
  })

  it('go to every endpoint that wants them, each with its own secret', async () => {
    const { stripe } = harness
    const endpoint = await stripe.webhookEndpoints.create({
      url: `${harness.sandbox.url}/nobody-here`,
      enabled_events: ['checkout.session.expired'],
    })
    expect(endpoint.secret).toMatch(/^whsec_/)
    expect((await stripe.webhookEndpoints.retrieve(endpoint.id)).secret).toBeUndefined()
    await harness.control.expire((await harness.makeSession()).id)
    await until(() => harness.control.deliveries().some((delivery) => delivery.url === endpoint.url))
    await stripe.webhookEndpoints.update(endpoint.id, { disabled: true })
    const before = harness.control.deliveries().length
    await harness.control.expire((await harness.makeSession()).id)
    expect(harness.control.deliveries()).toHaveLength(before + 1)
    await stripe.webhookEndpoints.del(endpoint.id)
    expect((await stripe.webhookEndpoints.list()).data).toHaveLength(1)
  })
})
