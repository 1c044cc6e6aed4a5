import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type DatabaseHandle, openDatabase } from '@/db/client'
import { migrate } from '@/db/migrate'
import { checkoutSession, product, purchase } from '@/db/schema'
import { seed } from '@/db/seed'
import { createStripe } from '@/lib/stripe/client'
import { type RunningSandbox, startStripeSandbox } from '@/sandbox/stripe/server'
import { type CommerceUnderTest, commerceOn } from '@/sandbox/testing/commerce'
import { createTestDatabase, type TestDatabase } from '@/sandbox/testing/database'
import { createCheckout } from './create'
import { seatsLeft } from './hold'
import { priceProduct } from './offer'
import { sweepCheckouts } from './sweep'

const PRODUCT = 'prod_claude_code'
const SEATS = 30
const MINUTE = 60
const HOUR = 60 * MINUTE
const APP = 'https://shop.example.com'
const BUDGET = { budgetMs: 20_000 }

let server: TestDatabase
let database: DatabaseHandle
let sandbox: RunningSandbox
let offsetSeconds: number
let deps: CommerceUnderTest

beforeAll(async () => {
  server = await createTestDatabase()
  await migrate(server.url)
  database = openDatabase(server.url)
})
afterAll(async () => {
  await database.close()
  await server.drop()
})

// No webhook: whatever Stripe would tell is lost, and only the sweep can learn of it.
beforeEach(async () => {
  sandbox = await startStripeSandbox()
  offsetSeconds = 0
  await seed(
    {
      DATABASE_URL: server.url,
      STRIPE_SECRET_KEY: 'sk_test_sweep',
      STRIPE_API_BASE_URL: sandbox.url,
      NEXT_PUBLIC_APP_URL: APP,
      WORKSHOP_DEMO: '1',
    },
    () => undefined,
  )
  deps = depsOn(database)
  await deps.catalogue.byProduct(PRODUCT)
  sandbox.control.clearRequests()
})
afterEach(async () => {
  await sandbox.close()
  await database.db.delete(checkoutSession)
  await database.db.delete(purchase)
})

const depsOn = (handle: DatabaseHandle): CommerceUnderTest =>
  commerceOn(handle, {
    secretKey: 'sk_test_sweep',
    baseUrl: sandbox.url,
    now: () => new Date(Date.now() + offsetSeconds * 1000),
    appUrl: APP,
  })

async function later(seconds: number) {
  offsetSeconds += seconds
  await sandbox.control.advanceClock(seconds)
}

type Try = { attemptId?: string; visitorId?: string; tooLate?: AbortSignal }

const checkout = (quantity = 1, given: Try = {}) =>
  createCheckout(
    deps,
    {
      productId: PRODUCT,
      email: 'ada@example.com',
      quantity,
      uiMode: 'hosted',
      allowDuplicate: true,
      attemptId: given.attemptId ?? randomUUID(),
    },
    { visitorId: given.visitorId ?? randomUUID() },
    given.tooLate ?? new AbortController().signal,
  )

/** A checkout that is cut off from Stripe's answer, before or after Stripe has made the session. */
async function cutOff({ afterEffect }: { afterEffect: boolean }, given: Try = {}) {
  sandbox.control.setFaults({
    failNext: { count: 9, status: 'cut', path: '/checkout/sessions', method: 'POST', afterEffect },
  })
  await expect(checkout(1, given)).rejects.toMatchObject({ code: 'stripe_error' })
  sandbox.control.setFaults({})
}

/** So that a checkout's next question to Stripe is for its session. */
async function priceIsKnown() {
  const product = await deps.catalogue.byProduct(PRODUCT)
  if (product) await priceProduct(deps, product, { quantity: 1, buyer: {} })
}

const sessionsAtStripe = async () => (await deps.stripe.checkout.sessions.list({ limit: 100 })).data
const rows = () => database.db.select().from(checkoutSession)
const states = async () => (await rows()).map(({ status }) => status)
const sweep = () => sweepCheckouts(deps, BUDGET)
const seats = () => seatsLeft(database.db, PRODUCT)

