import { expect, test } from 'vitest'
import { serverCheckoutRequestSchema } from '@/lib/contract/schemas'
import type { Buyer } from '@/lib/contract/types'
import type { CatalogueProduct } from './catalogue'
import { sessionParams } from './session-params'

const money = (amount: number) => ({ amount, currency: 'usd' })

function paramsFor({
  title = 'React',
  typed = '',
  buyer = {},
}: {
  title?: string
  typed?: string
  buyer?: Buyer
}) {
  const product: CatalogueProduct = {
    id: 'product_react',
    name: title,
    type: 'live',
    isForSale: true,
    workshop: {
      slug: 'react',
      productId: 'product_react',
      title,
      startsAt: '2026-12-01T10:00:00.000Z',
      endsAt: '2026-12-01T14:00:00.000Z',
      timeZone: 'UTC',
    },
    undated: false,
    endsAt: undefined,
    stripeProductId: 'prod_react',
    stripePriceId: 'price_react',
    merchantAccountId: 'ma',
    merchantProductId: 'mp',
    config: {},
    tiedElsewhere: [],
    capacity: -1,
    state: undefined,
    openEnrollment: undefined,
    closeEnrollment: undefined,
    howToJoin: undefined,
    replyTo: undefined,
    redeemUrl: undefined,
  }
  return sessionParams({
    checkoutId: 'chk_1',
    product,
    stripePriceId: 'price_react',
    intent: serverCheckoutRequestSchema.parse({
      productId: product.id,
      quantity: 2,
      ...(typed && { metadata: { name: typed } }),
    }),
    buyer,
    offer: { tier: 'ppp', discount: money(100) },
    discount: { code: 'PPP_IN', kind: 'coupon', couponId: 'PPP_IN', valid: true, percentOff: 60 },
    expiresAt: 1_800_000_000,
    appUrl: 'https://shop.example.com',
    requestId: 'request_1',
  })
}

const metadataFor = (of: Parameters<typeof paramsFor>[0]): Record<string, unknown> => ({
  ...paramsFor(of).metadata,
})

test('metadata keeps to Stripe’s limits: fifty keys of forty characters, values of five hundred', () => {
  const everything: Buyer = {
    name: 'n'.repeat(600),
    country: 'IN',
    ip: '192.0.2.1',
    visitorId: 'visitor',
    variant: 'session',
  }
  const metadata = metadataFor({ title: 't'.repeat(600), buyer: everything })
  expect(metadata).toMatchObject({ product: 't'.repeat(500), name: 'n'.repeat(500) })
  expect(Object.keys(metadata).length).toBeLessThanOrEqual(50)
  for (const key of Object.keys(metadata)) expect(key.length).toBeLessThanOrEqual(40)
})

test('no character is cut in two: neither Stripe nor a JSON column takes half of one', () => {
  expect(metadataFor({ title: `${'t'.repeat(499)}🙂` }).product).toBe('t'.repeat(499))
  expect(metadataFor({ title: `${'t'.repeat(498)}🙂!` }).product).toBe(`${'t'.repeat(498)}🙂`)
})

test('what is empty is left out', () => {
  expect(metadataFor({})).not.toHaveProperty('ip_address')
  expect(metadataFor({})).not.toHaveProperty('name')
})

test('a verified viewer has the name that their host knows, whatever is typed; anybody else the typed one', () => {
  expect(metadataFor({ typed: 'Mallory', buyer: { name: 'Grace Hopper' } }).name).toBe('Grace Hopper')
  expect(metadataFor({ typed: 'Ada Lovelace' }).name).toBe('Ada Lovelace')
})

test('the payment bears the same metadata as its session: a charge has no other', () => {
  const { metadata, payment_intent_data: payment } = paramsFor({})
  expect(payment?.metadata).toEqual(metadata)
})
