import type { Money } from '@/lib/contract/types'
import { percentOff } from './money'

/** What Stripe says about a promotion code, or about a coupon that a product names by its id. */
export type StripeDiscount = {
  /** As Stripe spells it: the promotion code, or the coupon's id. */
  code: string
  kind: 'promotion_code' | 'coupon'
  promotionCodeId?: string
  couponId: string
  percentOff?: number
  amountOff?: Money
  valid: boolean
  /** ISO 8601: the earlier of the coupon's `redeem_by` and the code's `expires_at`. */
  expiresAt?: string
  /** Redeemed as often as it may be. */
  exhausted?: boolean
  /** Stripe product ids; absent where it applies to everything. */
  appliesTo?: string[]
  minimumAmount?: Money
  /** Stripe's to hold: it knows the customer, and only after they pay. */
  firstTimeOnly?: boolean
}

export type CouponContext = { now: Date; subtotal: Money; stripeProductId?: string | null | undefined }

export type CouponProblem = 'invalid' | 'expired' | 'exhausted' | 'other-product' | 'currency' | 'minimum'

/**
 * What the discount takes off an order's subtotal, between 0 and all of it: a percentage rounded as Stripe rounds it, an
 * amount once an order, whatever its quantity. An amount in another currency takes nothing off (`couponProblem` says so).
 */
export function discountOn(subtotal: Money, discount: StripeDiscount): Money {
  const { amountOff } = discount
  if (discount.percentOff !== undefined) return percentOff(subtotal, discount.percentOff)
  const usable = amountOff !== undefined && amountOff.currency === subtotal.currency
  const wanted = usable ? Math.max(amountOff.amount, 0) : 0
  return { amount: Math.min(wanted, Math.max(subtotal.amount, 0)), currency: subtotal.currency }
}

/** Why Stripe would refuse this discount for this order, or null. Says nothing about who may use it. */
export function couponProblem(discount: StripeDiscount, context: CouponContext): CouponProblem | null {
  const { subtotal, now, stripeProductId } = context
  const { expiresAt, appliesTo, amountOff, minimumAmount } = discount
  if (expiresAt !== undefined && !(now.getTime() < Date.parse(expiresAt))) return 'expired'
  if (discount.exhausted) return 'exhausted'
  if (!discount.valid) return 'invalid'
  if (appliesTo && !(stripeProductId && appliesTo.includes(stripeProductId))) return 'other-product'
  if (discount.percentOff === undefined && amountOff === undefined) return 'invalid'
  if (amountOff !== undefined && amountOff.currency !== subtotal.currency) return 'currency'
  if (minimumAmount) {
    if (minimumAmount.currency !== subtotal.currency) return 'currency'
    if (subtotal.amount < minimumAmount.amount) return 'minimum'
  }
  return null
}

/** Whether a text can be a code at all; whatever else somebody types, nobody needs to be asked about it. */
export const isCode = (text: string): boolean => /^[\w-]{1,64}$/.test(text)
