import { afterAll, beforeAll, expect, test } from 'vitest'
import { newVisitor, openShop, type Shop } from '@/sandbox/testing/shop'

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ CLIENT_IP_HEADER: '', RATE_LIMIT: '5/60' })
})
afterAll(() => shop.stop())

test('where no header is named, the socket’s own address is counted, whatever is claimed', async () => {
  const statuses: number[] = []
  for (let i = 1; i <= 7; i++) {
    const claims = { 'X-Forwarded-For': `198.51.100.${i}`, 'X-Real-IP': `198.51.100.${i}` }
    statuses.push((await shop.register({ productId: 'nobody_knows' }, newVisitor(), claims)).status)
  }
  expect(statuses).toEqual([404, 404, 404, 404, 404, 429, 429])
  // Said once, since behind a proxy all visitors would be one.
  expect(shop.logs().split('start.proxy_unnamed')).toHaveLength(2)
})

test('and held by: its hash stands at the checkout, as Stripe is told the address', async () => {
  await shop.restart({ CLIENT_IP_HEADER: '', RATE_LIMIT: 'off' })
  const { productId, priceId } = await shop.sell({ capacity: 30 })
  const sessionId = await shop.checkout({ productId })
  expect((await shop.checkoutOf(sessionId)).addressHash).toMatch(/^[0-9a-f]{64}$/)
  expect(JSON.stringify(shop.sessionCalls(priceId))).toContain('"ip_address":"127.0.0.1"')
})
