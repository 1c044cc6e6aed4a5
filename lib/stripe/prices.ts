import 'server-only'
import { LRUCache } from 'lru-cache'
import type Stripe from 'stripe'
import type { Money } from '@/lib/contract/types'
import { orStale, readThrough } from '@/lib/or-stale'
import type { StripeDiscount } from '@/lib/pricing/coupon'
import { orMissing } from './missing'

/**
 * What Stripe says about prices and codes, asked once and kept for a minute, and for one more while it is asked again; what it doesn't
 * know is asked again after a minute. A page view costs Stripe nothing.
 */
export type StripePrices = {
  /** The price of one seat, or null where Stripe knows no such active price. */
  price: (priceId: string) => Promise<Money | null>
  /** An active promotion code, or, where the product's declaration lists it, a coupon id. Null where there is neither. */
  discount: (code: string, listed: boolean) => Promise<StripeDiscount | null>
  /** Whether a code that no product lists can be answered without asking Stripe first. */
  remembers: (code: string) => boolean
  forget: () => void
}

const FRESH_MS = 60_000

const priceStays = { graceMs: ({ price }: { price: Money | null }) => (price ? FRESH_MS : 0) }
const discountStays = {
  graceMs: ({ discount }: { discount: StripeDiscount | null }) => (discount ? FRESH_MS : 0),
}

export function createStripePrices(stripe: () => Stripe): StripePrices {
  const options = { max: 2000, ttl: FRESH_MS, allowStale: true } as const
  const prices = new LRUCache<string, { price: Money | null }>({
    ...options,
    fetchMethod: orStale(async (id) => ({ price: await readPrice(stripe(), id) }), priceStays),
  })
  const discounts = new LRUCache<string, { discount: StripeDiscount | null }>({
    ...options,
    fetchMethod: orStale(
      async (key) => ({ discount: await readDiscount(stripe(), key.slice(1), key.startsWith('+')) }),
      discountStays,
    ),
  })
  return {
    price: async (id) => (await readThrough(prices, id, priceStays))?.price ?? null,
    discount: async (code, listed) =>
      (await readThrough(discounts, `${listed ? '+' : '-'}${code}`, discountStays))?.discount ?? null,
    remembers: (code) => discounts.has(`-${code}`),
    forget: () => {
      prices.clear()
      discounts.clear()
    },
  }
}

async function readPrice(stripe: Stripe, id: string): Promise<Money | null> {
  const price = await orMissing(stripe.prices.retrieve(id))
  if (!price?.active || price.unit_amount === null) return null
  return { amount: price.unit_amount, currency: price.currency }
}

async function readDiscount(stripe: Stripe, code: string, listed: boolean): Promise<StripeDiscount | null> {
  const { data } = await stripe.promotionCodes.list({
    code,
    limit: 100,
    expand: ['data.promotion.coupon.applies_to'],
  })
  // A code for one customer alone can't be used here: nobody is known to Stripe before they pay. Others may have the same word.
  const open = data.filter(({ customer, customer_account }) => !customer && !customer_account)
  const promotion = open.find(({ active }) => active)
  const coupon = promotion?.promotion.coupon
  if (promotion && coupon && typeof coupon === 'object') return fromPromotionCode(promotion, coupon)
  // One that was switched off leaves the coupon of its name to our own sessions; one that is used up or has ended doesn't.
  if (open.some((code) => idOf(code.promotion.coupon) === code.code && isOver(code))) return null
  // Any coupon's id works at Stripe; here only those that the product itself names.
  return listed ? readCoupon(stripe, code) : null
}

const idOf = (coupon: string | Stripe.Coupon | null) => (typeof coupon === 'string' ? coupon : coupon?.id)

const isOver = ({
  expires_at: expires,
  max_redemptions: most,
  times_redeemed: redeemed,
}: Stripe.PromotionCode) =>
  (expires !== null && expires * 1000 <= Date.now()) || (most !== null && redeemed >= most)

async function readCoupon(stripe: Stripe, id: string): Promise<StripeDiscount | null> {
  const coupon = await orMissing(stripe.coupons.retrieve(id, { expand: ['applies_to'] }))
  return !coupon || coupon.deleted ? null : { code: id, kind: 'coupon', ...fromCoupon(coupon) }
}

function fromCoupon(coupon: Stripe.Coupon): Omit<StripeDiscount, 'code' | 'kind'> {
  const exhausted = coupon.max_redemptions !== null && coupon.times_redeemed >= coupon.max_redemptions
  return {
    couponId: coupon.id,
    valid: coupon.valid,
    exhausted,
    ...(coupon.percent_off !== null && { percentOff: coupon.percent_off }),
    ...(coupon.amount_off !== null &&
      coupon.currency !== null && { amountOff: { amount: coupon.amount_off, currency: coupon.currency } }),
    ...(coupon.redeem_by !== null && { expiresAt: isoSeconds(coupon.redeem_by) }),
    ...(coupon.applies_to && { appliesTo: coupon.applies_to.products }),
  }
}

function fromPromotionCode(promotion: Stripe.PromotionCode, coupon: Stripe.Coupon): StripeDiscount {
  const base = fromCoupon(coupon)
  const ends = [coupon.redeem_by, promotion.expires_at].filter((end) => end !== null)
  const { minimum_amount: minimum, minimum_amount_currency: currency } = promotion.restrictions
  const usedUp = promotion.max_redemptions !== null && promotion.times_redeemed >= promotion.max_redemptions
  return {
    ...base,
    code: promotion.code,
    kind: 'promotion_code',
    promotionCodeId: promotion.id,
    exhausted: base.exhausted || usedUp,
    firstTimeOnly: promotion.restrictions.first_time_transaction,
    ...(ends.length > 0 && { expiresAt: isoSeconds(Math.min(...ends)) }),
    ...(minimum !== null && currency !== null && { minimumAmount: { amount: minimum, currency } }),
  }
}

const isoSeconds = (seconds: number) => new Date(seconds * 1000).toISOString()
