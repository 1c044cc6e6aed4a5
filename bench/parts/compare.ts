import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { eq, sql } from 'drizzle-orm'
import * as tables from '../../db/schema'
import { sign } from '../../sandbox/stripe/webhooks'
import { createCourseBuilder } from '../../sandbox/testing/coursebuilder'
import { newVisitor, type Shop, someone, type WorkshopOnSale } from '../../sandbox/testing/shop'
import { anAddress, deliver, paidEvent } from '../buyers'
import { ms, type Quantiles, quantiles } from '../quantiles'
import { hold, rounded, say, table } from '../report'
import { type Bench, withShop } from '../shop'
import { type CountingWire, type Said, startCountingWire } from '../wire'
import { installed } from './install'
import { startTheirs, type Theirs } from './theirs'

/** Both sides do each of these, in turn. */
const CASES = [
  'checkout, logged out',
  'checkout, logged in with a coupon',
  'sale to a new buyer',
  'sale to a known buyer',
] as const
type Case = (typeof CASES)[number]

/** How often each case is counted; odd. */
const COUNTS = 5

const CODE = 'BENCH_MEMBER'
/** Whom the demo's sign-in takes for a yearly member, and their row at Course Builder. */
const THEIR_USER = { id: 'u_bench', email: 'bench.member@example.com' }
const THEIR_COUPON = 'mcoup_bench'

/** One doing of a case. Answers its time in milliseconds, as whoever waits for it sees it. */
type Side = Record<Case, () => Promise<number>>

/** Our real HTTP routes against Course Builder's functions called in process, on one database and one stand-in for Stripe. */
export async function compare(bench: Bench): Promise<void> {
  const theirsToo = bench.database.startsWith('MySQL') && !bench.quick
  if (theirsToo) await installed('coursebuilder')
  else say(`Only ours: Course Builder's code needs MySQL and a full run, and this is ${bench.database}.\n`)
  await withShop(
    bench,
    (shop) => measure(shop, bench, theirsToo),
    { RATE_LIMIT: '1000/60' },
    {
      prepare: (url) => createCourseBuilder(url, '1.0.7'),
    },
  )
}

async function measure(shop: Shop, { quick }: Bench, theirsToo: boolean): Promise<void> {
  const workshop = await shop.sell({ coupons: { member: CODE }, discounts: [{ code: CODE, percentOff: 20 }] })
  await theirRows(shop)
  // What happens is handed over by hand, so that both sides get the same.
  shop.stripe.setDeliveries({ drop: true })
  const wire = await startCountingWire(shop.env.DATABASE_URL ?? '')
  const counted = await shop.runServer({ DATABASE_URL: wire.url })
  const env = (database: string) => ({ ...shop.env, DATABASE_URL: database })
  const theirs = theirsToo ? await startTheirs(env(shop.env.DATABASE_URL ?? '')) : undefined
  const theirsCounted = theirsToo ? await startTheirs(env(wire.url)) : undefined
  try {
    const ours = ourSide(shop, workshop, shop.url)
    const sides: Record<string, Side> = { ours, ...(theirs && { theirs: theirSide(shop, workshop, theirs) }) }
    const countedSides: Record<string, Side> = {
      ours: ourSide(shop, workshop, counted.url),
      ...(theirsCounted && { theirs: theirSide(shop, workshop, theirsCounted) }),
    }
    // A refused code takes nothing; what it read is fresh, so that no refresh behind a reader's back is counted.
    const freshen = async () => {
      await shop.register(
        { productId: workshop.productId, couponCode: 'NOBODY' },
        newVisitor(),
        {},
        counted.url,
      )
      await sleep(300)
    }
    const counts = await countAll(shop, wire, countedSides, freshen)
    const warmUp = quick ? 1 : WARM_UP
    const atOnce = await timeAll(shop, sides, { warmUp, rounds: quick ? 3 : 80, latencyMs: 0 })
    const atDistance = await timeAll(shop, sides, { warmUp: 1, rounds: quick ? 2 : 40, latencyMs: 120 })
    tell(counts, atOnce, atDistance)
    await tellFloors(shop, workshop, quick ? 5 : 200)
  } finally {
    await theirs?.stop()
    await theirsCounted?.stop()
    await counted.kill()
    await wire.close()
  }
}

