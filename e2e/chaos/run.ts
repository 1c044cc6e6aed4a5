import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eq, inArray } from 'drizzle-orm'
import { checkoutSession, outbox, stripeEvent } from '../../db/schema'
import { runOps } from '../../ops/testing/run'
import { startMysqlProxy } from '../../sandbox/mysql/proxy'
import { startPrivateMysql } from '../../sandbox/mysql/server.mjs'
import type { TestServer } from '../../sandbox/testing/app'
import { randomFrom } from '../../sandbox/testing/random'
import { inParallel, openShop, type Shop } from '../../sandbox/testing/shop'
import { type Market, visit } from './buyers'
import { check, type Verdict } from './check'
import type { Control } from './controls'
import { startFaults } from './faults'
import { startResend } from './resend'
import { type Senders, startSenders } from './senders'
import { Tally } from './tally'

export type Plan = {
  seed: number
  /** How many visits are made. */
  visits: number
  abreast: number
  /** How long a buyer looks at the page at the most, in milliseconds. */
  pauseMs: number
  /** Resend honours idempotency keys; an SMTP server has none. */
  mail: 'smtp' | 'resend'
  /** Takes a protection away, to see that this run would tell. */
  control?: Control | undefined
  log: (line: string) => void
}

export type Report = Verdict & { visits: Tally; deliveries: Tally; faults: Tally; seconds: number }

/** However slow the machine: it is given up only when nothing has moved for so long. */
const STUCK_MS = 120_000

/** One run: a database, a Stripe, a mail server and two server processes of its own; buyers, senders and faults at once; then peace, and a check. */
export async function run(plan: Plan): Promise<Report> {
  const started = Date.now()
  const folder = await mkdtemp(join(tmpdir(), 'workshop-chaos-'))
  const database = await startPrivateMysql({ dataDir: join(folder, 'mysql'), fast: true })
  process.env.TEST_DATABASE_URL = database.url
  const undo: (() => unknown)[] = [
    () => rmSync(folder, { recursive: true, force: true }),
    () => database.stop(),
  ]
  try {
    const report = await play(plan, database, undo)
    return { ...report, seconds: Math.round((Date.now() - started) / 1000) }
  } finally {
    for (const action of undo.reverse()) await action()
  }
}

type Database = Awaited<ReturnType<typeof startPrivateMysql>>

async function play(plan: Plan, database: Database, undo: (() => unknown)[]) {
  const { seed, control, log } = plan
  const mailbox = plan.mail === 'resend' ? await startResend(undo) : undefined
  const shop = await openShop(
    { LOG_LEVEL: 'error', ...mailbox?.env },
    control ? { database: (url) => throughControl(url, control, undo) } : {},
  )
  undo.push(() => shop.stop())
  const second = await shop.runServer()
  const main: TestServer = { url: shop.url, kill: shop.kill, restart: () => shop.restart() }
  const servers = [main, second]
  const tallies = { visits: new Tally(), deliveries: new Tally(), faults: new Tally() }
  const random = randomFrom(seed)
  const workshops = [
    await shop.sell(),
    await shop.sell({ capacity: Math.ceil(plan.visits / 10) }),
    await shop.sell({ price: { amount: 12_345, currency: 'usd' } }),
  ]
  for (const statement of control?.statements ?? []) await shop.db.execute(statement)
  const senders = await startSenders({
    targets: servers.map(({ url }) => `${url}/api/stripe/webhook`),
    secret: shop.env.STRIPE_WEBHOOK_SECRET ?? '',
    random: randomFrom(seed + 1),
    tally: tallies.deliveries,
  })
  undo.push(() => senders.stop())
  listenInstead(shop, senders.url)
  const endFaults = control?.calm
    ? async () => undefined
    : startFaults({ shop, servers, database, random, tally: tallies.faults })
  const urls = servers.map(({ url }) => url)
  const people = Math.ceil(plan.visits * 0.7)
  const market: Market = { shop, urls, workshops, people, seed, tally: tallies.visits }
  let made = 0
  await inParallel([...Array(plan.visits).keys()], plan.abreast, async (number) => {
    await sleep(random() * plan.pauseMs)
    await visit(market, number)
    if (++made % 500 === 0) log(`  ${made} of ${plan.visits} visits; faults so far: ${tallies.faults}`)
  })
  await endFaults()
  log(
    `  ${plan.visits} visits made; everything is well again, and ${senders.waiting()} deliveries are under way`,
  )
  const unsettled = await settle(shop, servers, senders)
  const letters = (await mailbox?.letters()) ?? shop.mail.messages()
  const verdict = await check(shop, workshops, { letters, onceOnly: mailbox !== undefined })
  const problems = [...unsettled, ...verdict.problems, ...(control ? [] : await reconcile(shop))]
  return { ...verdict, problems, ...tallies }
}

/** What the operator's own command says of it: each difference is a problem. */
async function reconcile({ env }: Shop): Promise<string[]> {
  const { code, out, err } = await runOps(['reconcile'], env)
  return code === 0 ? [] : [`ops reconcile ended with ${code}: ${out}${err}`.slice(0, 5000)]
}

async function throughControl(url: string, control: Control, undo: (() => unknown)[]): Promise<string> {
  const wire = await startMysqlProxy(url)
  wire.hooks.rewrite = control.rewrite
  undo.push(() => wire.close())
  return wire.url
}

/** Stripe's events go to our senders, who make sure that they arrive, somehow. */
function listenInstead({ stripe }: Shop, url: string): void {
  for (const id of Object.keys(stripe.snapshot().webhookEndpoints)) stripe.removeEndpoint(id)
  stripe.addEndpoint({ url, secret: 'whsec_the_senders_sign_anew' })
}

/** Deliveries come to an end, buyers look at their confirmation page, and the scheduler runs until nothing waits. Answers what still does. */
async function settle(shop: Shop, servers: TestServer[], senders: Senders): Promise<string[]> {
  let moving = whileItMoves()
  while (senders.waiting() > 0 && moving(senders.waiting())) await sleep(100)
  for (const id of senders.lost)
    for (const { url } of servers) {
      // Whoever asks again within a few seconds is told what stands here.
      await shop.db.update(checkoutSession).set({ askedAt: null }).where(eq(checkoutSession.sessionId, id))
      await shop.send(`${url}/api/workshop/checkout/${id}`, { method: 'POST' })
    }
  moving = whileItMoves()
  for (;;) {
    await shop.makeDue()
    await Promise.all([shop.cron('inbox'), shop.cron('outbox')])
    const waiting =
      (await shop.db.$count(stripeEvent, inArray(stripeEvent.status, ['pending']))) +
      (await shop.db.$count(outbox, eq(outbox.status, 'pending'))) +
      senders.waiting()
    if (waiting === 0) return []
    if (!moving(waiting)) return [`${waiting} deliveries, events and messages still wait`]
    await sleep(100)
  }
}

/** Whether fewer have come to wait than ever before, not too long ago. */
function whileItMoves(): (waiting: number) => boolean {
  let fewest = Number.POSITIVE_INFINITY
  let moved = Date.now()
  return (waiting) => {
    if (waiting < fewest) {
      fewest = waiting
      moved = Date.now()
    }
    return Date.now() - moved < STUCK_MS
  }
}
