import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inParallel, newVisitor, openShop, type Shop, someone } from '@/sandbox/testing/shop'

/** A server keeps nothing that another one would miss: what one had begun when it was killed, the other brings to its end. */

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ RATE_LIMIT: '1000/60' })
})
afterAll(() => shop.stop())

const BUYERS = 24
const ABREAST = 8

test('one of two servers is killed in the middle of everything', async () => {
  const second = await shop.runServer()
  const { productId } = await shop.sell({ capacity: BUYERS })
  // What happens is told by hand, to the server that the buyer came to.
  shop.stripe.setDeliveries({ drop: true })
  shop.stripe.setFaults({ latencyMs: 150 })
  let underWay = 0
  let unanswered = 0
  /** At this server, and where it gives no answer, again at the other: a browser and Stripe both do so. */
  const ask = async (server: string, work: (server: string) => Promise<{ status: number }>) => {
    if (server === second.url) underWay++
    const answer = await work(server).catch(() => undefined)
    if (server === second.url) underWay--
    if (answer?.status === 200) return answer
    unanswered++
    return work(shop.url)
  }
  const buy = async (number: number) => {
    const [visitor, email, attemptId] = [newVisitor(), someone('two'), randomUUID()]
    const server = number % 2 ? second.url : shop.url
    const register = (at: string) => shop.register({ productId, attemptId }, visitor, {}, at)
    expect(await ask(server, register)).toMatchObject({ status: 200 })
    const sessionId = String((await register(shop.url)).body.sessionId)
    await shop.stripe.pay(sessionId, { email })
    const event = await shop.eventOf(sessionId, 'checkout.session.completed')
    expect(await ask(server, (at) => shop.deliver(event, at))).toMatchObject({ status: 200 })
    return { sessionId, email }
  }
  const buying = inParallel([...Array(BUYERS).keys()], ABREAST, buy)
  await expect
    .poll(async () => (await shop.purchases(productId)).length >= 4 && underWay >= 2, {
      timeout: 60_000,
      interval: 5,
    })
    .toBe(true)
  await second.kill()
  const sold = await buying
  expect(unanswered).toBeGreaterThanOrEqual(2)

  await shop.makeDue()
  await shop.cron('inbox')
  await shop.cron('outbox')
  expect(await shop.purchases(productId)).toHaveLength(BUYERS)
  // One session an attempt: whoever asked the other server got the one that the first had begun.
  expect(await shop.checkouts(productId)).toHaveLength(BUYERS)
  for (const { sessionId, email } of sold) {
    expect(await shop.status(sessionId)).toMatchObject({ status: 'complete' })
    await expect.poll(() => shop.mailTo(email).length, { timeout: 30_000 }).toBeGreaterThanOrEqual(1)
  }
})
