import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkoutSession, product, purchase } from '@/db/schema'
import { inParallel, newVisitor, openShop, type Shop } from '@/sandbox/testing/shop'
import { attemptKey } from './attempt'
import { type NewHold, seatsLeft, takeHold } from './hold'

const SEATS = 20
const BUYERS = 200

let shop: Shop

beforeAll(async () => {
  shop = await openShop({ LOG_LEVEL: 'warn' })
})
afterAll(() => shop.stop())

describe(`${BUYERS} buyers after ${SEATS} seats`, () => {
  /** Everybody presses at once, on two servers; half of them are here for the first time, without a cookie. */
  async function race(servers: string[]) {
    const { productId, priceId } = await shop.sell({ capacity: SEATS })
    const buyers = Array.from({ length: BUYERS }, (_, index) => ({
      server: servers[index % 2],
      visitor: index % 4 < 2 ? newVisitor() : {},
    }))
    const answers = await inParallel(buyers, 50, ({ server, visitor }) =>
      shop.register({ productId, attemptId: randomUUID() }, visitor, {}, server),
    )
    const count = (what: unknown) =>
      answers.filter(({ status, body }) => (body.code ?? status) === what).length
    expect({ sold: count(200), refused: count('sold_out') }).toEqual({ sold: SEATS, refused: BUYERS - SEATS })
    const sessions = answers.flatMap(({ body }) => body.sessionId ?? [])
    expect(new Set(sessions).size).toBe(SEATS)
    expect(shop.sessionCalls(priceId)).toHaveLength(SEATS)
    expect(answers.every(({ body }) => body.fallbackUrl === undefined)).toBe(true)
    const rows = await shop.checkouts(productId)
    expect(rows.map(({ status }) => status)).toEqual(Array(SEATS).fill('open'))
  }

  test('through two servers: as many sessions as seats, and everybody else is told', async () => {
    await race([shop.url, await shop.addServer()])
  })

  test('through two servers with one connection each', async () => {
    const url = new URL(shop.env.DATABASE_URL ?? '')
    url.searchParams.set('connectionLimit', '1')
    const change = { DATABASE_URL: url.href }
    await race([await shop.addServer(change), await shop.addServer(change)])
  })

  test('while the row of one workshop is locked, the workshop next door goes on selling', async () => {
    const [busy, nextDoor] = await Promise.all([shop.sell({ capacity: 5 }), shop.sell({ capacity: 5 })])
    let served: Promise<string> | undefined
    let waiting: Promise<string> | undefined
    let early: string | undefined
    await shop.db.transaction(async (tx) => {
      await tx.select().from(product).where(eq(product.id, busy.productId)).for('update')
      waiting = shop.checkout({ productId: busy.productId })
      waiting.then((session) => {
        early = session
      })
      served = shop.checkout({ productId: nextDoor.productId })
      await served
      expect(early).toBeUndefined()
    })
    expect(await served).toMatch(/^cs_/)
    expect(await waiting).toMatch(/^cs_/)
  })

  const holdOn = (productId: string): NewHold => {
    const id = `chk_${randomUUID()}`
    return {
      id,
      attemptKey: attemptKey(
        { productId, attemptId: randomUUID(), quantity: 1, uiMode: 'hosted', allowDuplicate: false },
        id,
        undefined,
      ),
      generation: 0,
      productId,
      quantity: 1,
      source: 'session',
      visitorId: id,
      addressHash: null,
      viewerId: null,
      email: null,
      tier: 'standard',
      couponCode: null,
      stripeCouponId: null,
      country: null,
      variant: null,
      currency: 'usd',
      amountTotal: 49_900,
      params: {},
      expiresAt: 0,
      refuseIfBought: null,
    }
  }
  const holds = async (take: (hold: NewHold) => Promise<unknown>) => {
    const { productId } = await shop.sell({ capacity: SEATS })
    await inParallel(
      Array.from({ length: BUYERS }, () => holdOn(productId)),
      50,
      take,
    )
    return shop.checkouts(productId)
  }

  test.each([
    ['counts and takes', true],
    ['does so too where seats were not limited when they were looked at', false],
  ])('the one statement %s', async (_, limited) => {
    expect(await holds((hold) => takeHold(shop.db, hold, limited))).toHaveLength(SEATS)
  })

  test('counting first and taking then would sell too many, so that this race can tell', async () => {
    const sold = await holds(async ({ refuseIfBought: _, ...hold }) => {
      const left = await seatsLeft(shop.db, hold.productId)
      if (left && left >= hold.quantity)
        await shop.db.insert(checkoutSession).values({ ...hold, status: 'creating' })
    })
    expect(sold.length).toBeGreaterThan(SEATS)
  })
})

