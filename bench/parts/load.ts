import { randomUUID } from 'node:crypto'
import { newVisitor, type Shop } from '../../sandbox/testing/shop'
import { inWords, quantiles } from '../quantiles'
import { hold, rounded, say } from '../report'
import { type Bench, withShop } from '../shop'

type Rush = { buyers: number; rounds: number; stripeMs: number; p95: number }

/** A launch, and a Stripe that takes its time: nobody may be refused, and nobody waits much longer than Stripe makes them. */
export async function load(bench: Bench): Promise<void> {
  const rushes: Rush[] = [
    { buyers: 200, rounds: bench.quick ? 1 : 5, stripeMs: 300, p95: 2000 },
    { buyers: 20, rounds: bench.quick ? 1 : 5, stripeMs: 1500, p95: 2000 },
  ]
  await withShop(bench, async (shop) => {
    for (const rush of rushes) await measure(shop, rush)
  })
}

async function measure(shop: Shop, { buyers, rounds, stripeMs, p95 }: Rush): Promise<void> {
  const { productId } = await shop.sell()
  // What every server has done once before its second buyer: connections, prices, modules.
  await shop.checkout({ productId })
  shop.stripe.setFaults({ latencyMs: stripeMs })
  const times: number[] = []
  let refused = 0
  const started = performance.now()
  for (let round = 0; round < rounds; round++) {
    const each = async () => {
      const begun = performance.now()
      const { status } = await shop.register({ productId, attemptId: randomUUID() }, newVisitor())
      times.push(performance.now() - begun)
      if (status !== 200) refused++
    }
    await Promise.all(Array.from({ length: buyers }, each))
  }
  const perSecond = rounded((times.length / (performance.now() - started)) * 1000)
  shop.stripe.setFaults({})
  const result = quantiles(times)
  const name = `${buyers} buyers at once, Stripe at ${stripeMs} ms`
  say(`${name}: ${times.length} checkouts, ${inWords(result)}, ${perSecond} a second\n`)
  hold(`${name}: refused`, refused, { most: 0 })
  hold(`${name}: p95 in ms`, result.p95, { most: p95 }, 'time')
}
