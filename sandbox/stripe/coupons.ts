import { z } from 'zod'
import type { Route } from './api'
import { exclusive, missingParam, noSuch, Refusal } from './errors'
import { emit } from './events'
import { newId } from './ids'
import { createdFilter, newestFirst, page, paging, within } from './lists'
import { currency, decimal, emptyable, ignored, int, mergeMetadata, metadata, read, text } from './params'
import type { Sandbox } from './sandbox'
import { row } from './state'
import type { WireCoupon } from './wire'

export const couponCreateParams = z.strictObject({
  id: text().optional(),
  amount_off: int(1).optional(),
  percent_off: decimal.optional(),
  currency: currency.optional(),
  duration: z.enum(['forever', 'once', 'repeating']).optional(),
  duration_in_months: int(1).optional(),
  applies_to: z.strictObject({ products: z.array(text()).optional() }).optional(),
  max_redemptions: int(1).optional(),
  redeem_by: int().optional(),
  name: text(40).optional(),
  metadata: metadata.optional(),
  currency_options: ignored.optional(),
})

function check(sandbox: Sandbox, given: z.output<typeof couponCreateParams>): void {
  if (given.amount_off !== undefined && given.percent_off !== undefined)
    throw exclusive('amount_off', 'percent_off')
  if (given.amount_off === undefined && given.percent_off === undefined)
    throw new Refusal('You must specify either percent_off or amount_off', { code: 'parameter_missing' })
  if (given.amount_off !== undefined && !given.currency) throw missingParam('currency')
  if (given.percent_off !== undefined && (given.percent_off <= 0 || given.percent_off > 100))
    throw new Refusal('Invalid percent_off: must be greater than 0 and at most 100', {
      param: 'percent_off',
    })
  if (given.redeem_by !== undefined && given.redeem_by <= sandbox.now())
    throw new Refusal('The `redeem_by` timestamp must be in the future.', { param: 'redeem_by' })
  for (const [index, product] of (given.applies_to?.products ?? []).entries())
    if (!row(sandbox.state.products, product))
      throw noSuch('product', product, `applies_to[products][${index}]`)
}

export function addCoupon(sandbox: Sandbox, given: z.output<typeof couponCreateParams>): WireCoupon {
  check(sandbox, given)
  const id = given.id ?? newId('coupon')
  if (row(sandbox.state.coupons, id))
    throw new Refusal('Coupon already exists.', { code: 'resource_already_exists', param: 'id' })
  const coupon = {
    id,
    object: 'coupon',
    amount_off: given.amount_off ?? null,
    created: sandbox.now(),
    currency: given.amount_off === undefined ? null : (given.currency ?? null),
    duration: given.duration ?? 'once',
    duration_in_months: given.duration_in_months ?? null,
    livemode: false,
    max_redemptions: given.max_redemptions ?? null,
    metadata: given.metadata ?? {},
    name: given.name ?? null,
    percent_off: given.percent_off ?? null,
    redeem_by: given.redeem_by ?? null,
    times_redeemed: 0,
    valid: true,
  } satisfies WireCoupon
  sandbox.state.coupons[id] = coupon
  if (given.applies_to?.products) sandbox.state.couponProducts[id] = given.applies_to.products
  emit(sandbox, 'coupon.created', coupon)
  return coupon
}

/** `valid` follows the clock and the count. */
export function freshen(sandbox: Sandbox, coupon: WireCoupon): WireCoupon {
  const expired = coupon.redeem_by !== null && coupon.redeem_by <= sandbox.now()
  const usedUp = coupon.max_redemptions !== null && coupon.times_redeemed >= coupon.max_redemptions
  coupon.valid = !expired && !usedUp
  return coupon
}

export function findCoupon(sandbox: Sandbox, id: string, param = 'id'): WireCoupon {
  const coupon = row(sandbox.state.coupons, id)
  if (!coupon) throw noSuch('coupon', id, param)
  return freshen(sandbox, coupon)
}

export const couponRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/coupons',
    run: ({ sandbox, form }) => addCoupon(sandbox, read(couponCreateParams, form)),
  },
  {
    method: 'GET',
    path: '/v1/coupons',
    run({ sandbox, form }) {
      const query = read(z.strictObject({ ...paging, ...createdFilter }), form)
      const rows = newestFirst(sandbox.state.coupons)
        .filter((coupon) => within(coupon.created, query.created))
        .map((coupon) => freshen(sandbox, coupon))
      return page(rows, query, '/v1/coupons', 'coupon')
    },
  },
  { method: 'GET', path: '/v1/coupons/:id', run: ({ sandbox, id }) => findCoupon(sandbox, id) },
  {
    method: 'POST',
    path: '/v1/coupons/:id',
    run({ sandbox, id, form }) {
      const coupon = findCoupon(sandbox, id)
      const given = read(
        z.strictObject({
          name: emptyable.optional(),
          metadata: metadata.optional(),
          currency_options: ignored.optional(),
        }),
        form,
      )
      if (given.name !== undefined) coupon.name = given.name
      if (given.metadata) coupon.metadata = mergeMetadata(coupon.metadata, given.metadata)
      emit(sandbox, 'coupon.updated', coupon)
      return coupon
    },
  },
  {
    method: 'DELETE',
    path: '/v1/coupons/:id',
    run({ sandbox, id }) {
      const coupon = findCoupon(sandbox, id)
      delete sandbox.state.coupons[id]
      delete sandbox.state.couponProducts[id]
      for (const code of Object.values(sandbox.state.promotionCodes))
        if (code.promotion.coupon === id) code.active = false
      emit(sandbox, 'coupon.deleted', coupon)
      return { id, object: 'coupon', deleted: true }
    },
  },
]
