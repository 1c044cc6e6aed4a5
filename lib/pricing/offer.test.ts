import { describe, expect, it } from 'vitest'
import type { ProductConfig } from '@/lib/contract/workshop'
import { decideOffer } from './offer'
import { catalogue, config, early, input, late, promotion, usd } from './offer.testing'

const decide = (...args: Parameters<typeof input>) => decideOffer(input(...args))
const without = (code: string) => catalogue.filter((one) => one.code !== code)
const member = { member: true }

describe('without a code, the cheapest that the buyer is entitled to', () => {
  it.each([
    ['a stranger, early', early, {}, 'early-bird', 42400, 'Early-bird price until 5 December'],
    ['a stranger, late', late, {}, 'standard', 49900, 'Regular price'],
    [
      'a member, early',
      early,
      member,
      'early-bird-member',
      34900,
      'Early-bird price for yearly members until 5 December',
    ],
    ['a member, late', late, member, 'member', 39900, 'Price for yearly members'],
    [
      'an Indian, early: never PPP by itself',
      early,
      { country: 'IN' },
      'early-bird',
      42400,
      'Early-bird price until 5 December',
    ],
  ])('%s', (_, now, buyer, tier, total, reason) => {
    const { offer } = decide({ now, buyer })
    expect(offer).toMatchObject({
      tier,
      reason,
      base: usd(49900),
      total: usd(total),
      discount: usd(49900 - total),
    })
    expect(offer).not.toHaveProperty('problem')
  })

  it('passes over in silence what Stripe no longer takes', () => {
    expect(decide({ buyer: member }, without('EARLY_BIRD_MEMBER')).offer.tier).toBe('member')
    const expired = promotion('EARLY_BIRD_MEMBER', {
      amountOff: usd(15000),
      expiresAt: '2026-11-30T00:00:00Z',
    })
    expect(decide({ buyer: member }, [expired, ...without('EARLY_BIRD_MEMBER')]).offer.tier).toBe('member')
    expect(decide({}, []).offer).toMatchObject({ tier: 'standard', total: usd(49900) })
  })

  it('takes the tier with the larger discount, whatever its name promises', () => {
    const known = [promotion('MEMBER', { amountOff: usd(20000) }), ...without('MEMBER')]
    expect(decide({ buyer: member }, known).offer).toMatchObject({ tier: 'member', couponCode: 'MEMBER' })
  })

  it('prefers, of equal prices, the one without an end', () => {
    const known = [promotion('MEMBER', { amountOff: usd(15000) }), ...without('MEMBER')]
    expect(decide({ buyer: member }, known).offer).toMatchObject({ tier: 'member' })
  })

  it('does not call a price a tier where its coupon takes nothing off', () => {
    const known = [promotion('EARLY_BIRD', { percentOff: 0 })]
    expect(decide({}, known).offer).toMatchObject({ tier: 'standard' })
  })

  it('has no early bird without an end date, nor with one that cannot be read', () => {
    const { coupons = {} } = config
    expect(decide({ config: { coupons } }).offer.tier).toBe('standard')
    expect(decide({ config: { coupons, earlyBirdEndDate: '5 December' } }).offer.tier).toBe('standard')
    expect(decide({ timeZone: 'Mars/Olympus' }).offer.tier).toBe('standard')
  })
})

