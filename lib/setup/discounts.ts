import 'server-only'
import Stripe from 'stripe'
import type { WorkshopDeclaration } from '@/lib/contract/workshop'
import { toMajor } from '@/lib/pricing/money'
import { orMissing } from '@/lib/stripe/missing'
import type { Change, Plan } from './change'

type Discount = NonNullable<WorkshopDeclaration['discounts']>[number]

/** Coupons and the codes of the same name, since a payment link takes nothing else. Nothing of a coupon that is there can be changed at Stripe. */
export async function planDiscount(
  stripe: Stripe,
  workshop: WorkshopDeclaration,
  discount: Discount,
): Promise<Plan> {
  const { code } = discount
  const { stripeProductId, price } = workshop
  const plan: Plan = { changes: [], problems: [] }
  const wrong = (detail: string, fix: string) => plan.problems.push({ what: 'coupon', id: code, detail, fix })
  const promotion = await openCode(stripe, code)
  // What buyers get is what their code stands for, whatever the coupon is called.
  const taken = promotion && expanded(promotion.promotion.coupon)
  if (taken && taken.id !== code) {
    const problem = whatIsWrong(taken, discount, workshop)
    if (problem) wrong(`is the code of the coupon ${taken.id}, which ${problem}`, RENAME)
    return plan
  }
  const coupon = await orMissing(stripe.coupons.retrieve(code, { expand: ['applies_to'] }))
  if (!coupon) {
    plan.changes.push({
      action: 'create',
      where: 'stripe',
      what: 'coupon',
      id: code,
      detail: discountOf(discount, price.currency),
      apply: () => stripe.coupons.create(couponParams(workshop, discount)),
    })
  } else {
    const problem = whatIsWrong(coupon, discount, workshop)
    if (problem) wrong(problem, RENAME)
    // No code can be made or switched on for it any more.
    if (!coupon.valid) {
      wrong(
        'is used up or expired at Stripe',
        `take ${code} out of ${stripeProductId}'s declaration, or declare a new code`,
      )
      return plan
    }
  }
  if (!promotion && (await neverMade(stripe, code))) plan.changes.push(newPromotionCode(stripe, code))
  return plan
}

const RENAME = 'Stripe changes no coupon: declare a new code for the new terms, or mend the declaration'

const discountOf = ({ percentOff, amountOff = 0 }: Discount, currency: string): string =>
  percentOff === undefined
    ? `${toMajor({ amount: amountOff, currency })} ${currency} off`
    : `${percentOff} % off`

const couponParams = (
  { stripeProductId, price }: WorkshopDeclaration,
  { code, percentOff, amountOff }: Discount,
): Stripe.CouponCreateParams => ({
  id: code,
  name: code,
  duration: 'once',
  applies_to: { products: [stripeProductId] },
  ...(percentOff === undefined
    ? { amount_off: amountOff ?? 0, currency: price.currency }
    : { percent_off: percentOff }),
})

function whatIsWrong(
  coupon: Stripe.Coupon | Stripe.DeletedCoupon,
  discount: Discount,
  { price, stripeProductId }: WorkshopDeclaration,
): string | undefined {
  if (coupon.deleted) return 'was deleted at Stripe'
  const { percentOff, amountOff } = discount
  const same =
    percentOff === undefined
      ? coupon.amount_off === amountOff && coupon.currency === price.currency
      : coupon.percent_off === percentOff
  if (!same) {
    const at =
      coupon.percent_off === null
        ? `${coupon.amount_off} ${coupon.currency} off`
        : `${coupon.percent_off} % off`
    return `takes ${at} at Stripe, ${discountOf(discount, price.currency)} is declared`
  }
  const products = coupon.applies_to?.products
  return products && !products.includes(stripeProductId)
    ? `is for ${products.join(', ')} at Stripe, not for ${stripeProductId}`
    : undefined
}

/** The code of this name that anybody may type now. */
async function openCode(stripe: Stripe, code: string): Promise<Stripe.PromotionCode | undefined> {
  const expand = ['data.promotion.coupon.applies_to']
  const { data } = await stripe.promotionCodes.list({ code, active: true, limit: 100, expand })
  return data.find(isForAnybody)
}

/** One that is there and switched off was switched off by somebody. */
async function neverMade(stripe: Stripe, code: string): Promise<boolean> {
  const { data } = await stripe.promotionCodes.list({ code, limit: 100 })
  return !data.some(isForAnybody)
}

/** Not one that Stripe keeps for a single customer. */
export const isForAnybody = ({ customer, customer_account }: Stripe.PromotionCode) =>
  !customer && !customer_account

const expanded = (coupon: string | Stripe.Coupon | null) =>
  coupon !== null && typeof coupon === 'object' ? coupon : undefined

/**
 * Stripe takes not every coupon's name for a code (its documentation knows letters, digits and dashes): then the coupon does without, and
 * payment links can't carry it. That is said, and tried again the next time.
 */
function newPromotionCode(stripe: Stripe, code: string): Change {
  const change: Change = {
    action: 'create',
    where: 'stripe',
    what: 'promotion code',
    id: code,
    detail: `for the coupon ${code}`,
    apply: async () => {
      try {
        await stripe.promotionCodes.create({ code, promotion: { type: 'coupon', coupon: code } })
      } catch (error) {
        if (!(error instanceof Stripe.errors.StripeInvalidRequestError) || error.param !== 'code') throw error
        change.refused = {
          what: 'promotion code',
          id: code,
          detail: `was not made: ${error.message.replace(/\.$/, '')}`,
          fix: "our own sessions use the coupon, but payment links can't carry it: declare a code of letters, digits and dashes for them",
        }
      }
    },
  }
  return change
}
