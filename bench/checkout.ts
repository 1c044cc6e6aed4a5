// Behind `npm run bench:checkout`: twenty buyers at once while Stripe takes 1.5 s. Fails where one in twenty waits 2 s or more.
import type { Shop } from '../sandbox/testing/shop'
import { inWords, quantiles } from './quantiles'
import { holdTo, withShop } from './shop'

const BUYERS = 20
const ROUNDS = 5
const STRIPE_MS = 1500
const LIMIT_MS = 2000

async function measure(shop: Shop): Promise<number[]> {
  const { productId } = await shop.sell()
  // What every server has done once before its second buyer: connections, prices, modules.
  await shop.checkout({ productId })
  shop.stripe.setFaults({ latencyMs: STRIPE_MS })
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all(
      Array.from({ length: BUYERS }, async () => {
        const started = performance.now()
        await shop.checkout({ productId })
        times.push(performance.now() - started)
      }),
    )
  }
  return times
}

const times = await withShop(measure)
const result = quantiles(times)
console.log(`${times.length} checkouts, ${BUYERS} at once, Stripe at ${STRIPE_MS} ms`)
console.log(`${inWords(result)}; p95 is ${(result.p95 / STRIPE_MS).toFixed(2)} of Stripe's own time`)
holdTo(LIMIT_MS, 'checkouts', result.p95)