test('seats that were claimed from a bulk purchase stay taken when that is refunded', async () => {
  const { productId } = await shop.sell({ capacity: 3 })
  const sessionId = await shop.buy({ productId, quantity: 3 })
  const [bulk] = await shop.purchases(productId)
  if (!bulk) throw new Error('nothing was recorded')
  // Two of the three have claimed theirs, at Course Builder.
  for (const id of ['purch_claimed_a', 'purch_claimed_b'])
    await shop.db.insert(purchase).values({
      ...bulk,
      id: `${id}_${productId}`,
      bulkCouponId: null,
      redeemedBulkCouponId: bulk.bulkCouponId,
      merchantChargeId: null,
      merchantSessionId: null,
      stripeChargeId: null,
      totalAmount: '0',
    })
  const left = () => seatsLeft(shop.db, productId)
  expect(await left()).toBe(0)
  const { chargeId } = await shop.checkoutOf(sessionId)
  await shop.client.refunds.create({ charge: chargeId ?? '' })
  await expect.poll(left).toBe(1)
  expect((await shop.register({ productId, quantity: 2 })).body.code).toBe('sold_out')
})

test('ten visitors after the last seat, each twice: one gets it, both times', async () => {
  const { productId } = await shop.sell({ capacity: 1 })
  const clicks = Array.from({ length: 10 }, () => ({ visitor: newVisitor(), attemptId: randomUUID() }))
  const answers = await inParallel([...clicks, ...clicks], 20, ({ visitor, attemptId }) =>
    shop.register({ productId, attemptId }, visitor),
  )
  const sessions = answers.flatMap(({ body }) => body.sessionId ?? [])
  expect(sessions).toHaveLength(2)
  expect(new Set(sessions).size).toBe(1)
})

test('seats that nobody paid come back, and those that were paid do not', async () => {
  const { productId } = await shop.sell({ capacity: 3 })
  const left = () => seatsLeft(shop.db, productId)
  await shop.buy({ productId })
  const abandoned = await shop.checkout({ productId, quantity: 2 })
  expect(await left()).toBe(0)
  await shop.stripe.expire(abandoned)
  await shop.delivered()
  expect(await left()).toBe(2)
  const bulk = await shop.buy({ productId, quantity: 2 })
  expect(await left()).toBe(0)
  shop.stripe.refund({ session: bulk })
  await shop.delivered()
  expect(await left()).toBe(2)
})

test('whoever holds the last seat and comes back from Stripe is still offered it, and may take it anew', async () => {
  const { productId, slug } = await shop.sell({ capacity: 1 })
  const visitor = newVisitor()
  const first = await shop.checkout({ productId }, visitor)
  const offerTo = async ({ id }: { id?: string }) =>
    (await shop.send(`/api/workshop/${slug}/offer`, { headers: { Cookie: `workshop_visitor=${id}` } })).body
  expect(await offerTo(visitor)).toMatchObject({ sale: 'open', seatsLeft: 1 })
  expect(await offerTo(newVisitor())).toMatchObject({ sale: 'sold-out', seatsLeft: 0 })
  const second = await shop.checkout({ productId }, visitor)
  expect(second).not.toBe(first)
})

test('a wish that is changed and changed back replaces the visitor’s own session each time', async () => {
  const { productId } = await shop.sell({ capacity: 12 })
  const visitor = newVisitor()
  const [six, five] = [randomUUID(), randomUUID()]
  const wish = (quantity: number, attemptId: string) =>
    shop.register({ productId, quantity, attemptId }, visitor)
  expect((await wish(6, six)).status).toBe(200)
  expect((await wish(5, five)).status).toBe(200)
  const back = await wish(6, six)
  expect(back.body).toMatchObject({ sessionId: expect.any(String) })
})

test('one IPv6 customer counts as one address, however many they send from', async () => {
  const { productId } = await shop.sell({ capacity: 30 })
  const answers = await inParallel(
    Array.from({ length: 15 }, (_, index) => `2001:db8:1:2::${(index + 1).toString(16)}`),
    1,
    (address) => shop.register({ productId, attemptId: randomUUID() }, { address }),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(10)
  expect(answers.at(-1)?.body).toMatchObject({ code: 'rate_limited' })
  const neighbour = await shop.register({ productId }, { address: '2001:db8:1:3::1' })
  expect(neighbour.status).toBe(200)
})

test('nobody is led to the payment link of a workshop whose seats are gone', async () => {
  const { productId } = await shop.sell({ capacity: 1 })
  // Another process, which has asked Stripe for no price yet.
  const cold = await shop.addServer()
  await shop.buy({ productId })
  shop.stripe.setFaults({ failNext: { count: 9, status: 503 } })
  try {
    const { status, body } = await shop.register({ productId }, newVisitor(), {}, cold)
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'sold_out' })
    expect(body).not.toHaveProperty('fallbackUrl')
  } finally {
    shop.stripe.setFaults({})
  }
})
