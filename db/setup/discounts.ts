import type Stripe from 'stripe'
import type { WorkshopDeclaration } from '@/lib/contract/workshop'
import { toMajor } from '@/lib/pricing/money'
import type { Plan } from './change'
import { orMissing } from './missing'

type Discount = NonNullable<WorkshopDeclaration['discounts']>[number]

/** Coupons and the codes of the same name, since a payment link takes nothing else. Nothing of a coupon that is there can be changed at Stripe. */
export async function planDiscount(
  stripe: Stripe,
  workshop: WorkshopDeclaration,
  discount: Discount,
): Promise<Plan> {
  const { code } = discount
  const { stripeProductId, price } = workshop
  const coupon = await orMissing(stripe.coupons.retrieve(code, { expand: ['applies_to'] }))
  const plan: Plan = { changes: [], problems: [] }
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
    if (problem)
      plan.problems.push({
        what: 'coupon',
        id: code,
        detail: problem,
        fix: 'Stripe changes no coupon: declare a new code for the new terms, or mend the declaration',
      })
  }
  const promotion = await planPromotionCode(stripe, code)
  if (promotion) plan.changes.push(promotion)
  const gone = coupon && !coupon.valid
  if (gone)
    plan.problems.push({
      what: 'coupon',
      id: code,
      detail: 'is used up or expired at Stripe',
      fix: `take ${code} out of ${stripeProductId}'s declaration, or declare a new code`,
    })
  return plan
}

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

async function planPromotionCode(stripe: Stripe, code: string): Promise<Plan['changes'][number] | undefined> {
  const { data } = await stripe.promotionCodes.list({ code, limit: 100 })
  if (data.some(({ active }) => active)) return undefined
  const idle = data.find(
    ({ promotion, expires_at: expires, max_redemptions: max, times_redeemed: redeemed }) =>
      (typeof promotion.coupon === 'string' ? promotion.coupon : promotion.coupon?.id) === code &&
      expires === null &&
      (max === null || redeemed < max),
  )
  const base = { where: 'stripe', what: 'promotion code', id: code } as const
  if (idle)
    return {
      ...base,
      action: 'change',
      detail: 'active: false → true',
      apply: () => stripe.promotionCodes.update(idle.id, { active: true }),
    }
  return {
    ...base,
    action: 'create',
    detail: `for the coupon ${code}`,
    apply: () => stripe.promotionCodes.create({ code, promotion: { type: 'coupon', coupon: code } }),
  }
}