/** Begins something in which Stripe takes its time; resolves when Stripe has the question, and has not answered yet. */
async function whileStripeIsAsked<T>(work: () => Promise<T>) {
  const before = sandbox.control.requests().length
  sandbox.control.setFaults({ latencyMs: 700 })
  const done = work()
  // Whoever waits for it looks at what became of it.
  done.catch(() => undefined)
  await expect.poll(() => sandbox.control.requests().length).toBeGreaterThan(before)
  sandbox.control.setFaults({})
  return { done }
}

async function onlySession() {
  const [session, ...rest] = await sessionsAtStripe()
  if (!session || rest.length > 0) throw new Error(`${rest.length} more sessions at Stripe`)
  return session
}

describe('a checkout cut off from its answer', () => {
  it('keeps its seat for as long as somebody may be working on it', async () => {
    await cutOff({ afterEffect: true })
    expect(await sweep()).toEqual({ swept: 0, unswept: 0 })
    expect(await states()).toEqual(['creating'])
    expect(await seats()).toBe(SEATS - 1)
  })

  it('is ended at Stripe first, where Stripe had made its session, and then gives its seat back', async () => {
    await cutOff({ afterEffect: true })
    await later(3 * MINUTE)
    expect((await onlySession()).status).toBe('open')
    expect(await sweep()).toEqual({ swept: 1, unswept: 0 })
    const session = await onlySession()
    expect(session.status).toBe('expired')
    expect(await rows()).toMatchObject([{ status: 'expired', sessionId: session.id }])
    expect(await seats()).toBe(SEATS)
  })

  it('gives its seat back where Stripe never heard of it, and leaves no session behind', async () => {
    await cutOff({ afterEffect: false })
    await later(3 * MINUTE)
    expect(await sweep()).toEqual({ swept: 1, unswept: 0 })
    expect(await states()).toEqual(['failed'])
    expect(await sessionsAtStripe()).toEqual([])
    expect(await seats()).toBe(SEATS)
  })

  it('is begun anew where its buyer tries again when what was frozen for it ends too soon', async () => {
    const given = { attemptId: randomUUID(), visitorId: randomUUID() }
    await cutOff({ afterEffect: false }, given)
    await later(70)
    const { sessionId } = await checkout(1, given)
    expect((await onlySession()).id).toBe(sessionId)
    expect((await states()).toSorted()).toEqual(['failed', 'open'])
    expect(await seats()).toBe(SEATS - 1)
  })

  it('keeps its seat while Stripe can not be asked, and is asked about every five minutes', async () => {
    await cutOff({ afterEffect: true })
    await later(3 * MINUTE)
    sandbox.control.setFaults({ refuse: true })
    expect(await sweep()).toEqual({ swept: 0, unswept: 1 })
    sandbox.control.setFaults({})
    await later(4 * MINUTE)
    expect(await sweep()).toEqual({ swept: 0, unswept: 0 })
    expect(await seats()).toBe(SEATS - 1)
    await later(2 * MINUTE)
    expect(await sweep()).toEqual({ swept: 1, unswept: 0 })
    expect(await seats()).toBe(SEATS)
  })

  it('keeps its seat while Stripe answers with errors', async () => {
    await cutOff({ afterEffect: true })
    await later(3 * MINUTE)
    sandbox.control.setFaults({ failRate: 1 })
    expect(await sweep()).toEqual({ swept: 0, unswept: 1 })
    expect(await states()).toEqual(['creating'])
  })

  it('is found at Stripe when Stripe has forgotten the key, two days later', async () => {
    await cutOff({ afterEffect: true })
    await later(48 * HOUR)
    expect(await sweep()).toEqual({ swept: 1, unswept: 0 })
    expect(await rows()).toMatchObject([{ status: 'expired', sessionId: (await onlySession()).id }])
  })

  it('is recorded where it was paid all the same', async () => {
    await cutOff({ afterEffect: true })
    const session = await onlySession()
    await sandbox.control.pay(session.id)
    await later(3 * MINUTE)
    expect(await sweep()).toEqual({ swept: 1, unswept: 0 })
    expect(await rows()).toMatchObject([{ status: 'complete', sessionId: session.id }])
    expect(await database.db.select().from(purchase)).toHaveLength(1)
    expect(await seats()).toBe(SEATS - 1)
  })

  it.for([
    { afterEffect: true, atStripe: ['open'] },
    { afterEffect: false, atStripe: [] },
  ])('is left to its buyer where they came back for it: $afterEffect', async ({ afterEffect, atStripe }) => {
    await cutOff({ afterEffect })
    await later(3 * MINUTE)
    const { done } = await whileStripeIsAsked(sweep)
    const resumed = { status: 'open' as const, sessionId: 'cs_test_theirs' }
    await database.db.update(checkoutSession).set(resumed)
    expect(await done).toEqual({ swept: 1, unswept: 0 })
    expect((await sessionsAtStripe()).map(({ status }) => status)).toEqual(atStripe)
    expect(await rows()).toMatchObject([resumed])
  })

  it('is not taken for a session of a payment link that bears its id', async () => {
    await cutOff({ afterEffect: false })
    const [row] = await rows()
    const { id: link } = await deps.stripe.paymentLinks.create({
      line_items: [{ price: (await deps.catalogue.byProduct(PRODUCT))?.stripePriceId ?? '', quantity: 1 }],
      metadata: { checkoutId: row?.id ?? '' },
    })
    sandbox.control.openLink(link)
    await later(23 * HOUR)
    expect(await sweep()).toEqual({ swept: 1, unswept: 0 })
    expect(await states()).toEqual(['failed'])
    expect((await onlySession()).status).toBe('open')
  })
})

