import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exposure, outbox, rateLimit, stripeEvent } from '@/db/schema'
import { openShop, type Shop, someone } from '@/sandbox/testing/shop'

let shop: Shop

beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.stop())

const age = async (days: number) => {
  await shop.db.update(stripeEvent).set({ receivedAt: sql`receivedAt - interval ${days} day` })
  await shop.db.update(outbox).set({ createdAt: sql`createdAt - interval ${days} day` })
}

async function sold() {
  const { productId } = await shop.sell()
  const email = someone('trimmed')
  const sessionId = await shop.buy({ productId }, { email, name: 'Trimmed Person' })
  await shop.delivered()
  const sent = async () => {
    await shop.cron('outbox')
    return shop.db.$count(outbox, eq(outbox.status, 'pending'))
  }
  await expect.poll(sent, { timeout: 10_000 }).toBe(0)
  return { sessionId, email, productId }
}

const stored = async () =>
  JSON.stringify([await shop.db.select().from(stripeEvent), await shop.db.select().from(outbox)])

test('after thirty days what Stripe and the mail said of a buyer is cut down to ids, and not before', async () => {
  const { sessionId, email } = await sold()
  await shop.cron('inbox')
  // A person said that it is never sent.
  await shop.db.insert(outbox).values({
    id: 'confirmation:cancelled',
    kind: 'email.confirmation',
    payload: { email },
    status: 'cancelled',
  })
  await age(29)
  await shop.cron('inbox')
  await shop.cron('outbox')
  expect(await stored()).toContain(email)

  await age(2)
  expect((await shop.cron('inbox')).body).toMatchObject({ trimmedEvents: expect.any(Number) })
  await shop.cron('outbox')
  const text = await stored()
  expect(text).not.toContain(email)
  expect(text).not.toContain('Trimmed Person')
  const [event] = await shop.inbox(sessionId, 'checkout.session.completed')
  expect(event).toMatchObject({
    trimmed: true,
    status: 'processed',
    payload: { data: { object: { id: sessionId } } },
  })
  expect((await shop.cron('inbox')).body).toMatchObject({ trimmedEvents: 0 })
  expect((await shop.cron('outbox')).body).toMatchObject({ trimmed: 0 })
})

test('what a dispute is found by is kept, so that it can be worked on again', async () => {
  const { sessionId } = await sold()
  const { id } = shop.stripe.openDispute({ session: sessionId })
  await shop.delivered()
  await age(31)
  await shop.cron('inbox')
  const { chargeId, paymentIntentId } = await shop.checkoutOf(sessionId)
  await shop.db.update(stripeEvent).set({ status: 'pending' }).where(eq(stripeEvent.objectId, id))
  const [event] = await shop.inbox(id, 'charge.dispute.created')
  expect(event?.payload).toEqual({
    data: { object: { id, charge: chargeId, payment_intent: paymentIntentId } },
  })
  await shop.makeDue()
  await shop.cron('inbox')
  expect(await shop.inbox(id, 'charge.dispute.created')).toMatchObject([{ status: 'processed' }])
})

test('what waits keeps all that it says, however old it is', async () => {
  const { sessionId, email } = await sold()
  const dead = { id: 'confirmation:dead', kind: 'email.confirmation', payload: { email } } as const
  await shop.db.insert(outbox).values({ ...dead, status: 'dead' })
  const waiting = {
    status: 'pending' as const,
    nextAttemptAt: new Date(Date.now() + 3_600_000),
    trimmed: false,
  }
  await shop.db.update(stripeEvent).set(waiting).where(eq(stripeEvent.objectId, sessionId))
  await age(40)
  await shop.cron('inbox')
  await shop.cron('outbox')
  expect(await shop.db.select().from(outbox).where(eq(outbox.id, dead.id))).toMatchObject([dead])
  const [event] = await shop.inbox(sessionId, 'checkout.session.completed')
  expect(JSON.stringify(event?.payload)).toContain(email)
})

test('counts of requests whose time is over are deleted, those in use are not', async () => {
  await shop.db.insert(rateLimit).values([
    { key: 'over', points: 1, expire: Date.now() - 1000 },
    { key: 'in use', points: 1, expire: Date.now() + 60_000 },
  ])
  expect((await shop.cron('inbox')).body).toMatchObject({ expiredCounts: 1 })
  expect(await shop.db.select().from(rateLimit)).toMatchObject([{ key: 'in use' }])
})

test('who was shown what is deleted after half a year, and not before', async () => {
  const shown = (visitorId: string, days: number) => ({
    visitorId,
    productId: 'product_trimmed',
    variant: 'session',
    shownAt: new Date(Date.now() - days * 86_400_000),
  })
  await shop.db.insert(exposure).values([shown('lately', 179), shown('long_ago', 181)])
  expect((await shop.cron('inbox')).body).toMatchObject({ trimmedExposures: 1 })
  const left = await shop.db.select().from(exposure).where(eq(exposure.productId, 'product_trimmed'))
  expect(left.map(({ visitorId }) => visitorId)).toEqual(['lately'])
})
