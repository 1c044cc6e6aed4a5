import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { couponProblem, type StripeDiscount } from '@/lib/pricing/coupon'
import { type Gate, startGate } from '@/sandbox/stripe/gate'
import { type RunningSandbox, startStripeSandbox } from '@/sandbox/stripe/server'
import { createStripe } from './client'
import { createStripePrices } from './prices'

let sandbox: RunningSandbox
let gate: Gate
let client: ReturnType<typeof createStripe>
let prices: ReturnType<typeof createStripePrices>

beforeAll(async () => {
  sandbox = await startStripeSandbox()
  gate = await startGate(sandbox.url)
  client = createStripe({ secretKey: 'sk_test_prices', baseUrl: gate.url })
})
afterAll(async () => {
  await gate.close()
  await sandbox.close()
})
beforeEach(() => {
  sandbox.control.reset()
  sandbox.control.clearRequests()
  gate.hooks.rewrite = undefined
  prices = createStripePrices(() => client)
})

async function aPrice() {
  const { id: product } = await client.products.create({ name: 'A workshop' })
  return client.prices.create({ product, currency: 'usd', unit_amount: 49_900 })
}

async function aCode(code: string) {
  await client.coupons.create({ id: code, percent_off: 10, duration: 'once' })
  return client.promotionCodes.create({ code, promotion: { type: 'coupon', coupon: code } })
}

/** Changes each promotion code on its way to us; a list of them, where one is told as several. */
function tellCodes(...changes: object[]) {
  gate.hooks.rewrite = (call, answer) => {
    if (!call.startsWith('GET /v1/promotion_codes') || !Array.isArray(answer.data)) return answer
    return {
      ...answer,
      data: answer.data.flatMap((code) => changes.map((change) => ({ ...code, ...change }))),
    }
  }
}

const problemOf = (discount: StripeDiscount | null) =>
  discount && couponProblem(discount, { now: new Date(), subtotal: { amount: 49_900, currency: 'usd' } })

describe('a price', () => {
  test('is what Stripe says, and none where it is no longer active', async () => {
    const { id } = await aPrice()
    expect(await prices.price(id)).toEqual({ amount: 49_900, currency: 'usd' })
    await client.prices.update(id, { active: false })
    expect(await createStripePrices(() => client).price(id)).toBeNull()
  })

  test('that names no amount, as one by steps does, is none', async () => {
    const { id } = await aPrice()
    gate.hooks.rewrite = (_, answer) => ({ ...answer, unit_amount: null })
    expect(await prices.price(id)).toBeNull()
  })

  test('is asked for once, and again when it was forgotten', async () => {
    const { id } = await aPrice()
    sandbox.control.clearRequests()
    await prices.price(id)
    await prices.price(id)
    expect(sandbox.control.requests()).toHaveLength(1)
    prices.forget()
    await prices.price(id)
    expect(sandbox.control.requests()).toHaveLength(2)
  })
})

describe('a promotion code', () => {
  test.for(['customer', 'customer_account'])('bound to one %s is nobody’s here', async (whose) => {
    await aCode('THEIRS')
    tellCodes({ [whose]: 'theirs_1' })
    expect(await prices.discount('THEIRS', false)).toBeNull()
  })

  test('bound to one customer hides not the one of the same word that is everybody’s', async () => {
    await aCode('SHARED')
    tellCodes({ id: 'promo_theirs', customer_account: 'theirs_1' }, { id: 'promo_open' })
    expect(await prices.discount('SHARED', false)).toMatchObject({ promotionCodeId: 'promo_open' })
  })

  test('that was used up a moment ago, and is still told as active, can not be used', async () => {
    await aCode('ONCE')
    tellCodes({ max_redemptions: 1, times_redeemed: 1 })
    expect(problemOf(await prices.discount('ONCE', false))).toBe('exhausted')
    prices.forget()
    tellCodes({ max_redemptions: 2, times_redeemed: 1 })
    expect(problemOf(await prices.discount('ONCE', false))).toBeNull()
  })

  test('ends when it or its coupon does, whichever comes first', async () => {
    const soon = Math.floor(Date.now() / 1000) + 3600
    await client.coupons.create({ id: 'ENDS', percent_off: 10, duration: 'once', redeem_by: soon + 60 })
    const promotion = { type: 'coupon', coupon: 'ENDS' } as const
    await client.promotionCodes.create({ code: 'SOONER', promotion, expires_at: soon })
    await client.promotionCodes.create({ code: 'LATER', promotion, expires_at: soon + 120 })
    const endOf = async (code: string) => (await prices.discount(code, false))?.expiresAt
    expect(await endOf('SOONER')).toBe(new Date(soon * 1000).toISOString())
    expect(await endOf('LATER')).toBe(new Date((soon + 60) * 1000).toISOString())
  })

  test('with a least amount says so', async () => {
    await client.coupons.create({ id: 'BIG', percent_off: 10, duration: 'once' })
    await client.promotionCodes.create({
      code: 'BIG',
      promotion: { type: 'coupon', coupon: 'BIG' },
      restrictions: { minimum_amount: 50_000, minimum_amount_currency: 'usd' },
    })
    expect(problemOf(await prices.discount('BIG', false))).toBe('minimum')
  })
})

describe('where there is no active promotion code', () => {
  test('a coupon’s id counts where the product lists it, and nowhere else', async () => {
    await client.coupons.create({ id: 'LISTED', amount_off: 500, currency: 'usd', duration: 'once' })
    expect(await prices.discount('LISTED', true)).toMatchObject({ kind: 'coupon', couponId: 'LISTED' })
    expect(await prices.discount('LISTED', false)).toBeNull()
    expect(await prices.discount('NOWHERE', true)).toBeNull()
  })

  test('the coupon of a code’s own name comes back where that was switched off, not where it has ended', async () => {
    await aCode('OFF')
    tellCodes({ active: false })
    expect(await prices.discount('OFF', true)).toMatchObject({ kind: 'coupon' })
    const lastYear = Math.floor(Date.now() / 1000) - 365 * 86_400
    for (const over of [{ expires_at: lastYear }, { max_redemptions: 3, times_redeemed: 3 }]) {
      prices.forget()
      tellCodes({ active: false, ...over })
      expect(await prices.discount('OFF', true)).toBeNull()
    }
  })

  test('a coupon that was redeemed as often as it may be is told as used up', async () => {
    await client.coupons.create({ id: 'FEW', percent_off: 10, duration: 'once', max_redemptions: 3 })
    gate.hooks.rewrite = (_, answer) =>
      answer.object === 'coupon' ? { ...answer, times_redeemed: 3, valid: true } : answer
    expect(problemOf(await prices.discount('FEW', true))).toBe('exhausted')
  })
})

test('only a code that was asked about lately is remembered', async () => {
  await aCode('KNOWN')
  expect(prices.remembers('KNOWN')).toBe(false)
  await prices.discount('KNOWN', false)
  expect(prices.remembers('KNOWN')).toBe(true)
  prices.forget()
  expect(prices.remembers('KNOWN')).toBe(false)
})