/** What each part costs by itself that no route of ours can do without: below their sum no checkout and no sale can be. */
async function tellFloors(shop: Shop, { priceId }: WorkshopOnSale, rounds: number): Promise<void> {
  const session = () =>
    shop.client.checkout.sessions.create({
      mode: 'payment',
      success_url: shop.url,
      line_items: [{ price: priceId, quantity: 1 }],
    })
  const parts: Record<string, () => Promise<unknown>> = {
    'an answer of Next to a request that asks nobody': async () =>
      (await fetch(`${shop.url}/api/health`)).json(),
    'a call to Stripe by its SDK, from here': session,
    'a round trip to the database': () => shop.db.execute(sql`select 1`),
  }
  const times = new Map<string, number[]>(Object.keys(parts).map((name) => [name, []]))
  for (let round = -WARM_UP; round < rounds; round++)
    for (const [name, part] of Object.entries(parts)) {
      // As far apart as the cases above are: what was just run is always faster.
      await sleep(20)
      const started = performance.now()
      await part()
      if (round >= 0) times.get(name)?.push(performance.now() - started)
    }
  const rows = [...times].map(([name, took]) => [name, ms(quantiles(took).p50), ms(quantiles(took).p95)])
  table(['what no route can do without', 'p50 at 0 ms', 'p95'], rows)
}

/** What Course Builder needs beside the catalogue that both read: its user and its coupon. */
async function theirRows({ db }: Shop): Promise<void> {
  await db.insert(tables.user).values({ ...THEIR_USER, name: 'Bench' })
  await db.insert(tables.merchantCoupon).values({
    id: THEIR_COUPON,
    identifier: CODE,
    status: 1,
    merchantAccountId: 'ma_workshops',
    percentageDiscount: '0.20',
    type: 'special',
  })
}

function ourSide(shop: Shop, { productId }: WorkshopOnSale, server: string): Side {
  const post = async (request: object, visitor = newVisitor({ address: anAddress() })) => {
    const started = performance.now()
    const intent = { productId, attemptId: randomUUID(), ...request }
    const { status, body } = await shop.register(intent, visitor, {}, server)
    const took = performance.now() - started
    if (status !== 200) throw new Error(`ours: ${status} ${JSON.stringify(body)}`)
    return { took, sessionId: String(body.sessionId) }
  }
  const sale = async (email: string) => {
    const { sessionId } = await atNoDistance(shop, () => post({ allowDuplicate: true }))
    return deliver(shop, await atNoDistance(shop, () => paidEvent(shop, sessionId, email)), server)
  }
  const known = someone('known')
  const member = () => newVisitor({ as: 'yearly', address: anAddress() })
  return {
    'checkout, logged out': async () => (await post({})).took,
    'checkout, logged in with a coupon': async () =>
      (await post({ couponCode: CODE, allowDuplicate: true }, member())).took,
    'sale to a new buyer': () => sale(someone('new')),
    'sale to a known buyer': () => sale(known),
  }
}

function theirSide(shop: Shop, { productId }: WorkshopOnSale, theirs: Theirs): Side {
  const guest = {
    productId,
    quantity: 1,
    bulk: false,
    country: 'US',
    ip_address: '127.0.0.1',
    cancelUrl: 'https://example.com',
  }
  const sale = async (email: string) => {
    const { sessionId } = await atNoDistance(shop, () => theirs.checkout(guest))
    const rawBody = JSON.stringify(await atNoDistance(shop, () => paidEvent(shop, sessionId, email)))
    return (await theirs.sale(rawBody, sign(rawBody, shop.env.STRIPE_WEBHOOK_SECRET ?? ''))).ms
  }
  const known = someone('known')
  return {
    'checkout, logged out': async () => (await theirs.checkout(guest)).ms,
    'checkout, logged in with a coupon': async () =>
      (await theirs.checkout({ ...guest, userId: THEIR_USER.id, couponId: THEIR_COUPON })).ms,
    'sale to a new buyer': () => sale(someone('new')),
    'sale to a known buyer': () => sale(known),
  }
}

/** What leads up to the measured part costs Stripe's stand-in nothing. */
async function atNoDistance<T>(shop: Shop, work: () => Promise<T>): Promise<T> {
  const { latencyMs } = shop.stripe.faults()
  shop.stripe.setFaults({})
  try {
    return await work()
  } finally {
    shop.stripe.setFaults(latencyMs ? { latencyMs } : {})
  }
}

type Counts = Record<string, Record<Case, Said & { calls: number }>>

async function countAll(
  shop: Shop,
  wire: CountingWire,
  sides: Record<string, Side>,
  freshen: () => Promise<void>,
): Promise<Counts> {
  const counts: Counts = {}
  for (const [name, side] of Object.entries(sides)) {
    const ofSide = {} as Counts[string]
    for (const what of CASES) {
      // Once before, so that nothing is read for the first time; a known buyer is known by it.
      await side[what]()
      const counted: Awaited<ReturnType<typeof countOne>>[] = []
      while (counted.length < COUNTS) {
        await wire.quiet()
        await freshen()
        counted.push(await countOne(shop, wire, what, side[what]))
      }
      // What goes by the clock (the rollout's exchange) falls into one of them now and then: the one in the middle is what it costs.
      counted.sort((a, b) => a.statements.length - b.statements.length)
      ofSide[what] = counted[COUNTS >> 1] ?? { statements: [], trips: 0, calls: 0 }
    }
    counts[name] = ofSide
  }
  return counts
}

