import { findCoupon } from './coupons'
import { newId } from './ids'
import { smallestStep } from './money'
import { findPromotionCode } from './promotion-codes'
import type { Sandbox } from './sandbox'
import { row } from './state'
import type { WireCoupon, WireDiscount, WireLineItem, WirePromotionCode } from './wire'

/** What a discount is for. `customer` is null for a guest. */
export interface Order {
  items: WireLineItem[]
  currency: string
  customer: string | null
}

/** Why a discount can't be had, in the API's words and in the page's. */
export interface Problem {
  message: string
  code?: string
  shown: string
}

function eligible(sandbox: Sandbox, coupon: WireCoupon, item: WireLineItem): boolean {
  const products = row(sandbox.state.couponProducts, coupon.id)
  return products === undefined || products.includes(item.price.product)
}

function couponProblem(sandbox: Sandbox, coupon: WireCoupon, order: Order): Problem | null {
  if (coupon.redeem_by !== null && coupon.redeem_by <= sandbox.now())
    return {
      message: `Coupon expired: ${coupon.id}`,
      code: 'coupon_expired',
      shown: 'This code has expired.',
    }
  if (!findCoupon(sandbox, coupon.id).valid)
    return {
      message: `Coupon ${coupon.id} is used up and cannot be applied.`,
      code: 'coupon_expired',
      shown: 'This code has been used as often as it may be.',
    }
  if (coupon.amount_off !== null && coupon.currency !== order.currency)
    return {
      message: `This coupon cannot be redeemed because its currency (${coupon.currency}) does not match the currency of the order (${order.currency}).`,
      shown: 'This code is for another currency.',
    }
  if (!order.items.some((item) => eligible(sandbox, coupon, item)))
    return {
      message: 'This coupon cannot be redeemed because it does not apply to anything in this order.',
      code: 'coupon_applies_to_nothing',
      shown: 'This code doesn’t apply to anything in this order.',
    }
  return null
}

function codeProblem(sandbox: Sandbox, code: WirePromotionCode, order: Order): Problem | null {
  const refused = (why: string, shown: string): Problem => ({
    message: `This promotion code cannot be redeemed because ${why}.`,
    shown,
  })
  if (code.expires_at !== null && code.expires_at <= sandbox.now())
    return { message: 'This promotion code is expired.', shown: 'This code has expired.' }
  if (code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions)
    return refused(
      'it has been used the maximum number of times',
      'This code has been used as often as it may be.',
    )
  const coupon = row(sandbox.state.coupons, code.promotion.coupon)
  if (!coupon) return { message: 'This promotion code is invalid.', shown: 'This code is invalid.' }
  const problem = couponProblem(sandbox, coupon, order)
  if (problem) return { ...problem, message: problem.message.replace('This coupon', 'This promotion code') }
  if (!code.active) return { message: 'This promotion code is inactive.', shown: 'This code is invalid.' }
  if (code.customer !== null && code.customer !== order.customer)
    return refused('it is restricted to another customer', 'This code is invalid.')
  const { first_time_transaction, minimum_amount, minimum_amount_currency } = code.restrictions
  const paidBefore = Object.values(sandbox.state.charges).some(
    (charge) => charge.customer === order.customer && charge.status === 'succeeded',
  )
  if (first_time_transaction && order.customer !== null && paidBefore)
    return refused(
      'the associated customer has prior transactions',
      'This code is for a first purchase only.',
    )
  const subtotal = order.items.reduce((sum, item) => sum + item.amount_subtotal, 0)
  if (minimum_amount !== null && (minimum_amount_currency !== order.currency || subtotal < minimum_amount))
    return refused(
      'the associated purchase does not meet the minimum amount requirement',
      'This order is below the amount that the code asks for.',
    )
  return null
}

export interface Chosen {
  coupon: WireCoupon
  code: WirePromotionCode | null
}

/** Looks a discount up by its ids; unknown ones are refused under `param`. */
export function findDiscount(
  sandbox: Sandbox,
  given: { coupon?: string | undefined; promotion_code?: string | undefined },
  param: string,
): Chosen | null {
  if (given.promotion_code !== undefined) {
    const code = findPromotionCode(sandbox, given.promotion_code, `${param}[promotion_code]`)
    return { code, coupon: findCoupon(sandbox, code.promotion.coupon, `${param}[promotion_code]`) }
  }
  if (given.coupon === undefined) return null
  return { code: null, coupon: findCoupon(sandbox, given.coupon, `${param}[coupon]`) }
}

export function discountProblem(sandbox: Sandbox, chosen: Chosen, order: Order): Problem | null {
  return chosen.code ? codeProblem(sandbox, chosen.code, order) : couponProblem(sandbox, chosen.coupon, order)
}

export function makeDiscount(
  sandbox: Sandbox,
  chosen: Chosen,
  session: string,
  customer: string | null,
): WireDiscount {
  return {
    id: newId('discount'),
    object: 'discount',
    checkout_session: session,
    customer,
    customer_account: null,
    end: null,
    invoice: null,
    invoice_item: null,
    promotion_code: chosen.code?.id ?? null,
    source: { type: 'coupon', coupon: chosen.coupon.id },
    start: sandbox.now(),
    subscription: null,
    subscription_item: null,
  } satisfies WireDiscount
}

/** What each item is reduced by, in minor units: percentages are rounded item by item, an amount is spread over the items it applies to. */
function reductions(sandbox: Sandbox, coupon: WireCoupon, items: WireLineItem[]): number[] {
  const bases = items.map((item) => (eligible(sandbox, coupon, item) ? item.amount_subtotal : 0))
  const { percent_off, amount_off } = coupon
  if (percent_off !== null) {
    const step = smallestStep(items[0]?.currency ?? 'usd')
    return bases.map((base) => Math.min(base, step * Math.round((base * percent_off) / 100 / step)))
  }
  const whole = bases.reduce((sum, base) => sum + base, 0)
  let left = Math.min(amount_off ?? 0, whole)
  let rest = whole
  return bases.map((base) => {
    const share = rest === 0 ? 0 : Math.round((left * base) / rest)
    left -= share
    rest -= base
    return share
  })
}

/** Writes the discount (or none) and the amounts that follow from it into the items. Answers the totals. */
export function applyDiscount(
  sandbox: Sandbox,
  items: WireLineItem[],
  discount: WireDiscount | null,
): { subtotal: number; discount: number; total: number } {
  const coupon = discount && row(sandbox.state.coupons, discount.source.coupon)
  const amounts = coupon ? reductions(sandbox, coupon, items) : items.map(() => 0)
  for (const [index, item] of items.entries()) {
    const amount = amounts[index] ?? 0
    item.amount_discount = amount
    item.amount_total = item.amount_subtotal - amount
    item.discounts = discount && amount > 0 ? [{ amount, discount }] : []
  }
  const sum = (pick: (item: WireLineItem) => number) => items.reduce((all, item) => all + pick(item), 0)
  return {
    subtotal: sum((item) => item.amount_subtotal),
    discount: sum((item) => item.amount_discount),
    total: sum((item) => item.amount_total),
  }
}
