import { spyOn } from 'storybook/test'
import type { CheckoutStatus, Offer, Workshop } from '@/lib/contract/types'

/** The sign that is drawn before the words of a part: its picture, or `none`. */
export function signBefore(part: Element): string {
  const { display, maskImage } = getComputedStyle(part, '::before')
  return display === 'none' ? 'none' : maskImage
}

/** Lets the time that a request is given pass a hundred times faster, and answers how much each was given, in ms. */
export function hurryTimeouts(): number[] {
  const given: number[] = []
  const { timeout } = AbortSignal
  spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    given.push(ms)
    return timeout.call(AbortSignal, ms / 100)
  })
  return given
}

/** What the stories are about: one workshop, and what may be known of it. */

export const workshop: Workshop & { capacity: number } = {
  slug: 'claude-code',
  productId: 'prod_claude_code',
  title: 'Claude Code from First Prompt to Production',
  startsAt: '2026-12-15T18:00:00.000Z',
  endsAt: '2026-12-15T23:00:00.000Z',
  timeZone: 'America/Los_Angeles',
  price: { amount: 49900, currency: 'usd' },
  paymentLink: 'https://buy.stripe.com/test_workshop',
  capacity: 30,
}

const usd = (amount: number) => ({ amount, currency: 'usd' })

export const standard: Offer = {
  base: usd(49900),
  discount: usd(0),
  total: usd(49900),
  tier: 'standard',
  reason: 'Regular price',
  sale: 'open',
  seatsLeft: 22,
  checkout: 'session',
}

/** Always eleven days ahead, so that no story grows old. */
const earlyBirdEnds = new Date(Date.now() + 11.5 * 86_400_000)
const lastDay = earlyBirdEnds.toLocaleDateString('en-GB', {
  timeZone: workshop.timeZone,
  day: 'numeric',
  month: 'long',
})

export const earlyBird: Offer = {
  ...standard,
  discount: usd(7500),
  total: usd(42400),
  tier: 'early-bird',
  couponCode: 'EARLY_BIRD',
  reason: `Early-bird price until ${lastDay}`,
  endsAt: earlyBirdEnds.toISOString(),
}

export const member: Offer = {
  ...standard,
  discount: usd(10000),
  total: usd(39900),
  tier: 'member',
  couponCode: 'MEMBER',
  reason: 'Price for yearly members',
}

export const earlyBirdMember: Offer = {
  ...earlyBird,
  discount: usd(15000),
  total: usd(34900),
  tier: 'early-bird-member',
  couponCode: 'EARLY_BIRD_MEMBER',
  reason: `Early-bird price for yearly members until ${lastDay}`,
}

export const withCode: Offer = {
  ...standard,
  discount: usd(9980),
  total: usd(39920),
  tier: 'code',
  couponCode: 'FRIENDS',
  reason: '20% off with the code FRIENDS',
}

export const free: Offer = {
  ...withCode,
  discount: usd(49900),
  total: usd(0),
  reason: 'Free with the code FRIENDS',
}

export const viewer = { id: 'user_1', email: 'ada@example.com', name: 'Ada Lovelace', member: false }

export const confirmed: CheckoutStatus = {
  status: 'complete',
  purchase: {
    id: 'purchase_1',
    emailMasked: 'a••@example.com',
    total: usd(42400),
    refunded: usd(0),
    quantity: 1,
    createdAt: '2026-11-24T10:00:00.000Z',
    receiptUrl: 'https://pay.stripe.com/receipts/1',
  },
  workshop: { ...workshop, calendarUrl: '/workshop/claude-code/calendar.ics' },
}
