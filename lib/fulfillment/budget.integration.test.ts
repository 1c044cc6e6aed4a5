import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { inOneRoundTrip } from '@/db/round-trips'
import { type MysqlProxy, startMysqlProxy } from '@/sandbox/mysql/proxy'
import { statementsIn } from '@/sandbox/mysql/statements'
import { newVisitor, openShop, type Shop, someone } from '@/sandbox/testing/shop'
import { findOrPlanBuyer } from './record/people'

let shop: Shop
let wire: MysqlProxy
let seen: string[]

beforeAll(async () => {
  shop = await openShop(
    { RATE_LIMIT: '1000/60' },
    {
      database: async (url) => {
        wire = await startMysqlProxy(url)
        return wire.url
      },
    },
  )
})
afterAll(async () => {
  await shop.stop()
  await wire.close()
})
beforeEach(() => {
  wire.hooks.before = undefined
  seen = []
})

const ROLLOUT =
  /^(select .* from|insert into|update|delete from) `checkout_(Setting|AttemptCount|Exposure)`|^select found\.named/

/** What the server said to the database, a round trip each, begin and commit included, until its answer was there. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const counted: string[] = []
  wire.hooks.before = (sql) => {
    // What a new connection says once; and the rollout's own, which has a budget by the clock, below.
    if (!sql.startsWith('SET ') && !ROLLOUT.test(sql)) counted.push(sql)
  }
  try {
    await work()
    return [...counted]
  } finally {
    wire.hooks.before = undefined
  }
}

/** One that the server has sold before, so that nothing is read for the first time. */
async function warm(capacity?: number) {
  const workshop = await shop.sell(capacity ? { capacity } : {})
  await shop.checkout({ productId: workshop.productId })
  return workshop
}

/** A checkout's, with what goes on after its answer. */
const statementsOfCheckout = (work: () => Promise<unknown>) =>
  statementsOf(async () => {
    await work()
    await new Promise((resolve) => setTimeout(resolve, 500))
  })

/** Resolves when nothing but the rollout's own is said to the database any more: what an earlier sale set off has gone out. */
async function quiet() {
  let said = 1
  wire.hooks.before = (sql) => {
    if (!ROLLOUT.test(sql)) said++
  }
  const saidMeanwhile = () => {
    const count = said
    said = 0
    return count
  }
  await expect.poll(saidMeanwhile, { timeout: 20_000, interval: 500 }).toBe(0)
}

/** One webhook alone: what goes out after its answer is not a part of it. */
async function statementsOfSale(sessionId: string, email: string) {
  await shop.delivered()
  shop.stripe.setDeliveries({ drop: true })
  await shop.stripe.pay(sessionId, { email })
  shop.stripe.setDeliveries({})
  const { id } = await shop.eventOf(sessionId, 'checkout.session.completed')
  await quiet()
  const all = await statementsOf(() => shop.stripe.resend(id))
  // The event is done with in the sale's own transaction: nothing is said after its commit.
  return all.slice(0, all.findIndex((text) => text.endsWith('; commit')) + 1)
}

/** Several statements may go in one round trip. */
const allOf = (trips: string[]) => trips.flatMap(statementsIn).map((sql) => sql.slice(0, 90))

describe('statements, the rate limiter and begin and commit included', () => {
  test.for([
    ['of somebody unknown', undefined, {}, {}],
    ['of somebody unknown, where seats are limited', 50, {}, {}],
    ['with an e-mail typed', undefined, {}, { email: someone() }],
    ['of a member, where seats are limited', 50, { as: 'yearly' as const }, {}],
  ] as const)('of a checkout %s: four at the most', async ([, capacity, who, typed]) => {
    const { productId } = await warm(capacity)
    seen = await statementsOfCheckout(() =>
      shop.checkout({ productId, attemptId: randomUUID(), ...typed }, newVisitor(who)),
    )
    expect(seen.length, seen.join('\n')).toBeLessThanOrEqual(4)
    expect(seen.join('\n')).not.toMatch(/^(begin|start transaction)/m)
  })

  test('of a sale to a new buyer: sixteen at the most, in three round trips', async () => {
    const { productId } = await warm()
    const sessionId = await shop.checkout({ productId })
    seen = await statementsOfSale(sessionId, someone())
    const statements = allOf(seen)
    expect(seen.length, statements.join('\n')).toBeLessThanOrEqual(3)
    // Five tables more than for somebody we know.
    expect(statements.length, statements.join('\n')).toBeLessThanOrEqual(16)
    expect(seen.at(-1)).toMatch(/; update `checkout_Session` left join `checkout_StripeEvent`/)
  })

  test('of a sale to somebody we know: eleven at the most, in three round trips', async () => {
    const { productId } = await warm()
    const email = someone()
    // Not by a sale: what that sets off after its answer would be counted here.
    await shop.sales.transaction(async (tx) => {
      const { writes } = await findOrPlanBuyer(tx, email, 'Ada')
      return inOneRoundTrip(tx, writes)
    })
    seen = await statementsOfSale(await shop.checkout({ productId, allowDuplicate: true }), email)
    const statements = allOf(seen)
    expect(seen.length, statements.join('\n')).toBeLessThanOrEqual(3)
    expect(statements.length, statements.join('\n')).toBeLessThanOrEqual(11)
  })
})

test('the rollout asks by the clock, however many checkouts there are', async () => {
  const { productId } = await warm()
  let asked = 0
  wire.hooks.before = (sql) => {
    if (ROLLOUT.test(sql)) asked++
  }
  const startedAt = Date.now()
  for (let checkout = 0; checkout < 60; checkout++) await shop.checkout({ productId }, newVisitor())
  const rounds = Math.floor((Date.now() - startedAt) / 2000) + 2
  wire.hooks.before = undefined
  // The products, exposures, counts, the setting, the counts of all, a verdict, and once a minute the sweep.
  expect(asked).toBeLessThanOrEqual(rounds * 7)
  expect(asked).toBeLessThan(60)
})

test('a checkout and its sale cost Stripe one call each', async () => {
  const { productId } = await warm()
  shop.stripe.clearRequests()
  await shop.buy({ productId }, { email: someone() })
  await shop.delivered()
  const calls = shop.stripe
    .requests()
    .map(({ method, path }) => `${method} ${path.replace(/cs_\w+/, '{id}')}`)
  expect(calls).toEqual(['POST /v1/checkout/sessions', 'GET /v1/checkout/sessions/{id}'])
})
