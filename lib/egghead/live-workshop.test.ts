import { describe, expect, test } from 'vitest'
import { fromLiveWorkshop, type LiveWorkshop, LiveWorkshopError } from './live-workshop'

const live: LiveWorkshop = {
  date: '2026-12-15',
  startTime: '9:00 AM',
  endTime: '2:00 PM',
  timeZone: 'Pacific Time (PST)',
  utcOffset: 'UTC-8',
  isSaleLive: true,
  isEuFriendly: true,
  isEarlyBird: true,
  productId: 'prod_WsClaudeCode',
  workshopPrice: '$499',
  stripePaymentLink: 'https://buy.stripe.com/abc',
  stripeEarlyBirdMemberCouponCode: 'EARLY_BIRD_MEMBER',
  stripeMemberCouponCode: 'MEMBER',
  stripeEarlyBirdCouponCode: 'EARLY_BIRD',
  stripeEarlyBirdMemberDiscount: '150',
  stripeMemberDiscount: '100',
  stripeEarlyBirdNonMemberDiscount: '75',
}
const page = { slug: 'claude-code', title: 'Claude Code' }
const read = (changes: Partial<Record<keyof LiveWorkshop, unknown>>, queryParam?: string) =>
  fromLiveWorkshop(
    { ...live, ...changes } as LiveWorkshop,
    queryParam === undefined ? page : { ...page, couponToApply: { queryParam } },
  )
const problem = (changes: Partial<Record<keyof LiveWorkshop, unknown>>) => {
  try {
    read(changes)
  } catch (error) {
    if (error instanceof LiveWorkshopError) return error.message
    throw error
  }
  return 'fine'
}

test('the flag as it is today', () => {
  expect(read({})).toEqual({
    workshop: {
      ...page,
      productId: 'prod_WsClaudeCode',
      startsAt: '2026-12-15T17:00:00.000Z',
      endsAt: '2026-12-15T22:00:00.000Z',
      timeZone: 'America/Los_Angeles',
      price: { amount: 49900, currency: 'usd' },
      paymentLink: 'https://buy.stripe.com/abc',
    },
  })
})

describe('times follow the zone, summer time included', () => {
  test.for<[Partial<LiveWorkshop>, startsAt: string]>([
    [{ date: '2026-07-15' }, '2026-07-15T16:00:00.000Z'],
    [{ date: '2026-07-15', utcOffset: '-07:00', timeZone: 'PT' }, '2026-07-15T16:00:00.000Z'],
    [{ date: '2026-03-08', startTime: '1:30 AM' }, '2026-03-08T09:30:00.000Z'],
    [{ date: '2026-03-08', startTime: '3:30 AM' }, '2026-03-08T10:30:00.000Z'],
    [{ timeZone: 'EST', utcOffset: '-05:00' }, '2026-12-15T14:00:00.000Z'],
    [{ timeZone: 'EST', utcOffset: '-05:00', date: '2026-06-15' }, '2026-06-15T13:00:00.000Z'],
    [{ timeZone: 'Europe/Berlin', utcOffset: '+1' }, '2026-12-15T08:00:00.000Z'],
    [{ timeZone: 'UTC', utcOffset: 'UTC' }, '2026-12-15T09:00:00.000Z'],
    [{ timeZone: 'Asia/Kolkata', utcOffset: '+05:30' }, '2026-12-15T03:30:00.000Z'],
    [{ startTime: '12:00 PM' }, '2026-12-15T20:00:00.000Z'],
    [{ startTime: '12:15 am' }, '2026-12-15T08:15:00.000Z'],
    [{ startTime: '13:00' }, '2026-12-15T21:00:00.000Z'],
  ])('%j', ([changes, startsAt]) => {
    expect(read(changes).workshop.startsAt).toBe(startsAt)
  })

  test('one that ends after midnight ends on the next day', () => {
    expect(read({ startTime: '9:00 PM', endTime: '1:00 AM' }).workshop).toMatchObject({
      startsAt: '2026-12-16T05:00:00.000Z',
      endsAt: '2026-12-16T09:00:00.000Z',
    })
  })
})

test.for<[string, number]>([
  ['499', 49900],
  ['$499', 49900],
  ['1,499.00', 149900],
  ['$ 99.5', 9950],
])('a price of %s', ([workshopPrice, amount]) => {
  expect(read({ workshopPrice }).workshop.price).toEqual({ amount, currency: 'usd' })
})

describe('a field that cannot be read is named', () => {
  test.for<[keyof LiveWorkshop, unknown]>([
    ['date', 'December 15'],
    ['date', '2026-02-30'],
    ['date', undefined],
    ['startTime', '25:00'],
    ['startTime', '13:00 PM'],
    ['startTime', 'noon'],
    ['startTime', '9'],
    ['endTime', ''],
    ['timeZone', 'Middle Earth'],
    ['timeZone', 'Mars/Olympus'],
    ['utcOffset', 'UTC+3'],
    ['utcOffset', 'eight'],
    ['workshopPrice', 'free'],
    ['workshopPrice', '-5'],
    ['workshopPrice', 499],
    ['productId', ' '],
    ['stripePaymentLink', 'javascript:alert(1)'],
  ])('%s: %j', ([field, value]) => {
    expect(problem({ [field]: value })).toMatch(new RegExp(`^LiveWorkshop\\.${field} is .+: .+`))
  })
})

describe('the code that the page chose', () => {
  test('of a tier is left to the server, which knows who is a member', () => {
    expect(read({}, '?prefilled_promo_code=MEMBER')).not.toHaveProperty('couponCode')
  })
  test("of a country is passed on, whatever else stands in the link's query", () => {
    expect(read({}, '?utm_source=x&prefilled_promo_code=PPP%5FIN')).toHaveProperty('couponCode', 'PPP_IN')
  })
  test.for(['', '?prefilled_promo_code=undefined', '?prefilled_promo_code=', '?other=1'])(
    'none: %j',
    (query) => {
      expect(read({}, query)).not.toHaveProperty('couponCode')
    },
  )
})

test('a workshop without a payment link has none to fall back on', () => {
  expect(read({ stripePaymentLink: '' }).workshop).not.toHaveProperty('paymentLink')
})