describe('an open checkout of whose end nobody told us', () => {
  it('gives its seat back when Stripe says that it has expired', async () => {
    await checkout()
    await later(30 * MINUTE)
    expect(await sweep()).toEqual({ swept: 0, unswept: 0 })
    await later(4 * MINUTE)
    expect(await sweep()).toEqual({ swept: 1, unswept: 0 })
    expect(await states()).toEqual(['expired'])
    expect(await seats()).toBe(SEATS)
  })

  it('keeps its seat while Stripe says that it is open, whatever our clock says', async () => {
    await checkout()
    offsetSeconds += 2 * HOUR
    await sweep()
    expect(await states()).toEqual(['open'])
    expect((await onlySession()).status).toBe('open')
    expect(await seats()).toBe(SEATS - 1)
  })

  it('is recorded when it was paid', async () => {
    await checkout(2)
    await sandbox.control.pay((await onlySession()).id)
    await later(34 * MINUTE)
    expect(await sweep()).toEqual({ swept: 1, unswept: 0 })
    expect(await states()).toEqual(['complete'])
    expect(await database.db.select().from(purchase)).toHaveLength(1)
  })

  it('gives its seat back where Stripe knows no such session', async () => {
    await checkout()
    await later(34 * MINUTE)
    sandbox.control.reset()
    await later(34 * MINUTE)
    expect(await sweep()).toEqual({ swept: 1, unswept: 0 })
    expect(await states()).toEqual(['expired'])
  })
})

it('an open checkout keeps its seat where Stripe refuses to tell of it for another reason', async () => {
  await checkout()
  await later(34 * MINUTE)
  const error = { type: 'invalid_request_error', message: 'This key may not do that.' }
  const refusing = createServer((_, response) =>
    response.writeHead(400, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error })),
  )
  await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve))
  const { port } = refusing.address() as AddressInfo
  const stripe = createStripe({ secretKey: 'sk_test_sweep', baseUrl: `http://127.0.0.1:${port}` })
  expect(await sweepCheckouts({ ...deps, stripe }, BUDGET)).toEqual({ swept: 0, unswept: 1 })
  expect(await states()).toEqual(['open'])
  refusing.closeAllConnections()
  refusing.close()
})

describe('a delayed payment', () => {
  it('keeps its seat for as long as it is under way, and is recorded when it has come', async () => {
    await checkout()
    const { id } = await onlySession()
    await sandbox.control.pay(id, { delayed: true })
    await deps.fulfill(id)
    expect(await states()).toEqual(['processing'])
    // Its own event is what tells of it, at first.
    expect(await sweep()).toEqual({ swept: 0, unswept: 0 })
    await later(40 * HOUR)
    expect(await sweep()).toEqual({ swept: 1, unswept: 0 })
    expect(await states()).toEqual(['processing'])
    await sandbox.control.settle(id)
    expect(await sweep()).toEqual({ swept: 0, unswept: 0 })
    await later(2 * HOUR)
    expect(await sweep()).toEqual({ swept: 1, unswept: 0 })
    expect(await states()).toEqual(['complete'])
  })
})

