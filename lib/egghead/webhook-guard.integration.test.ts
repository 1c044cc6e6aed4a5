import { afterAll, beforeAll, expect, test } from 'vitest'
import { openShop, type Shop, someone } from '@/sandbox/testing/shop'
import { soldByCheckout } from './webhook-guard'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.stop())

test("Stripe's event of a sale through the new checkout is told from one through the payment link", async () => {
  const workshop = await shop.sell()
  const ours = await shop.buy({ productId: workshop.productId }, { email: someone() })
  expect(soldByCheckout(await shop.eventOf(ours, 'checkout.session.completed'))).toBe(true)

  const link = shop.stripe.openLink(workshop.paymentLinkId)
  await shop.stripe.pay(link.id, { email: someone() })
  expect(soldByCheckout(await shop.eventOf(link.id, 'checkout.session.completed'))).toBe(false)
})

test('an event of another kind is nobody’s', () => {
  expect(soldByCheckout({ data: { object: {} } })).toBe(false)
  expect(soldByCheckout({ data: { object: { metadata: null } } })).toBe(false)
  expect(soldByCheckout({ data: { object: { metadata: { source: 'course-builder' } } } })).toBe(false)
})