async function countOne(shop: Shop, wire: CountingWire, what: Case, work: () => Promise<number>) {
  shop.stripe.clearRequests()
  const said = await wire.count(async () => {
    await work()
    // What a checkout does after its answer counts as well.
    await sleep(300)
  })
  const calls = shop.stripe.requests().filter(({ path }) => !path.startsWith('/v1/events'))
  if (!what.startsWith('sale')) return { ...said, calls: calls.length }
  // A sale's session is made first: what counts begins with its webhook.
  return { ...fromWebhook(said), calls: calls.filter(({ method }) => method === 'GET').length }
}

/** Both sides begin a webhook by keeping its event: ours in its inbox, theirs after asking for the account. Ours ends with its commit. */
function fromWebhook({ statements }: Said): Said {
  const kept = statements.findIndex((sql) =>
    /^insert into `(checkout_StripeEvent|egghead_MerchantEvents)`/.test(sql),
  )
  const ours = statements[kept]?.includes('checkout_StripeEvent')
  const counted = ours
    ? statements.slice(kept, statements.indexOf('commit', kept) + 1)
    : statements.slice(kept - 1)
  return { statements: counted, trips: 0 }
}

async function allSent({ db }: Shop): Promise<void> {
  while ((await db.$count(tables.outbox, eq(tables.outbox.status, 'pending'))) > 0) await sleep(20)
}

type Times = Record<string, Record<Case, Quantiles>>

/** Code that V8 hasn't compiled yet is not what a server that sells runs on. */
const WARM_UP = 30

/** Both sides in turn, so that whatever else the machine does meets both; each when what an earlier sale of ours set off has gone out. */
async function timeAll(
  shop: Shop,
  sides: Record<string, Side>,
  { warmUp, rounds, latencyMs }: { warmUp: number; rounds: number; latencyMs: number },
): Promise<Times> {
  const times = new Map<string, number[]>()
  for (let round = -warmUp; round < rounds; round++) {
    shop.stripe.setFaults(round < 0 || latencyMs === 0 ? {} : { latencyMs })
    for (const what of CASES)
      for (const [name, side] of Object.entries(sides)) {
        await allSent(shop)
        const took = await side[what]()
        if (round >= 0) times.set(`${name} ${what}`, [...(times.get(`${name} ${what}`) ?? []), took])
      }
  }
  shop.stripe.setFaults({})
  const of = (name: string) =>
    Object.fromEntries(
      CASES.map((what) => [what, quantiles(times.get(`${name} ${what}`) ?? [])]),
    ) as Times[string]
  return Object.fromEntries(Object.keys(sides).map((name) => [name, of(name)]))
}

function tell(counts: Counts, atOnce: Times, atDistance: Times): void {
  say('Side by side with Course Builder: our HTTP routes, its functions called in process')
  const head = ['', 'side', 'Stripe calls', 'statements', 'p50 at 0 ms', 'p95', 'p50 at 120 ms', 'p95']
  const rows = CASES.flatMap((what) =>
    Object.keys(counts).map((side) => {
      const count = counts[side]?.[what]
      const near = atOnce[side]?.[what]
      const far = atDistance[side]?.[what]
      const cells = [near?.p50, near?.p95, far?.p50, far?.p95].map((value) => ms(value ?? 0))
      return [what, side, count?.calls ?? 0, count?.statements.length ?? 0, ...cells]
    }),
  )
  table(head, rows)
  const count = (what: Case, side = 'ours') => counts[side]?.[what]
  const checkouts = CASES.filter((what) => what.startsWith('checkout'))
  const sales = CASES.filter((what) => what.startsWith('sale'))
  for (const what of checkouts) {
    hold(`${what}: calls to Stripe`, count(what)?.calls ?? 99, { most: 1 })
    hold(`${what}: statements`, count(what)?.statements.length ?? 99, { most: 4 })
  }
  for (const what of sales) hold(`${what}: statements`, count(what)?.statements.length ?? 99, { most: 14 })
  if (!atOnce.theirs) return
  const ratio = (times: Times, what: Case) => (times.theirs?.[what].p50 ?? 0) / (times.ours?.[what].p50 ?? 1)
  table(
    ['how many times faster (p50)', 'at 0 ms', 'at 120 ms'],
    CASES.map((what) => [what, rounded(ratio(atOnce, what)), rounded(ratio(atDistance, what))]),
  )
  hold(
    'with a coupon at 120 ms: times faster',
    ratio(atDistance, 'checkout, logged in with a coupon'),
    {
      least: 4.5,
    },
    'time',
  )
  for (const what of checkouts)
    hold(`${what}, at 0 ms: times faster`, ratio(atOnce, what), { least: 3 }, 'time')
  for (const what of sales) hold(`${what}, at 0 ms: times faster`, ratio(atOnce, what), { least: 4 }, 'time')
}
