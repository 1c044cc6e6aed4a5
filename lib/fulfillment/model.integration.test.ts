import { randomUUID } from 'node:crypto'
import { eq, inArray } from 'drizzle-orm'
import fc from 'fast-check'
import type Stripe from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DatabaseHandle, openDatabase } from '@/db/client'
import { migrate } from '@/db/migrate'
import * as tables from '@/db/schema'
import { createCheckout } from '@/lib/checkout/create'
import { planWorkshop } from '@/lib/setup/setup'
import { type MysqlProxy, startMysqlProxy } from '@/sandbox/mysql/proxy'
import { type RunningSandbox, startStripeSandbox } from '@/sandbox/stripe/server'
import { sign } from '@/sandbox/stripe/webhooks'
import { type CommerceUnderTest, commerceOn } from '@/sandbox/testing/commerce'
import { createTestDatabase, type TestDatabase } from '@/sandbox/testing/database'
import { seedOfRun } from '@/sandbox/testing/random'
import { aWorkshop } from '@/sandbox/testing/shop'
import { dropUniqueKeys, withoutLocks } from '@/sandbox/testing/unprotected'
import { receiveWebhook } from './webhook'
import { workDue } from './work'

/**
 * Schedules of what may befall one sale and its events, against a plain model of what must stand in the end. Stripe, the database, the
 * signatures and the product's own handlers are real; only the order of things is made up.
 * `MODEL_SCHEDULES=10000` is the long form. `MODEL_CONTROL=1` takes locks and unique keys away: a schedule must then diverge.
 */
const SCHEDULES = Number(process.env.MODEL_SCHEDULES ?? 150)
const CONTROL = process.env.MODEL_CONTROL === '1'
const seed = seedOfRun('MODEL_SEED')
const SECRET = 'whsec_model'
const PRICE = 49_900

let server: TestDatabase
let wire: MysqlProxy
let database: DatabaseHandle
let sandbox: RunningSandbox
let deps: CommerceUnderTest
let productId: string
let paymentLink: string

beforeAll(async () => {
  server = await createTestDatabase()
  await migrate(server.url)
  wire = await startMysqlProxy(server.url)
  database = openDatabase(wire.url)
  sandbox = await startStripeSandbox()
  deps = commerceOn(database, { secretKey: 'sk_test_model', baseUrl: sandbox.url })
  const endless = aWorkshop()
  await (await planWorkshop(deps, endless, [])).apply()
  productId = endless.productId
  paymentLink = Object.keys(sandbox.control.snapshot().paymentLinks)[0] ?? ''
  // Events are kept back: each schedule hands them over in its own way.
  sandbox.control.addEndpoint({ url: 'http://127.0.0.1:1/', secret: SECRET })
  sandbox.control.setDeliveries({ drop: true })
  await news()
  if (CONTROL) await takeProtectionsAway()
})
afterAll(async () => {
  await sandbox.close()
  await database.close()
  await wire.close()
  await server.drop()
})

async function takeProtectionsAway() {
  for (const statement of dropUniqueKeys) await database.db.execute(statement)
  wire.hooks.rewrite = withoutLocks
}

/** What may befall a sale, in the order in which it may. */
const storySchema = fc.record({
  by: fc.constantFrom('session', 'link'),
  quantity: fc.integer({ min: 1, max: 3 }),
  payment: fc.constantFrom('card', 'card', 'card', 'slow and good', 'slow and bad', 'expired'),
  refunds: fc.array(fc.constantFrom(1000, 2500, 'rest' as const), { maxLength: 3 }),
  dispute: fc.constantFrom(null, null, 'open', 'won', 'lost'),
  disputeFirst: fc.boolean(),
})
/** What becomes of each event on its way: when it comes, how often, how many of them at once, and whether the first try fails half way. */
const wayOfEvent = fc.record({
  at: fc.integer({ min: 0, max: 9 }),
  copies: fc.integer({ min: 1, max: 3 }),
  together: fc.boolean(),
  fails: fc.boolean(),
})
const scheduleSchema = fc.record({
  story: storySchema,
  ways: fc.array(wayOfEvent, { minLength: 8, maxLength: 8 }),
  /** Events come while the story is still going on, or after all of it. */
  late: fc.boolean(),
  asks: fc.boolean(),
})
type Schedule = typeof scheduleSchema extends fc.Arbitrary<infer T> ? T : never
type Story = Schedule['story']