describe('a code that was asked for', () => {
  it('wins, even where another price is lower', () => {
    expect(decide({ buyer: member, couponCode: 'EARLY_BIRD' }).offer).toMatchObject({
      tier: 'early-bird',
      total: usd(42400),
    })
  })

  it('and then says what they would pay without it', () => {
    const said = (couponCode: string) => decide({ buyer: member, couponCode }).offer.reason
    expect(said('EARLY_BIRD')).toBe('Early-bird price until 5 December. Without the code you pay $349.')
    expect(decide({ buyer: member, couponCode: 'FRIENDS' }).offer.withoutCode).toEqual(usd(34900))
    expect(decide({ buyer: member, couponCode: 'EARLY_BIRD_MEMBER' }).offer).not.toHaveProperty('withoutCode')
    expect(said('FRIENDS')).toBe('20% off with the code FRIENDS. Without the code you pay $349.')
    expect(said('EARLY_BIRD_MEMBER')).toBe('Early-bird price for yearly members until 5 December')
  })

  it.each([
    ['FRIENDS', 39920, '20% off with the code FRIENDS'],
    ['friends', 39920, '20% off with the code FRIENDS'],
    [' FRIENDS ', 39920, '20% off with the code FRIENDS'],
    ['SCHOLARSHIP', 0, 'Free with the code SCHOLARSHIP'],
    ['HUGE', 0, 'Free with the code HUGE'],
  ])('%j is public, and works for all', (couponCode, total, reason) => {
    const { offer } = decide({ couponCode, now: late })
    expect(offer).toMatchObject({
      tier: 'code',
      total: usd(total),
      reason,
      couponCode: couponCode.trim().toUpperCase(),
    })
  })

  it('blank is none', () => {
    expect(decide({ couponCode: '  ' }).offer).toEqual(decide({}).offer)
  })

  it('takes an amount off once, a percentage off every seat', () => {
    expect(decide({ couponCode: 'EARLY_BIRD', quantity: 3 }).offer).toMatchObject({
      base: usd(149700),
      discount: usd(7500),
      total: usd(142200),
    })
    expect(decide({ couponCode: 'FRIENDS', quantity: 3 }).offer.total).toEqual(usd(119760))
  })

  it.each([
    ['unknown', []],
    ['expired', [promotion('SPRING', { percentOff: 10, expiresAt: '2026-12-01T12:00:00Z' })]],
    ['used up', [promotion('SPRING', { percentOff: 10, exhausted: true })]],
    ["another product's", [promotion('SPRING', { percentOff: 10, appliesTo: ['prod_2'] })]],
    ["another currency's", [promotion('SPRING', { amountOff: { amount: 1, currency: 'eur' } })]],
  ])('%s: the offer without it, and why', (_, more) => {
    const { offer, discount } = decide({ couponCode: 'SPRING' }, [...more, ...catalogue])
    expect(offer).toMatchObject({ tier: 'early-bird', total: usd(42400) })
    expect(discount?.code).toBe('EARLY_BIRD')
    expect(offer.problem).toEqual({
      code: 'invalid_coupon',
      error:
        "The code SPRING doesn't work for this workshop. You can register without it or try another one.",
    })
  })

  it.each([
    [
      'MEMBER',
      late,
      'MEMBER is a price for yearly members. Sign in with your membership, or register at $499.',
    ],
    [
      'member',
      early,
      'member is a price for yearly members. Sign in with your membership, or register at $424.',
    ],
    ['EARLY_BIRD', late, 'EARLY_BIRD was the early-bird price until 5 December. You can register at $499.'],
    [
      'EARLY_BIRD_MEMBER',
      early,
      'EARLY_BIRD_MEMBER is an early-bird price for yearly members. Sign in with your membership, or register at $424.',
    ],
    [
      'EARLY_BIRD_MEMBER',
      late,
      'EARLY_BIRD_MEMBER was the early-bird price until 5 December. You can register at $499.',
    ],
    ['PPP_IN', late, 'PPP_IN is a price for buyers in India. You can register at $499.'],
    ['ppp_br', late, 'ppp_br is a price for buyers in Brazil. You can register at $499.'],
  ])('%s is refused to whom it is not for', (couponCode, now, error) => {
    const { offer } = decide({ couponCode, now })
    expect(offer.problem).toEqual({ code: 'coupon_not_eligible', error })
    expect(['standard', 'early-bird']).toContain(offer.tier)
  })

  it('is refused to a member of another country, and after the window to a member', () => {
    expect(decide({ couponCode: 'PPP_IN', buyer: { member: true, country: 'BR' } }).offer.problem?.code).toBe(
      'coupon_not_eligible',
    )
    expect(decide({ couponCode: 'EARLY_BIRD_MEMBER', buyer: member, now: late }).offer.problem?.error).toBe(
      'EARLY_BIRD_MEMBER was the early-bird price until 5 December. You can register at $399.',
    )
  })

  it('of a tier, asked for by those who may, and dead at Stripe, is invalid', () => {
    const { offer } = decide({ couponCode: 'member', buyer: member, now: late }, without('MEMBER'))
    expect(offer).toMatchObject({ tier: 'standard', problem: { code: 'invalid_coupon' } })
  })
})

describe('a tier named by a coupon id', () => {
  const named = { coupons: { member: 'mbr_25' } }
  const coupon = { ...promotion('mbr_25', { percentOff: 25 }), kind: 'coupon' as const, couponId: 'mbr_25' }
  const known = [coupon, promotion('BACKDOOR', { percentOff: 25, couponId: 'mbr_25' })]

  it('is applied, but a payment link cannot carry it', () => {
    const decision = decide({ config: named, buyer: member }, known)
    expect(decision).toMatchObject({ offer: { tier: 'member' }, discount: { kind: 'coupon' } })
    expect(decision).not.toHaveProperty('fallbackCode')
  })

  it('heeds case, as coupon ids do, and is refused in any case to strangers', () => {
    const ask = (couponCode: string, buyer: object) =>
      decide({ config: named, buyer, couponCode }, known).offer
    expect(ask('mbr_25', member).tier).toBe('member')
    expect(ask('MBR_25', member).problem?.code).toBe('invalid_coupon')
    expect(ask('MBR_25', {}).problem?.code).toBe('coupon_not_eligible')
  })

  it('is not to be had by another promotion code of the same coupon', () => {
    const ask = (buyer: object) => decide({ config: named, buyer, couponCode: 'BACKDOOR' }, known).offer
    expect(ask({}).problem?.code).toBe('coupon_not_eligible')
    expect(ask(member)).toMatchObject({ tier: 'code', total: usd(37425) })
  })
})

