import type { Money, Offer, OfferProblem, OfferTier } from '@/lib/contract/types'
import { type CouponContext, couponProblem, discountOn, type StripeDiscount } from './coupon'
import { formatMoney, subtract, times } from './money'
import type { Sale } from './sale'
import { codeReason, invalidCoupon, notEligible, tierReason } from './sentences'
import { isTiedElsewhere, sameCode, type Tier, type TierInput, tiersOf } from './tiers'

export type OfferInput = TierInput & {
  /** What one seat costs: the active Stripe price. */
  base: Money
  /** At least 1. */
  quantity: number
  /** What Stripe said of each of `relevantCodes`; null where it knows no such code. */
  discounts: ReadonlyMap<string, StripeDiscount | null>
  /** The code asked for; absent or blank: the best price that the buyer is entitled to. */
  couponCode?: string | undefined
  sale: Sale
  seatsLeft?: number | undefined
  stripeProductId?: string | null | undefined
}

export type Decision = {
  /** `base` is the subtotal of the whole order, so that `total` is `base` less `discount`. */
  offer: Omit<Offer, 'checkout' | 'fallbackUrl'>
  /** What the session is to be made with. */
  discount?: StripeDiscount
  /** The promotion code that a payment link may carry for this buyer. A link takes no coupon ids. */
  fallbackCode?: string
  /** When a session made from this offer should end: with its early-bird window, its coupon or the sale. */
  sessionEndsAt?: Date
}

/** One price that could be paid now. */
type Choice = {
  tier: OfferTier
  reason: string
  amount: Money
  discount?: StripeDiscount
  country?: string
  /** What is to be paid without the code, where that is less. */
  withoutCode?: Money
  /** When the price ends, exclusive. */
  ends: Date[]
  /** When it ends for a person: the window's last moment rather than the first after it. */
  endsAt?: Date
}

type Order = { input: OfferInput; subtotal: Money; context: CouponContext; tiers: Tier[] }

/**
 * Who gets which price (pure). Without a code, the cheapest that the buyer is entitled to; a country price only where its
 * code is asked for. With a valid code, that one, even if another were cheaper. A code that can't be used leaves the offer as it
 * would be without it, and `offer.problem` says why: `invalid_coupon` (unknown, expired, used up, another product's or
 * currency's) or `coupon_not_eligible` (a tier's that this buyer has no claim to). A checkout throws it, an offer shows it.
 * What Stripe says is invalid is passed over in silence where nobody asked for it.
 */
export function decideOffer(input: OfferInput): Decision {
  const subtotal = times(input.base, input.quantity)
  const { now, stripeProductId } = input
  const order: Order = { input, subtotal, context: { now, subtotal, stripeProductId }, tiers: tiersOf(input) }
  const best = cheapest(order)
  const code = input.couponCode?.trim()
  const asked = code ? takeCode(order, code, best) : undefined
  const choice = asked && 'amount' in asked ? whereDearer(asked, best, subtotal) : best
  const problem = asked && !('amount' in asked) ? asked : undefined
  return answer(order, choice, problem)
}

/** A code that was asked for is taken though they would pay less without it; then that is said. */
function whereDearer(asked: Choice, best: Choice, subtotal: Money): Choice {
  if (best.amount.amount <= asked.amount.amount) return asked
  const withoutCode = subtract(subtotal, best.amount)
  return {
    ...asked,
    withoutCode,
    reason: `${asked.reason}. Without the code you pay ${formatMoney(withoutCode)}.`,
  }
}

function answer(order: Order, choice: Choice, problem: OfferProblem | undefined): Decision {
  const { input, subtotal } = order
  const { sale } = input
  const { discount } = choice
  const ppp = choice.tier === 'ppp' ? undefined : countryPrice(order, choice)
  const sessionEnd = earliest([...choice.ends, ...(sale.closesAt ? [sale.closesAt] : [])])
  return {
    offer: {
      base: subtotal,
      discount: choice.amount,
      total: subtract(subtotal, choice.amount),
      tier: choice.tier,
      reason: choice.reason,
      sale: sale.state,
      ...(discount && { couponCode: discount.code }),
      ...(choice.endsAt && { endsAt: choice.endsAt.toISOString() }),
      ...(input.seatsLeft !== undefined && { seatsLeft: Math.max(0, input.seatsLeft) }),
      ...(sale.changesAt && { saleChangesAt: sale.changesAt.toISOString() }),
      ...(choice.withoutCode && { withoutCode: choice.withoutCode }),
      ...(ppp && { ppp }),
      ...(problem && { problem }),
    },
    ...(discount && { discount }),
    ...(discount?.kind === 'promotion_code' && { fallbackCode: discount.code }),
    ...(sessionEnd && { sessionEndsAt: sessionEnd }),
  }
}

