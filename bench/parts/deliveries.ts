import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type Stripe from 'stripe'
import { inParallel, newVisitor, type Shop, someone } from '../../sandbox/testing/shop'
import { deliver } from '../buyers'
import { inWords, quantiles } from '../quantiles'
import { hold, rounded, say, table } from '../report'
import { type Bench, withShop } from '../shop'

/** Of each sale Stripe tells three times: the sale itself, its payment, which is no concern of ours, and the sale once more. */
const TELLINGS = 3
const ALL = 50_000
const QUICK = 180
const A_ROUND = 60
const ABREAST = 8
/** Memory after the last third against that after the first. */
const GROWTH = 1.1

const SALE = 'checkout.session.completed'
const OTHER = 'payment_intent.succeeded'

/**
 * Fifty thousand deliveries, a third of them duplicates that come before, after or together with the first, to one process: how many
 * a second, how long each takes, and whether anything stays behind.
 */
export async function deliveries(bench: Bench): Promise<void> {
  const mail = await startSink()
  try {
    await withShop(bench, (shop) => measure(shop, bench), { SMTP_URL: mail.url })
  } finally {
    await mail.close()
  }
}

/** A mail server that keeps nothing: fifty thousand deliveries are many letters. */
async function startSink() {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      stream.resume().on('end', () => done())
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

type Third = { times: number[]; seconds: number; memory: NodeJS.MemoryUsage }

async function measure(shop: Shop, { quick }: Bench): Promise<void> {
  const { productId } = await shop.sell()
  const server = await shop.runServer({}, { observed: true })
  // Stripe's stand-in forgets each round, so that it is not what grows.
  const before = shop.stripe.snapshot()
  const rounds = Math.ceil((quick ? QUICK : ALL) / TELLINGS / A_ROUND / 3)
  const sale = async () => {
    shop.stripe.restore(before)
    shop.stripe.setDeliveries({ drop: true })
    return shuffled(await eventsOf(shop, productId))
  }
  for (const event of await sale()) await deliver(shop, event, server.url)
  const thirds: Third[] = []
  for (let third = 0; third < 3; third++) {
    const times: number[] = []
    let seconds = 0
    for (let round = 0; round < rounds; round++) {
      const events = await sale()
      const started = performance.now()
      times.push(...(await inParallel(events, ABREAST, (event) => deliver(shop, event, server.url))))
      seconds += (performance.now() - started) / 1000
    }
    thirds.push({ times, seconds, memory: await server.observed.memory() })
  }
  const recorded = await shop.purchases(productId)
  hold(
    'deliveries: sales recorded otherwise than once',
    Math.abs(recorded.length - (3 * rounds + 1) * A_ROUND),
    { most: 0 },
  )
  tell(thirds)
}

/** Pays for a round of sales while nothing is delivered. Answers what Stripe has to tell, the duplicates with it. */
async function eventsOf(shop: Shop, productId: string): Promise<Stripe.Event[]> {
  const sessions = new Set<string>()
  await inParallel([...Array(A_ROUND).keys()], ABREAST, async () => {
    const sessionId = await shop.checkout({ productId }, newVisitor())
    await shop.stripe.pay(sessionId, { email: someone('delivery') })
    sessions.add(sessionId)
  })
  const newest = async (type: string) => (await shop.client.events.list({ type, limit: A_ROUND })).data
  const sales = await newest(SALE)
  if (sales.some(({ data }) => !('id' in data.object && sessions.has(String(data.object.id)))))
    throw new Error("Stripe's stand-in told of other sales")
  return [...sales, ...sales, ...(await newest(OTHER))]
}

function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, weight: Math.random() }))
    .sort((left, right) => left.weight - right.weight)
    .map(({ item }) => item)
}

const megabytes = (bytes: number) => Math.round((bytes / 2 ** 20) * 10) / 10

function tell(thirds: Third[]): void {
  const all = thirds.flatMap(({ times }) => times)
  const seconds = thirds.reduce((sum, third) => sum + third.seconds, 0)
  const perSecond = rounded(all.length / seconds)
  say(
    `Webhook, ${all.length} deliveries, ${ABREAST} at a time, a third of them duplicates: ${perSecond} a second, ${inWords(quantiles(all))}`,
  )
  const rows = thirds.map(({ times, memory }, index) => {
    const { p50, p95 } = quantiles(times)
    return [
      `third ${index + 1}`,
      rounded(p50),
      rounded(p95),
      megabytes(memory.heapUsed),
      megabytes(memory.rss),
    ]
  })
  table(['', 'p50 in ms', 'p95', 'heap in MB', 'resident'], rows)
  const [first, , last] = thirds
  if (!first || !last) return
  const grown = (of: 'heapUsed' | 'rss') => last.memory[of] / first.memory[of]
  hold(
    'deliveries: heap after the last third, against the first',
    grown('heapUsed'),
    { most: GROWTH },
    'time',
  )
  hold('deliveries: resident memory, likewise', grown('rss'), { most: GROWTH }, 'time')
  const slower = quantiles(last.times).p95 / quantiles(first.times).p95
  hold('deliveries: p95 of the last third, against the first', slower, { most: 1.2 }, 'time')
}