it('takes each checkout once, on however many servers it runs', async () => {
  for (let i = 0; i < 12; i++) await checkout()
  await later(34 * MINUTE)
  const other = openDatabase(server.url)
  sandbox.control.clearRequests()
  const counts = await Promise.all(
    [deps, depsOn(other), deps, depsOn(other)].map((each) => sweepCheckouts(each, BUDGET)),
  )
  await other.close()
  expect(counts.reduce((sum, { swept }) => sum + swept, 0)).toBe(12)
  expect(sandbox.control.requests()).toHaveLength(12)
  expect(new Set(await states())).toEqual(new Set(['expired']))
})

it('goes on until nothing is due, a batch at a time', async () => {
  for (let i = 0; i < 11; i++) await checkout()
  await later(34 * MINUTE)
  expect(await sweep()).toEqual({ swept: 11, unswept: 0 })
})

it('stops when its time is up, and leaves the rest to a later run', async () => {
  for (let i = 0; i < 3; i++) await checkout()
  await later(34 * MINUTE)
  // However slow this machine is, the first answer comes after that time, and the rows are taken before it.
  sandbox.control.setFaults({ latencyMs: 1700 })
  expect(await sweepCheckouts(deps, { budgetMs: 1500 })).toEqual({ swept: 1, unswept: 0 })
  const left = await database.db.select().from(checkoutSession).where(eq(checkoutSession.status, 'open'))
  expect(left).toHaveLength(2)
})

describe('a checkout whose caller was answered meanwhile', () => {
  const answered = new Error('answered')
  const waitingForSeat = async () => {
    const [found] = await database.db.execute(
      sql`select id from information_schema.processlist where db = database() and info like 'insert into%checkout_Session%for update'`,
    )
    return found
  }

  it('while its price was asked for, takes no seat', async () => {
    const caller = new AbortController()
    const { done } = await whileStripeIsAsked(() => checkout(1, { tooLate: caller.signal }))
    caller.abort(answered)
    await expect(done).rejects.toMatchObject({ code: 'unavailable' })
    // One that begins after it is done with.
    await checkout()
    expect(await states()).toEqual(['open'])
  })

  it('while it waited for its seat, takes none, and asks Stripe nothing', async () => {
    const caller = new AbortController()
    await database.db.transaction(async (tx) => {
      await tx.select().from(product).where(eq(product.id, PRODUCT)).for('update')
      const waiting = checkout(1, { tooLate: caller.signal })
      const refused = expect(waiting).rejects.toMatchObject({ code: 'unavailable' })
      await expect.poll(waitingForSeat).toHaveLength(1)
      caller.abort(answered)
      await refused
    })
    await expect.poll(states).toEqual(['failed'])
    expect(await sessionsAtStripe()).toEqual([])
    expect(await seats()).toBe(SEATS)
  })

  it('while Stripe made its session, leaves nothing that could be paid, and gives its seat back', async () => {
    const caller = new AbortController()
    await priceIsKnown()
    const { done } = await whileStripeIsAsked(() => checkout(1, { tooLate: caller.signal }))
    caller.abort(answered)
    await expect(done).rejects.toMatchObject({ code: 'unavailable' })
    await expect.poll(states).toEqual(['expired'])
    expect((await onlySession()).status).toBe('expired')
    expect(await seats()).toBe(SEATS)
  })
})

it('a session of which no row knows any more, because another try was given up meanwhile, is ended', async () => {
  await priceIsKnown()
  const { done } = await whileStripeIsAsked(checkout)
  await database.db.update(checkoutSession).set({ status: 'failed' })
  await expect(done).rejects.toMatchObject({ code: 'unavailable' })
  expect((await onlySession()).status).toBe('expired')
  expect(await states()).toEqual(['failed'])
})

it('a session that was just handed out again is not ended for the later one of the same visitor', async () => {
  const visitorId = randomUUID()
  const first = { attemptId: randomUUID(), visitorId }
  // Both open: what follows an answer is not run here, as if it had failed.
  const { sessionId } = await checkout(1, first)
  await checkout(1, { visitorId })
  const after: Promise<void>[] = []
  deps.after = (work) => void after.push(work())
  expect(await checkout(1, first)).toMatchObject({ sessionId })
  expect(after).toHaveLength(1)
  await Promise.all(after)
  expect((await sessionsAtStripe()).map(({ status }) => status)).toEqual(['open', 'open'])
})