/** The best that the buyer may have without asking; the regular price where nothing is cheaper. */
function cheapest(order: Order): Choice {
  const zero = { amount: 0, currency: order.subtotal.currency }
  let best: Choice = { tier: 'standard', reason: 'Regular price', amount: zero, ends: [] }
  for (const tier of order.tiers) {
    const choice = tier.entitled && tier.tier !== 'ppp' ? fromTier(order, tier) : undefined
    if (choice && choice.amount.amount > best.amount.amount) best = choice
  }
  return best
}

/** What Stripe knows under this code, if it can be used for this order. */
function usable(order: Order, code: string): StripeDiscount | undefined {
  const discount = order.input.discounts.get(code)
  return discount && couponProblem(discount, order.context) === null ? discount : undefined
}

function fromTier(order: Order, tier: Tier): Choice | undefined {
  const discount = usable(order, tier.code)
  if (!discount) return undefined
  const expiry = expiryOf(discount)
  const lastMoment = tier.endsAt && new Date(tier.endsAt.getTime() - 1)
  const endsAt = earliest([...(lastMoment ? [lastMoment] : []), ...expiry])
  return {
    tier: tier.tier,
    reason: tierReason(tier, order.input.config),
    amount: discountOn(order.subtotal, discount),
    discount,
    ends: [...(tier.endsAt ? [tier.endsAt] : []), ...expiry],
    ...(tier.country && { country: tier.country }),
    ...(endsAt && { endsAt }),
  }
}

function takeCode(order: Order, code: string, best: Choice): Choice | OfferProblem {
  const tied = order.tiers.filter((tier) => sameCode(tier.code, code))
  if (tied.length > 0) return takeTierCode(order, code, tied, best)
  const discount = usable(order, code)
  if (!discount || isTiedElsewhere(order.input, discount.couponId)) return invalidCoupon(code)
  // Another promotion code of a coupon that a tier names by its id stands for that tier.
  const named = order.tiers.filter(
    (tier) => tier.code === discount.couponId || sameCode(tier.code, discount.code),
  )
  const other = named.some((tier) => tier.entitled) ? undefined : named[0]
  if (other) return refuse(order, code, other, best)
  const amount = discountOn(order.subtotal, discount)
  const ends = expiryOf(discount)
  const reason = codeReason(discount, subtract(order.subtotal, amount))
  return { tier: 'code', reason, amount, discount, ends, ...(ends[0] && { endsAt: ends[0] }) }
}

function takeTierCode(order: Order, code: string, tied: Tier[], best: Choice): Choice | OfferProblem {
  const choices = tied.flatMap((tier) => (tier.entitled && fromTier(order, tier)) || [])
  const choice = choices.find(
    ({ discount }) => discount?.kind === 'promotion_code' || discount?.code === code,
  )
  if (choice) return choice
  const [first] = tied
  return first && !tied.some((tier) => tier.entitled) ? refuse(order, code, first, best) : invalidCoupon(code)
}

function refuse({ input, subtotal }: Order, code: string, tier: Tier, best: Choice): OfferProblem {
  const isWindowed = tier.tier === 'early-bird' || tier.tier === 'early-bird-member'
  const isOver = isWindowed && !(tier.endsAt && input.now < tier.endsAt)
  return notEligible(code, tier, input.config, isOver, subtract(subtotal, best.amount))
}

/** The buyer's country price, where it is cheaper than what they would pay anyway. */
function countryPrice(order: Order, current: Choice): Offer['ppp'] {
  for (const tier of order.tiers) {
    const choice = tier.entitled && tier.tier === 'ppp' ? fromTier(order, tier) : undefined
    if (!choice?.discount || !tier.country || choice.amount.amount <= current.amount.amount) continue
    const share = Math.floor((choice.amount.amount / order.subtotal.amount) * 100)
    const percentOff = choice.discount.percentOff ?? share
    return { country: tier.country.toUpperCase(), couponCode: choice.discount.code, percentOff }
  }
  return undefined
}

const expiryOf = ({ expiresAt }: StripeDiscount): Date[] =>
  expiresAt === undefined ? [] : [new Date(expiresAt)]

const earliest = (dates: Date[]): Date | undefined =>
  dates.reduce<Date | undefined>((first, date) => (first && first <= date ? first : date), undefined)
