import type { Refund, Sale } from './sale'

/** A sale for tests and previews. */
export const aSale = (change: Partial<Sale> = {}): Sale => ({
  purchaseId: 'purch_7Qm2ZtXw',
  sessionId: 'cs_test_a1b2c3',
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  quantity: 1,
  total: { amount: 42400, currency: 'usd' },
  discount: { amount: 7500, currency: 'usd' },
  couponCode: 'EARLY_BIRD',
  registrationUrl:
    'https://workshops.example.com/workshop/typescript-at-scale/confirmation?session_id=cs_live_1',
  receiptUrl: 'https://pay.stripe.com/receipts/payment/CAcaFwoVYWNjdF8x',
  createdAt: '2026-11-24T09:30:00.000Z',
  productId: 'prod_claude_code',
  productType: 'live',
  workshop: {
    slug: 'claude-code',
    title: 'Claude Code from First Prompt to Production',
    startsAt: '2026-12-15T18:00:00Z',
    endsAt: '2026-12-15T23:00:00Z',
    timeZone: 'America/Los_Angeles',
    url: 'https://shop.example.com/workshop/claude-code',
    howToJoin: 'We meet on Zoom. The link comes by e-mail the day before, and again an hour before we start.',
    replyTo: 'workshops@example.com',
  },
  ...change,
})

export const aBulkSale = (change: Partial<Sale> = {}): Sale =>
  aSale({
    quantity: 5,
    total: { amount: 212000, currency: 'usd' },
    discount: { amount: 37500, currency: 'usd' },
    bulkCouponId: 'coupon_9f8e7d6c',
    bulkCouponUrl: 'https://builder.example.com/products/claude-code?coupon=coupon_9f8e7d6c',
    ...change,
  })

export const aRefund = (change: Partial<Refund> = {}): Refund => ({
  sale: aSale(),
  amount: { amount: 42400, currency: 'usd' },
  refunded: { amount: 42400, currency: 'usd' },
  full: true,
  refundedAt: '2026-11-28T12:00:00.000Z',
  ...change,
})
