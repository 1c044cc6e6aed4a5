import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as tables from '@/db/schema'
import { openShop, type Shop, someone } from '@/sandbox/testing/shop'
import { runOps } from './testing/run'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.stop())

const ops = (args: string[], env = shop.env) => runOps(args, env)

test('what Stripe has and we have not is found, repaired once, and then gone', async () => {
  const { productId, paymentLinkId } = await shop.sell()
  const recorded = await shop.buy({ productId })
  shop.stripe.setDeliveries({ drop: true })
  const lost = await shop.checkout({ productId })
  await shop.stripe.pay(lost, { email: someone() })
  const link = shop.stripe.openLink(paymentLinkId)
  await shop.stripe.pay(link.id, { email: someone() })
  shop.stripe.refund({ session: recorded })
  const { purchaseId } = await shop.checkoutOf(recorded)
  const columns = { stripeChargeId: null }
  await shop.db
    .update(tables.purchase)
    .set(columns)
    .where(eq(tables.purchase.id, purchaseId ?? ''))
  shop.stripe.setDeliveries({})

  const before = await ops(['reconcile', '--json'])
  expect(before.err).toBe('')
  expect(before.code).toBe(1)
  const lines = before.out.trim().split('\n')
  const named = lines.slice(0, -1).map((line) => JSON.parse(line))
  expect(named.map(({ kind, sessionId }) => `${kind} ${sessionId}`).sort()).toEqual(
    [
      `missing ${lost}`,
      `missing ${link.id}`,
      `refunded ${recorded}`,
      `status ${recorded}`,
      `columns ${recorded}`,
    ].sort(),
  )
  expect(await shop.purchases(productId)).toHaveLength(1)

  const fixed = await ops(['reconcile', '--fix'])
  expect(fixed.out).toContain('0 differences left')
  expect(fixed.code).toBe(0)
  const purchases = await shop.purchases(productId)
  expect(purchases).toHaveLength(3)
  const repaired = purchases.find(({ id }) => id === purchaseId)
  expect(repaired).toMatchObject({
    status: 'Refunded',
    stripeChargeId: (await shop.checkoutOf(recorded)).chargeId,
  })

  // A sale here that Stripe knows nothing of.
  const made = { sessionId: 'cs_test_nobody' }
  await shop.db.update(tables.checkoutSession).set(made).where(eq(tables.checkoutSession.sessionId, lost))
  const both = await ops(['reconcile'])
  expect(both.out).toContain('not_paid cs_test_nobody')
  expect(both.code).toBe(1)
})

test('wrong usage and a missing variable are 2, and name what is wrong without a secret', async () => {
  expect(await ops(['reconcile', '--since', 'yesterday'])).toMatchObject({ code: 2 })
  expect(await ops(['reconcile', '--nonsense'])).toMatchObject({ code: 2 })
  const { DATABASE_URL: _, ...rest } = shop.env
  const answer = await ops(['reconcile'], rest)
  expect(answer).toMatchObject({ code: 2, out: '' })
  expect(answer.err).toContain('DATABASE_URL is missing')
  expect(answer.err).not.toContain(shop.env.STRIPE_SECRET_KEY)
})
