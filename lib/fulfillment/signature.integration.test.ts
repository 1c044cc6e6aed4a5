import { randomBytes } from 'node:crypto'
import { isNull } from 'drizzle-orm'
import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stripeEvent } from '@/db/schema'
import { openShop, type Shop } from '@/sandbox/testing/shop'

const OLD_SECRET = `whsec_${randomBytes(16).toString('hex')}`

let shop: Shop

beforeAll(async () => {
  shop = await openShop()
  // As during a rotation: the endpoint's secret, and the one before it.
  await shop.restart({ STRIPE_WEBHOOK_SECRET: `${secret()},${OLD_SECRET}` })
})
afterAll(() => shop.stop())

const secret = () => shop.env.STRIPE_WEBHOOK_SECRET ?? ''
const now = () => Math.floor(Date.now() / 1000)

const anEvent = (change: object = {}) =>
  JSON.stringify({
    id: `evt_${randomBytes(8).toString('hex')}`,
    object: 'event',
    type: 'checkout.session.completed',
    created: now(),
    data: { object: { id: 'cs_test_forged', object: 'checkout.session' } },
    ...change,
  })

const sign = (payload: string, options: { secret?: string; timestamp?: number } = {}) =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret: secret(), timestamp: now(), ...options })

const deliver = (body: string | Uint8Array<ArrayBuffer>, signature?: string) =>
  shop.send('/api/stripe/webhook', {
    method: 'POST',
    body,
    headers: {
      'Content-Type': 'application/json',
      ...(signature !== undefined && { 'Stripe-Signature': signature }),
    },
  })

const stored = async () => (await shop.db.select({ id: stripeEvent.id }).from(stripeEvent)).length

async function expectRefused(body: string | Uint8Array<ArrayBuffer>, signature?: string) {
  const before = await stored()
  const answer = await deliver(body, signature)
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  expect(await stored()).toBe(before)
}

describe('what Stripe signed', () => {
  test('is taken, with the secret before it too', async () => {
    for (const key of [secret(), OLD_SECRET]) {
      const event = anEvent({ type: 'customer.created' })
      expect(await deliver(event, sign(event, { secret: key }))).toMatchObject({
        status: 200,
        body: { received: true },
      })
    }
  })

  test('of a type that is no concern of ours is recorded as ignored', async () => {
    const id = `in_${randomBytes(8).toString('hex')}`
    const event = anEvent({ type: 'invoice.paid', data: { object: { id } } })
    expect((await deliver(event, sign(event))).status).toBe(200)
    expect(await shop.inbox(id, 'invoice.paid')).toMatchObject([{ status: 'ignored', objectId: id }])
  })

  test('and sent twice is a duplicate the second time', async () => {
    const event = anEvent({ type: 'customer.created' })
    await deliver(event, sign(event))
    expect((await deliver(event, sign(event))).body).toEqual({ received: true, duplicate: true })
  })

  test('about a session that Stripe does not know is parked, and asks for no second delivery', async () => {
    const id = `cs_test_${randomBytes(8).toString('hex')}`
    const event = anEvent({ data: { object: { id } } })
    expect((await deliver(event, sign(event))).status).toBe(200)
    expect(await shop.inbox(id, 'checkout.session.completed')).toMatchObject([
      { status: 'parked', reason: expect.stringContaining('No such') },
    ])
  })

  test('and names no object is parked, and keeps nobody else from being worked on', async () => {
    const event = anEvent({ data: { object: { object: 'checkout.session' } } })
    expect((await deliver(event, sign(event))).status).toBe(200)
    const parked = await shop.db.select().from(stripeEvent).where(isNull(stripeEvent.objectId))
    expect(parked).toMatchObject([{ status: 'parked', reason: 'names no object' }])
    expect((await shop.cron('inbox')).status).toBe(200)
  })

  test('several signatures: one that holds is enough', async () => {
    const event = anEvent({ type: 'customer.created' })
    const other = sign(event, { secret: 'whsec_other' }).split(',')[1]
    expect((await deliver(event, `${sign(event)},${other}`)).status).toBe(200)
  })
})

describe('what Stripe did not sign', () => {
  const [time, v1] = ['t=', 'v1=']
  const forgeries: Record<string, (body: string) => [string, string | undefined]> = {
    'no signature': (body) => [body, undefined],
    'an empty one': (body) => [body, ''],
    nonsense: (body) => [body, 'nonsense'],
    'only a time': (body) => [body, `${time}${now()}`],
    'only a signature': (body) => [body, `${v1}${'0'.repeat(64)}`],
    'zeros for a signature': (body) => [body, `${time}${now()},${v1}${'0'.repeat(64)}`],
    'another secret': (body) => [body, sign(body, { secret: 'whsec_other' })],
    'an empty secret': (body) => [body, sign(body, { secret: ' ' })],
    'both secrets as one': (body) => [body, sign(body, { secret: `${secret()},${OLD_SECRET}` })],
    'six minutes old': (body) => [body, sign(body, { timestamp: now() - 360 })],
    'a year old': (body) => [body, sign(body, { timestamp: now() - 31_536_000 })],
    'six minutes from the future': (body) => [body, sign(body, { timestamp: now() + 360 })],
    'a time that was changed': (body) => [
      body,
      sign(body, { timestamp: now() - 5 }).replace(/t=\d+/, `t=${now()}`),
    ],
    'a second time, from the future': (body) => [body, `${sign(body)},t=${now() + 9999}`],
    'the older scheme': (body) => [body, sign(body).replace('v1=', 'v0=')],
    'a signature cut short': (body) => [body, sign(body).slice(0, -1)],
    'a signature with more': (body) => [body, `${sign(body)}0`],
    'another body': (body) => [anEvent(), sign(body)],
    'no body': (body) => ['', sign(body)],
    'a body with more': (body) => [`${body}\n`, sign(body)],
    'a body with a mark before it': (body) => [`\uFEFF${body}`, sign(body)],
    'a body cut short': (body) => [body.slice(0, -1), sign(body)],
    'the same JSON, spaced': (body) => [JSON.stringify(JSON.parse(body), null, 2), sign(body)],
    'no JSON, but signed': () => ['not json', sign('not json')],
  }
  test.for(Object.entries(forgeries))('is refused: %s', ([, forge]) => expectRefused(...forge(anEvent())))

  test('is refused with any one byte changed', async () => {
    const event = anEvent()
    const signature = sign(event)
    const bytes = Buffer.from(event)
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 25)) {
      const changed = Uint8Array.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      await expectRefused(changed, signature)
    }
  })

  test('is refused with any one character of the signature changed', async () => {
    const event = anEvent()
    const signature = sign(event)
    const start = signature.indexOf('v1=') + 3
    for (let at = start; at < signature.length; at += 3) {
      const other = signature[at] === '0' ? '1' : '0'
      await expectRefused(event, `${signature.slice(0, at)}${other}${signature.slice(at + 1)}`)
    }
  })
})

test('a megabyte is the most that is read', async () => {
  const event = anEvent({ padding: 'x'.repeat(1024 * 1024) })
  const answer = await deliver(event, sign(event))
  expect(answer).toMatchObject({ status: 413, body: { code: 'payload_too_large' } })
})

test('the address takes no redirect to be reached', async () => {
  const event = anEvent({ type: 'customer.created' })
  const answer = await shop.send('/api/stripe/webhook/', {
    method: 'POST',
    body: event,
    headers: { 'Stripe-Signature': sign(event) },
  })
  expect(answer.status).toBe(200)
})
