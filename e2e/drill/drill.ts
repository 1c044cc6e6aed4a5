import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { guardState } from '../../lib/rollout/guard'
import { readVerdict } from '../../lib/rollout/store'
import { startPrivateMysql } from '../../sandbox/mysql/server.mjs'
import { type PrometheusServer, startPrometheus } from '../../sandbox/testing/prometheus-server'
import { newVisitor, openShop, type Shop, type WorkshopOnSale } from '../../sandbox/testing/shop'
import { root } from '../../scripts/project.mjs'
import { startScheduler } from '../../scripts/scheduler.mjs'
import { nothingLost } from './books'
import { type Crowd, letIn, type Visit } from './visitors'

export type Plan = {
  /** Ends when the first visitors are back, instead of all. */
  short: boolean
  say: (line: string) => void
}

/** What the product promises: everywhere within ten seconds. */
const GUARD_MS = 10_000
/** One visitor each: 240 a minute. */
const EVERY_MS = 250
const LONGEST_MS = 300_000

type Scene = {
  shop: Shop
  servers: string[]
  workshop: WorkshopOnSale
  prometheus: PrometheusServer
  crowd: Crowd
  problems: string[]
} & Plan

/** Plays the drill once, on a database, a Stripe, a mail server and a Prometheus of its own. Answers what went wrong. */
export async function drill(plan: Plan): Promise<string[]> {
  const undo: (() => unknown)[] = []
  try {
    const scene = await setUp(plan, undo)
    await sellAsUsual(scene)
    await failStripe(scene)
    await comeBack(scene)
    await scene.crowd.leave()
    tell(scene)
    scene.problems.push(...scene.crowd.lost.map((why) => `a visitor was left standing: ${why}`))
    scene.problems.push(...(await nothingLost(scene)))
    return scene.problems
  } finally {
    for (const action of undo.reverse()) await action()
  }
}

async function setUp(plan: Plan, undo: (() => unknown)[]): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'workshop-drill-'))
  undo.push(() => rmSync(folder, { recursive: true, force: true }))
  const database = await startPrivateMysql({ dataDir: join(folder, 'mysql'), fast: true })
  undo.push(() => database.stop())
  process.env.TEST_DATABASE_URL = database.url
  const token = randomBytes(16).toString('hex')
  const shop = await openShop({ METRICS_TOKEN: token, LOG_LEVEL: 'warn' })
  undo.push(() => shop.stop())
  const servers = [shop.url, await shop.addServer()]
  const workshop = await shop.sell()
  const prometheus = await startPrometheus(servers, token, [join(root, 'ops/alerts.yml')])
  undo.push(() => prometheus.stop())
  undo.push(startScheduler(shop.url, shop.env.CRON_SECRET ?? ''))
  plan.say('two production servers, one database, one Stripe, one Prometheus with our alert rules')
  const crowd = letIn({ shop, servers, workshop }, EVERY_MS)
  undo.push(() => crowd.leave())
  return { ...plan, shop, servers, workshop, prometheus, crowd, problems: [] }
}

/** Waits for something that must come. @throws where it does not */
async function until(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + LONGEST_MS
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`It never came: ${what}`)
    await sleep(200)
  }
}

const countOf = (visits: Visit[], way: Visit['way'], since = 0) =>
  visits.filter((visit) => visit.way === way && visit.at >= since).length

async function sellAsUsual({ crowd, say, problems }: Scene): Promise<void> {
  say(`${60_000 / EVERY_MS} visitors a minute`)
  await until('forty checkouts', () => countOf(crowd.visits, 'session') >= 40)
  say(`${countOf(crowd.visits, 'session')} checkouts, all of them sessions of ours`)
  if (crowd.visits.some(({ way }) => way !== 'session'))
    problems.push('visitors were led to payment links while all was well')
}

/** Which way a visitor goes who comes to this server now. */
async function leadsTo({ shop, workshop }: Scene, server: string): Promise<unknown> {
  const { body } = await shop.send(`${server}/api/workshop/${workshop.slug}/offer`, {
    headers: { Cookie: `workshop_visitor=${newVisitor().id}` },
  })
  return body.checkout
}

async function failStripe(scene: Scene): Promise<void> {
  const { shop, servers, crowd, prometheus, say, problems, short } = scene
  shop.stripe.setFaults({ failRate: 1 })
  const failedAt = Date.now()
  say('Stripe answers every request with 500; nobody does anything about it')
  await until('the share of failures that the guard acts on', () => {
    const failures = countOf(crowd.visits, 'fallback', failedAt)
    return failures > 0.05 * crowd.visits.length
  })
  const enoughAt = Date.now()
  say(
    `more than one checkout in twenty failed, after ${seconds(enoughAt - failedAt)}; each buyer was sent to the link`,
  )
  await until('payment links on every server', async () =>
    (await Promise.all(servers.map((server) => leadsTo(scene, server)))).every(
      (way) => way === 'payment-link',
    ),
  )
  const took = Date.now() - enoughAt
  say(`every server leads its visitors to the payment link, ${seconds(took)} later`)
  if (took > GUARD_MS) problems.push(`the guard took ${seconds(took)}, and promises ten`)
  await until('the alert', async () => (await prometheus.firing()).includes('GuardOpen'))
  say(`alerts fire: ${[...new Set(await prometheus.firing())].sort().join(', ')}`)
  // Longer than one break of the guard: it tries its way back in vain, and must notice.
  const outageMs = short ? 12_000 : 50_000
  await until('the end of the outage', () => Date.now() - failedAt > outageMs)
  const since = crowd.visits.filter(({ at }) => at >= failedAt)
  const made = since.filter(({ way }) => way === 'session').length
  say(
    `${since.length} visitors came meanwhile: ${countOf(since, 'link')} by the offer, ${countOf(since, 'fallback')} by the fallback, all to the payment link`,
  )
  if (made > 0) problems.push(`${made} visitors got a session from a Stripe that makes none`)
}

async function comeBack(scene: Scene): Promise<void> {
  const { shop, crowd, prometheus, say, short } = scene
  shop.stripe.setFaults({})
  const wellAt = Date.now()
  say('Stripe is well again; nobody tells us')
  await until('the first sessions', () => countOf(crowd.visits, 'session', wellAt) > 0)
  say(
    `the guard tries its way back: the first visitors are on our checkout again, ${seconds(Date.now() - wellAt)} later`,
  )
  if (short) return
  await until('an end to payment links', async () => guardState(await readVerdict(shop.db)) === 'closed')
  const backAt = Date.now()
  say(`everybody is back, ${seconds(backAt - wellAt)} after Stripe`)
  await until('the end of the alert', async () => !(await prometheus.firing()).includes('GuardOpen'))
  await until('twenty checkouts', () => countOf(crowd.visits, 'session', backAt) >= 20)
  say('the alert has ended, and checkout goes on as before')
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`

/** What the servers themselves said of it. */
function tell({ shop, say }: Scene): void {
  for (const line of shop.logs().split('\n')) {
    if (!line.includes('"event":"guard.')) continue
    const { time, event, share } = JSON.parse(line)
    say(`the log says: ${time} ${event}, ${share} % of the visitors on our checkout`)
  }
}