describe('the country price', () => {
  const india = { member: false, country: 'in' }

  it('is offered where it is cheaper, and taken only by its code', () => {
    const offered = decide({ buyer: india })
    expect(offered.offer.ppp).toEqual({ country: 'IN', couponCode: 'PPP_IN', percentOff: 60 })
    const taken = decide({ buyer: india, couponCode: 'PPP_IN' })
    expect(taken).toMatchObject({
      fallbackCode: 'PPP_IN',
      offer: { tier: 'ppp', total: usd(19960), reason: 'Price for buyers in India' },
    })
    expect(taken.offer).not.toHaveProperty('ppp')
  })

  it('is not offered where it is not cheaper, not valid, or another country’s', () => {
    const dear = [promotion('PPP_IN', { percentOff: 10 }), ...without('PPP_IN')]
    expect(decide({ buyer: india }, dear).offer).not.toHaveProperty('ppp')
    expect(decide({ buyer: india }, without('PPP_IN')).offer).not.toHaveProperty('ppp')
    expect(decide({ buyer: { country: 'DE' } }).offer).not.toHaveProperty('ppp')
    expect(decide({ buyer: {} }).offer).not.toHaveProperty('ppp')
    expect(decide({ buyer: india, couponCode: 'SCHOLARSHIP' }).offer).not.toHaveProperty('ppp')
  })

  it('says its share where its coupon is an amount', () => {
    const known = [promotion('PPP_IN', { amountOff: usd(30000) }), ...without('PPP_IN')]
    expect(decide({ buyer: india }, known).offer.ppp?.percentOff).toBe(60)
  })
})

describe('ends', () => {
  it('shows the window’s last moment and lets a session live until the first after it', () => {
    const decision = decide({ sale: { state: 'open', closesAt: new Date('2026-12-15T18:00:00Z') } })
    expect(decision.offer.endsAt).toBe('2026-12-06T07:59:59.999Z')
    expect(decision.sessionEndsAt?.toISOString()).toBe('2026-12-06T08:00:00.000Z')
  })

  it('ends with the coupon or the sale, where those come first', () => {
    const known = [promotion('EARLY_BIRD', { percentOff: 10, expiresAt: '2026-12-03T00:00:00.000Z' })]
    const byCoupon = decide({}, known)
    expect(byCoupon.offer.endsAt).toBe('2026-12-03T00:00:00.000Z')
    expect(byCoupon.sessionEndsAt?.toISOString()).toBe('2026-12-03T00:00:00.000Z')
    const bySale = decide({ sale: { state: 'open', closesAt: new Date('2026-12-02T00:00:00Z') } }, known)
    expect(bySale.sessionEndsAt?.toISOString()).toBe('2026-12-02T00:00:00.000Z')
    expect(bySale.offer.endsAt).toBe('2026-12-03T00:00:00.000Z')
  })

  it('the regular price has no end', () => {
    expect(decide({ now: late }).offer).not.toHaveProperty('endsAt')
    expect(decide({ now: late })).not.toHaveProperty('sessionEndsAt')
  })
})

describe("a code that another workshop's members or countries have", () => {
  const plain: ProductConfig = { earlyBirdEndDate: '2026-12-05', coupons: { earlyBird: 'EARLY_BIRD' } }
  const here = (couponCode: string, tiedElsewhere?: string[], buyer = {}) =>
    decide({ config: plain, couponCode, tiedElsewhere, buyer }).offer

  it('is no plain code here, in whatever case, for members either', () => {
    for (const code of ['MEMBER', 'member', 'PPP_IN', 'c_MEMBER'])
      for (const buyer of [{}, { member: true, country: 'IN' }])
        expect(here(code, ['MEMBER', 'PPP_IN', 'c_MEMBER'], buyer)).toMatchObject({
          tier: 'early-bird',
          problem: { code: 'invalid_coupon' },
        })
  })

  it('nor is another promotion code of the coupon that it names', () => {
    expect(here('FRIENDS', ['c_FRIENDS']).problem).toMatchObject({ code: 'invalid_coupon' })
  })

  it('is what this workshop says where it names it too', () => {
    expect(
      decide({ couponCode: 'MEMBER', tiedElsewhere: ['MEMBER'], buyer: { member: true } }).offer,
    ).toMatchObject({
      tier: 'member',
      total: usd(39900),
    })
    expect(decide({ couponCode: 'MEMBER', tiedElsewhere: ['MEMBER'] }).offer.problem).toMatchObject({
      code: 'coupon_not_eligible',
    })
  })

  it('leaves every other code alone', () => {
    expect(here('FRIENDS', ['MEMBER'])).toMatchObject({ tier: 'code', total: usd(39920) })
  })
})

it('passes on what the sale says', () => {
  const changesAt = new Date('2027-01-15T00:00:00Z')
  expect(decide({ sale: { state: 'not-open', changesAt }, seatsLeft: -2 }).offer).toMatchObject({
    sale: 'not-open',
    saleChangesAt: '2027-01-15T00:00:00.000Z',
    seatsLeft: 0,
  })
  expect(decide({}).offer).not.toHaveProperty('seatsLeft')
})
