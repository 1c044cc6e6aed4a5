import { randomUUID } from 'node:crypto'
import { addManySales } from '../../sandbox/testing/many-sales'
import { newVisitor, type Shop, someone } from '../../sandbox/testing/shop'
import { anAddress, deliver, paidEvent } from '../buyers'
import { ms, quantiles } from '../quantiles'
import { hold, rounded, say, table } from '../report'
import { type Bench, withShop } from '../shop'

/** Purchases in the tables before anything is measured. */
const SIZES = [1_000, 100_000, 1_000_000]
const QUICK_SIZES = [500, 1_000, 2_000]
/** The p95 of the largest against that of the smallest. */
const AT_MOST = 1.2

const METRICS_TOKEN = 'bench-metrics-token'
const REQUESTS = ['checkout', 'offer', 'status', 'webhook'] as const
const JOBS = ['inbox', 'outbox', 'holds', 'reconcile', 'metrics'] as const
type Work = (typeof REQUESTS)[number] | (typeof JOBS)[number]

/** Answers the time of each, in milliseconds. */
type Doings = Record<Work, () => Promise<number>>

/** The same work on tables with a thousand, a hundred thousand and a million purchases, in turn, so that whatever else the machine does meets all. */
export async function growth(bench: Bench): Promise<void> {
  const sizes = bench.quick ? QUICK_SIZES : SIZES
  const times = await withFilledShops(bench, sizes, async (shops) => {
    const all = await Promise.all(shops.map(doingsOf))
    await inTurn(all, [...REQUESTS, ...JOBS], bench.quick ? 1 : 20)
    return {
      ...(await inTurn(all, REQUESTS, bench.quick ? 5 : 300)),
      ...(await inTurn(all, JOBS, bench.quick ? 2 : 60)),
    }
  })
  tell(sizes, times)
}

/** All of them at once, each with a database of its own. */
async function withFilledShops<T>(
  bench: Bench,
  sizes: number[],
  work: (shops: Shop[]) => Promise<T>,
  filled: Shop[] = [],
): Promise<T> {
  const [size, ...others] = sizes
  if (size === undefined) return work(filled)
  const env = { RATE_LIMIT: '1000/60', METRICS_TOKEN }
  return withShop(
    bench,
    async (shop) => {
      const started = performance.now()
      await addManySales(shop.env.DATABASE_URL ?? '', size)
      say(`${size.toLocaleString('en')} purchases in ${Math.round((performance.now() - started) / 1000)} s`)
      return withFilledShops(bench, others, work, [...filled, shop])
    },
    env,
  )
}

async function doingsOf(shop: Shop): Promise<Doings> {
  const workshop = await shop.sell({ capacity: 100_000 })
  const { productId, slug } = workshop
  shop.stripe.setDeliveries({ drop: true })
  const checkout = async () => {
    const visitor = newVisitor({ address: anAddress() })
    const started = performance.now()
    const { status, body } = await shop.register({ productId, attemptId: randomUUID() }, visitor)
    const took = performance.now() - started
    if (status !== 200) throw new Error(`a checkout answered ${status} ${JSON.stringify(body)}`)
    return { took, sessionId: String(body.sessionId) }
  }
  let sold = ''
  const sale = async () => {
    sold = (await checkout()).sessionId
    return deliver(shop, await paidEvent(shop, sold, someone('growth')))
  }
  await sale()
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const started = performance.now()
    const { status } = await shop.send(path, { headers })
    if (status !== 200) throw new Error(`${path} answered ${status}`)
    return performance.now() - started
  }
  const cron = (route: string) =>
    get(`/api/cron/${route}`, { Authorization: `Bearer ${shop.env.CRON_SECRET}` })
  return {
    checkout: async () => (await checkout()).took,
    offer: () => get(`/api/workshop/${slug}/offer`),
    status: () => get(`/api/workshop/checkout/${sold}`),
    webhook: sale,
    inbox: () => cron('inbox'),
    outbox: () => cron('outbox'),
    holds: () => cron('holds'),
    reconcile: () => cron('reconcile'),
    metrics: () => get('/api/metrics', { Authorization: `Bearer ${METRICS_TOKEN}` }),
  }
}

type Times = Partial<Record<Work, number[][]>>

/** Each of the works on each of the sizes, a round after the other. Answers the times by work and size. */
async function inTurn(all: Doings[], works: readonly Work[], rounds: number): Promise<Times> {
  const times: Times = {}
  for (const work of works) {
    const ofSizes = all.map((): number[] => [])
    for (let round = 0; round < rounds; round++)
      for (const [size, doings] of all.entries()) ofSizes[size]?.push(await doings[work]())
    times[work] = ofSizes
  }
  return times
}

function tell(sizes: number[], times: Times): void {
  const largest = sizes.at(-1) ?? 0
  say(`\nHowever full the tables are: p50 / p95 in ms`)
  const names = sizes.map((size) => size.toLocaleString('en'))
  const rows = Object.entries(times).map(([work, ofSizes]) => {
    const results = ofSizes.map(quantiles)
    const smallest = results[0]?.p95 || 1
    const ratio = (results.at(-1)?.p95 ?? 0) / smallest
    const isJob = JOBS.some((job) => job === work)
    // A job is run by nobody who waits, and seldom: by its median.
    const measured = isJob ? (results.at(-1)?.p50 ?? 0) / (results[0]?.p50 || 1) : ratio
    hold(
      `${work} at ${largest.toLocaleString('en')} purchases, against ${names[0]}`,
      measured,
      { most: AT_MOST },
      'time',
    )
    return [work, ...results.map(({ p50, p95 }) => `${ms(p50)} / ${ms(p95)}`), rounded(measured)]
  })
  table(['', ...names, 'ratio'], rows)
}
