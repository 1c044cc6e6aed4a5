import { expect, test } from 'vitest'
import { CheckoutError } from '@/lib/contract/errors'
import { serverCheckoutRequestSchema } from '@/lib/contract/schemas'
import type { OfferAnswer } from './gateway'
import { createLastOffers } from './last-offers'

let now = Date.parse('2026-11-28T10:00:00Z')
const offers = createLastOffers(() => new Date(now))
const request = { slug: 'react', quantity: 1 }
const money = (amount: number) => ({ amount, currency: 'usd' })

const answer: OfferAnswer = {
  workshop: {
    slug: 'react',
    productId: 'prod_react',
    title: 'React',
    startsAt: '2026-11-28T11:00:00.000Z',
    endsAt: '2026-11-28T15:00:00.000Z',
    timeZone: 'UTC',
  },
  offer: {
    base: money(49_900),
    discount: money(0),
    total: money(49_900),
    tier: 'standard',
    reason: 'Regular price',
    sale: 'open',
    fallbackUrl: 'https://buy.stripe.com/test?client_reference_id=visitor_ada&prefilled_promo_code=BIRD',
  },
}
offers.remember(request, { visitorId: 'ada' }, answer)

const outage = () => new CheckoutError('unavailable')
const intent = serverCheckoutRequestSchema.parse({ productId: 'prod_react' })
const linkIn = (error: unknown) => (error instanceof CheckoutError ? error.details.fallbackUrl : error)

test('whoever is told later gets a link of their own', () => {
  const links = [
    offers.recall(request, { visitorId: 'grace' })?.offer.fallbackUrl,
    linkIn(offers.withFallback(outage(), intent, { visitorId: 'grace' })),
  ]
  for (const link of links) {
    const { searchParams } = new URL(String(link))
    expect(searchParams.get('client_reference_id')).toBe('visitor_grace')
    expect(searchParams.get('prefilled_promo_code')).toBe('BIRD')
  }
})

test('who has no id gets nobody else’s', () => {
  expect(offers.recall(request, {})?.offer.fallbackUrl).not.toContain('client_reference_id')
  expect(linkIn(offers.withFallback(outage(), intent, {}))).not.toContain('client_reference_id')
})

test('a link that is none keeps no offer from being remembered', () => {
  const broken = { ...answer, offer: { ...answer.offer, fallbackUrl: 'none' } }
  offers.remember({ ...request, quantity: 2 }, {}, broken)
  expect(offers.recall({ ...request, quantity: 2 }, {})?.offer.total).toEqual(answer.offer.total)
})

test('a price that has ended takes its code from the link, and leaves the link', () => {
  const asked = { ...request, quantity: 3 }
  const ending = { ...answer.offer, endsAt: '2026-11-28T10:30:00.000Z' }
  offers.remember(asked, {}, { ...answer, offer: ending })
  const linkOf = () => {
    const { searchParams } = new URL(
      String(linkIn(offers.withFallback(outage(), { ...intent, quantity: 3 }, {}))),
    )
    return searchParams.get('prefilled_promo_code')
  }
  expect(linkOf()).toBe('BIRD')
  now = Date.parse('2026-11-28T10:31:00Z')
  expect(linkOf()).toBeNull()
  expect(offers.recall(asked, {})).toBeUndefined()
})

test('where nothing was left, nobody is led to a link', () => {
  const asked = { ...request, quantity: 4 }
  const { fallbackUrl: _, ...offer } = answer.offer
  offers.remember(asked, {}, { ...answer, offer: { ...offer, sale: 'sold-out' } })
  expect(offers.withFallback(outage(), { ...intent, quantity: 4 }, {})).toMatchObject({ code: 'sold_out' })
})

test('where the sale is closed, or not open yet, that is what is said', () => {
  const { fallbackUrl: _, ...offer } = answer.offer
  const told = (quantity: number, sale: 'closed' | 'not-open', saleChangesAt: string) => {
    offers.remember({ ...request, quantity }, {}, { ...answer, offer: { ...offer, sale, saleChangesAt } })
    return offers.withFallback(outage(), { ...intent, quantity }, {})
  }
  expect(told(5, 'closed', '2026-11-27T00:00:00Z')).toMatchObject({ code: 'sale_closed' })
  expect(told(6, 'not-open', '2026-11-29T00:00:00Z')).toMatchObject({ code: 'sale_not_open' })
  expect(told(7, 'not-open', '2026-11-28T10:00:00Z')).toMatchObject({ code: 'unavailable' })
})

test('that a sale is not open yet is not told once it has opened', () => {
  const asked = { ...request, quantity: 10 }
  const { fallbackUrl: _, ...offer } = answer.offer
  const saleChangesAt = new Date(now + 60_000).toISOString()
  offers.remember(asked, {}, { ...answer, offer: { ...offer, sale: 'not-open', saleChangesAt } })
  expect(offers.recall(asked, {})?.offer.sale).toBe('not-open')
  now += 61_000
  expect(offers.recall(asked, {})).toBeUndefined()
})

test('the latest that was heard counts, and seats that were held half an hour ago may be free', () => {
  const soldOut = { ...request, quantity: 8 }
  const { fallbackUrl: _, ...offer } = answer.offer
  offers.remember(soldOut, {}, { ...answer, offer: { ...offer, sale: 'sold-out' } })
  const told = () => offers.withFallback(outage(), { ...intent, quantity: 8 }, {})
  expect(told()).toMatchObject({ code: 'sold_out' })
  now += 60_000
  offers.remember(request, {}, answer)
  expect(linkIn(told())).toEqual(expect.any(String))
  now += 31 * 60_000
  expect(told()).toMatchObject({ code: 'unavailable' })
})

test('what a visitor is told of the seats that they hold themselves is nobody else’s', () => {
  const asked = { ...request, quantity: 9 }
  offers.remember(asked, { visitorId: 'ada' }, { ...answer, ownSeats: 1 })
  expect(offers.recall(asked, { visitorId: 'grace' })).toBeUndefined()
})

test('a fault of the database is one that a buyer is told of, with their link', () => {
  const cause = new Error('connect ECONNREFUSED')
  const told = offers.withFallback(cause, intent, {})
  expect(told).toMatchObject({ code: 'unavailable', details: { fallbackUrl: expect.any(String) } })
  // What it was stays with it: the log says more than a buyer is told.
  expect(told).toMatchObject({ cause })
  expect(offers.withFallback(new CheckoutError('stripe_error', { cause }), intent, {})).toMatchObject({
    code: 'stripe_error',
    details: { fallbackUrl: expect.any(String) },
    cause,
  })
  const refusal = new CheckoutError('already_purchased')
  expect(offers.withFallback(refusal, intent, {})).toBe(refusal)
})

test('an answer about too many tries is not remembered as the workshop’s', () => {
  const asked = { ...request, couponCode: 'GUESS' }
  const problem = { code: 'rate_limited', error: 'Many codes were tried.' } as const
  offers.remember(asked, {}, { ...answer, offer: { ...answer.offer, problem } })
  expect(offers.recall(asked, {})).toBeUndefined()
})

test('nothing is recalled of a workshop that is over', () => {
  now = Date.parse('2026-11-28T15:00:00Z')
  expect(offers.recall(request, {})).toBeUndefined()
  expect(linkIn(offers.withFallback(outage(), intent, {}))).toBeUndefined()
})
