import { describe, expect, it } from 'vitest'
import type { WorkshopDeclaration } from '@/lib/contract/workshop'
import { declaredOffer } from './declared-offer'

const workshop: WorkshopDeclaration = {
  slug: 'declared',
  productId: 'prod_declared',
  stripeProductId: 'prod_Declared',
  title: 'Declared',
  summary: '',
  description: [],
  outline: [],
  instructor: { name: 'Ada', bio: '' },
  howToJoin: '',
  timeZone: 'UTC',
  price: { amount: 49_900, currency: 'usd' },
  paymentLink: 'https://buy.stripe.com/test_declared',
  openEnrollment: '2026-03-01T00:00:00Z',
  closeEnrollment: '2026-03-20T00:00:00Z',
  startsAt: '2026-04-01T09:00:00Z',
  endsAt: '2026-04-01T17:00:00Z',
}
const buyer = { email: 'ada@example.com', visitorId: 'f'.repeat(32) }
const at = (day: string) => declaredOffer(workshop, new Date(`${day}T12:00:00Z`), { buyer })

describe('the declared offer, when nobody can be asked', () => {
  it('leads to the payment link while the workshop is on sale, in the name of who asks', () => {
    const { sale, checkout, fallbackUrl } = at('2026-03-10')
    expect({ sale, checkout }).toEqual({ sale: 'open', checkout: 'payment-link' })
    const link = new URL(String(fallbackUrl))
    expect(link.origin + link.pathname).toBe(workshop.paymentLink)
    expect(Object.fromEntries(link.searchParams)).toEqual({
      prefilled_email: 'ada@example.com',
      client_reference_id: `visitor_${'f'.repeat(32)}`,
    })
  })

  it('carries the code that the buyer asked for, or was verified for, and no other', () => {
    const tiers = {
      ...workshop,
      earlyBirdEndDate: '2026-03-05',
      coupons: { member: 'MEMBER', earlyBird: 'BIRD' },
    }
    const codeOn = (day: string, question: Parameters<typeof declaredOffer>[2]) => {
      const { fallbackUrl } = declaredOffer(tiers, new Date(`${day}T12:00:00Z`), question)
      return new URL(String(fallbackUrl)).searchParams.get('prefilled_promo_code')
    }
    expect(codeOn('2026-03-10', {})).toBeNull()
    expect(codeOn('2026-03-03', {})).toBe('BIRD')
    expect(codeOn('2026-03-10', { buyer: { member: true } })).toBe('MEMBER')
    expect(codeOn('2026-03-10', { couponCode: 'FRIENDS' })).toBe('FRIENDS')
    expect(codeOn('2026-03-10', { couponCode: 'MEMBER' })).toBeNull()
  })

  it('is of as many seats as were asked for', () => {
    const { total } = declaredOffer(workshop, new Date('2026-03-10T12:00:00Z'), { quantity: 3 })
    expect(total).toEqual({ ...workshop.price, amount: 3 * workshop.price.amount })
  })

  it.each([
    ['2026-02-20', 'not-open'],
    ['2026-03-25', 'closed'],
    ['2026-04-02', 'closed'],
  ])('on %s there is nothing to sell, and no link: %s', (day, sale) => {
    const offer = at(day)
    expect(offer.sale).toBe(sale)
    expect(offer).not.toHaveProperty('fallbackUrl')
  })

  it('is closed when the workshop is over, where nothing says when its sale ends', () => {
    const { closeEnrollment: _, ...unending } = workshop
    expect(declaredOffer(unending, new Date('2026-04-02T12:00:00Z')).sale).toBe('closed')
    expect(declaredOffer(unending, new Date('2026-03-25T12:00:00Z')).sale).toBe('open')
  })
})