type Expected = {
  sold: boolean
  status: string | null
  refunded: number
  checkout: string
  amount: number
}

/** The plain model: what Stripe's books say in the end is what must stand here, whatever the order. */
function expectedOf(story: Story): Expected {
  const amount = PRICE * (story.by === 'link' ? 1 : story.quantity)
  if (story.payment === 'expired')
    return {
      sold: false,
      status: null,
      refunded: 0,
      checkout: story.by === 'link' ? 'none' : 'expired',
      amount,
    }
  if (story.payment === 'slow and bad')
    return { sold: false, status: null, refunded: 0, checkout: 'failed', amount }
  const refunded = refundsOf(story).reduce((sum, part) => sum + part, 0)
  const whole = refunded === amount
  const disputed = isDisputed(story) && story.dispute !== 'won'
  return {
    sold: true,
    status: whole ? 'Refunded' : disputed ? 'Disputed' : 'Valid',
    refunded,
    checkout: whole ? 'refunded' : 'complete',
    amount,
  }
}

/** Stripe takes no dispute of what is refunded whole. */
function isDisputed(story: Story): boolean {
  if (story.dispute === null) return false
  const total = PRICE * (story.by === 'link' ? 1 : story.quantity)
  return story.disputeFirst || refundsOf(story).reduce((sum, part) => sum + part, 0) < total
}

/** The amounts that really go back: nothing after the rest, and nothing of what the bank was asked for. */
function refundsOf({ refunds, quantity, by, dispute, disputeFirst }: Story): number[] {
  if (disputeFirst && dispute !== null) return []
  const amounts: number[] = []
  let left = PRICE * (by === 'link' ? 1 : quantity)
  for (const refund of refunds) {
    const amount = refund === 'rest' ? left : refund
    if (left === 0) break
    amounts.push(amount)
    left -= amount
  }
  return amounts
}

async function begin(story: Story, email: string): Promise<string> {
  if (story.by === 'link') return sandbox.control.openLink(paymentLink, { prefilled_email: email }).id
  const answer = await createCheckout(
    deps,
    {
      productId,
      email,
      quantity: story.quantity,
      uiMode: 'hosted',
      allowDuplicate: true,
      attemptId: randomUUID(),
    },
    { visitorId: randomUUID() },
    new AbortController().signal,
  )
  return answer.sessionId
}

/** Plays the story at Stripe; after each step the events so far may be handed over. */
async function play(story: Story, session: string, email: string, step: () => Promise<void>) {
  const { control } = sandbox
  if (story.payment === 'expired') {
    await control.expire(session)
    return step()
  }
  await control.pay(session, { email, delayed: story.payment !== 'card' })
  await step()
  if (story.payment !== 'card') {
    await control.settle(session, story.payment === 'slow and good')
    await step()
  }
  if (story.payment === 'slow and bad') return
  const dispute = async () => {
    if (!isDisputed(story)) return
    const { id } = control.openDispute({ session })
    await step()
    if (story.dispute === 'won' || story.dispute === 'lost') control.closeDispute(id, story.dispute)
    await step()
  }
  if (story.disputeFirst) await dispute()
  for (const amount of refundsOf(story)) {
    control.refund({ session, amount })
    await step()
  }
  if (!story.disputeFirst) await dispute()
}

const HANDLED = /^(checkout\.session\.|charge\.refunded|charge\.dispute\.(created|closed))/

/** One HTTP request as Stripe makes it, to the real handler. */
async function deliver(event: Stripe.Event): Promise<number> {
  const payload = JSON.stringify(event)
  const request = new Request('https://shop.example.com/api/stripe/webhook', {
    method: 'POST',
    body: payload,
    headers: { 'Content-Type': 'application/json', 'Stripe-Signature': sign(payload, SECRET) },
  })
  return receiveWebhook(request, { ...deps, webhookSecrets: [SECRET], deliver: async () => undefined }).then(
    ({ status }) => status,
    () => 500,
  )
}

let latest: string | undefined

/** The events that Stripe has made since it was last asked. */
async function news(): Promise<Stripe.Event[]> {
  const events: Stripe.Event[] = []
  const since = latest === undefined ? {} : { ending_before: latest }
  for await (const event of deps.stripe.events.list({ limit: 100, ...since })) events.push(event)
  events.sort((left, right) => left.created - right.created)
  latest = (await deps.stripe.events.list({ limit: 1 })).data[0]?.id
  return events.filter(({ type }) => HANDLED.test(type))
}

