import { expect, it, vi } from 'vitest'
import type { OfferAnswer } from '@/lib/checkout/gateway'
import { createListedOffers } from './listed-offers'

const answer = (amount: number): OfferAnswer => ({
  workshop: {
    slug: 'a',
    productId: 'prod_a',
    title: 'A',
    startsAt: '2027-01-01T10:00:00Z',
    endsAt: '2027-01-01T12:00:00Z',
    timeZone: 'UTC',
  },
  offer: {
    base: { amount, currency: 'usd' },
    discount: { amount: 0, currency: 'usd' },
    total: { amount, currency: 'usd' },
    tier: 'standard',
    reason: 'Regular price',
    sale: 'open',
  },
})

/** A commerce side that counts how often it is asked, and can go away. */
function commerce() {
  const asked: string[] = []
  const side = { asked, amount: 100, down: false, now: 1_000_000 }
  const listed = createListedOffers(
    async (slug) => {
      asked.push(slug)
      if (side.down) throw new Error('down')
      return answer(side.amount)
    },
    () => side.now,
  )
  const total = async (slug: string) => (await listed(slug)).offer.total.amount
  return { side, total }
}

it('asks once for each workshop, however many visitors come at once and one after another', async () => {
  const { side, total } = commerce()
  await Promise.all(Array.from({ length: 50 }, (_, index) => total(index % 2 ? 'a' : 'b')))
  await total('a')
  expect(side.asked.toSorted()).toEqual(['a', 'b'])
})

it('lets nobody wait for a newer answer, and tells it to the next', async () => {
  const { side, total } = commerce()
  expect(await total('a')).toBe(100)
  side.amount = 200
  side.now += 11_000
  expect(await total('a')).toBe(100)
  await vi.waitFor(async () => expect(await total('a')).toBe(200), { timeout: 10_000 })
  expect(side.asked).toHaveLength(2)
})

it('keeps the last answer while nobody can be asked, and fails where there is none', async () => {
  const { side, total } = commerce()
  expect(await total('a')).toBe(100)
  side.down = true
  side.now += 11_000
  expect(await total('a')).toBe(100)
  await vi.waitFor(() => expect(side.asked).toHaveLength(2), { timeout: 10_000 })
  expect(await total('a')).toBe(100)
  await expect(total('b')).rejects.toThrow('down')
})