async function handOver(events: Stripe.Event[], schedule: Schedule): Promise<void> {
  const ordered = events
    .map((event, index) => ({ event, way: schedule.ways[index % schedule.ways.length] ?? schedule.ways[0] }))
    .sort((left, right) => (left.way?.at ?? 0) - (right.way?.at ?? 0))
  const together: Promise<number>[] = []
  for (const { event, way } of ordered) {
    if (way?.fails) {
      // Stripe does not answer when it is asked about the session: the event stays, to be tried again.
      sandbox.control.setFaults({
        failNext: { count: 1, status: 500, method: 'GET', path: '/checkout/sessions' },
      })
      await deliver(event)
      sandbox.control.setFaults({})
    }
    const copies = Array.from({ length: way?.copies ?? 1 }, () => event)
    if (way?.together || CONTROL) together.push(...copies.map(deliver))
    else for (const copy of copies) await deliver(copy)
  }
  await Promise.all(together)
}

async function scheduler(): Promise<void> {
  for (let round = 0; round < 20; round++) {
    await database.db
      .update(tables.stripeEvent)
      .set({ nextAttemptAt: new Date('2001-01-01') })
      .where(eq(tables.stripeEvent.status, 'pending'))
    await workDue(deps, { limit: 100, budgetMs: 10_000 })
    if ((await database.db.$count(tables.stripeEvent, eq(tables.stripeEvent.status, 'pending'))) === 0) return
  }
}

async function standing(session: string, email: string) {
  const checkouts = await database.db
    .select()
    .from(tables.checkoutSession)
    .where(eq(tables.checkoutSession.sessionId, session))
  const purchases = await database.db
    .select({ id: tables.purchase.id, status: tables.purchase.status, total: tables.purchase.totalAmount })
    .from(tables.purchase)
    .innerJoin(tables.user, eq(tables.user.id, tables.purchase.userId))
    .where(eq(tables.user.email, email))
  const effects = (
    await database.db
      .select({ id: tables.outbox.id, kind: tables.outbox.kind })
      .from(tables.outbox)
      .where(inArray(tables.outbox.kind, ['email.confirmation', 'email.refund']))
  ).filter(({ id }) => purchases.some((purchase) => id.includes(purchase.id)))
  return { checkouts, purchases, effects }
}

async function divergence(schedule: Schedule): Promise<void> {
  const email = `model.${randomUUID()}@example.com`
  const session = await begin(schedule.story, email)
  await play(schedule.story, session, email, async () => {
    if (schedule.late) return
    await handOver(await news(), schedule)
    if (schedule.asks) await deps.fulfill(session)
  })
  await handOver(await news(), schedule)
  await scheduler()
  const expected = expectedOf(schedule.story)
  const { checkouts, purchases, effects } = await standing(session, email)
  expect({
    checkouts: checkouts.map(({ status, amountRefunded, purchaseId }) => [
      status,
      amountRefunded,
      purchaseId !== null,
    ]),
    purchases: purchases.map(({ status, total }) => [status, Math.round(Number(total) * 100)]),
    confirmations: effects.filter(({ kind }) => kind === 'email.confirmation').length,
  }).toEqual({
    checkouts: expected.checkout === 'none' ? [] : [[expected.checkout, expected.refunded, expected.sold]],
    purchases: expected.sold ? [[expected.status, expected.amount]] : [],
    confirmations: expected.sold ? 1 : 0,
  })
  // What went back is told: in as many letters as there were amounts that we heard of, each once, the last with the sum.
  const told = effects
    .filter(({ kind }) => kind === 'email.refund')
    .map(({ id }) => Number(id.split(':').at(-2)))
  expect(new Set(told).size).toBe(told.length)
  expect(Math.max(0, ...told)).toBe(expected.refunded)
}

test(`${SCHEDULES} schedules of one sale and its events end as the model says (MODEL_SEED=${seed})`, {
  timeout: 7_200_000,
}, async () => {
  const check = fc.assert(
    fc.asyncProperty(scheduleSchema, async (schedule) => divergence(schedule)),
    {
      numRuns: SCHEDULES,
      seed,
      endOnFailure: CONTROL,
      interruptAfterTimeLimit: 7_000_000,
      markInterruptAsFailure: true,
    },
  )
  if (CONTROL) await expect(check, 'a divergence must be seen without locks and keys').rejects.toThrow()
  else await check
})
