import { z } from 'zod'
import type { Route } from './api'
import { findCoupon } from './coupons'
import { missingParam, noSuch, Refusal } from './errors'
import { emit } from './events'
import { newId, randomText } from './ids'
import { createdFilter, newestFirst, page, paging, within } from './lists'
import { bool, currency, ignored, int, mergeMetadata, metadata, read, text } from './params'
import type { Sandbox } from './sandbox'
import { row } from './state'
import type { WirePromotionCode } from './wire'

const restrictions = z.strictObject({
  first_time_transaction: bool.optional(),
  minimum_amount: int(1).optional(),
  minimum_amount_currency: currency.optional(),
  currency_options: ignored.optional(),
})

export const promotionCodeCreateParams = z.strictObject({
  promotion: z.strictObject({ type: z.enum(['coupon']), coupon: text().optional() }),
  active: bool.optional(),
  code: text(500).optional(),
  customer: text().optional(),
  expires_at: int().optional(),
  max_redemptions: int(1).optional(),
  metadata: metadata.optional(),
  restrictions: restrictions.optional(),
})

type Given = z.output<typeof promotionCodeCreateParams>

function check(sandbox: Sandbox, given: Given, code: string): string {
  const { coupon: couponId } = given.promotion
  if (!couponId) throw missingParam('promotion[coupon]')
  const coupon = findCoupon(sandbox, couponId, 'promotion[coupon]')
  if (!/^[a-zA-Z0-9_-]+$/.test(code))
    throw new Refusal('Promotion codes can only contain letters, digits, dashes and underscores.', {
      param: 'code',
    })
  const clash = Object.values(sandbox.state.promotionCodes).find(
    (other) =>
      other.active &&
      other.code.toUpperCase() === code.toUpperCase() &&
      (other.customer === null || !given.customer || other.customer === given.customer),
  )
  if (clash)
    throw new Refusal(`An active promotion code with \`code: ${code}\` already exists.`, {
      code: 'resource_already_exists',
      param: 'code',
    })
  if (given.customer && !row(sandbox.state.customers, given.customer))
    throw noSuch('customer', given.customer, 'customer')
  if (given.expires_at !== undefined && given.expires_at <= sandbox.now())
    throw new Refusal('The `expires_at` timestamp must be in the future.', { param: 'expires_at' })
  if (
    given.max_redemptions !== undefined &&
    coupon.max_redemptions !== null &&
    given.max_redemptions > coupon.max_redemptions
  )
    throw new Refusal(
      "This promotion code's `max_redemptions` cannot be greater than its coupon's `max_redemptions`.",
      { param: 'max_redemptions' },
    )
  if (given.restrictions?.minimum_amount !== undefined && !given.restrictions.minimum_amount_currency)
    throw missingParam('restrictions[minimum_amount_currency]')
  return couponId
}

/** `id` is for seeds. */
export function addPromotionCode(
  sandbox: Sandbox,
  given: Given,
  id = newId('promotionCode'),
): WirePromotionCode {
  const code = given.code ?? randomText(8).toUpperCase()
  const coupon = check(sandbox, given, code)
  const promotionCode = {
    id,
    object: 'promotion_code',
    active: given.active ?? true,
    code,
    created: sandbox.now(),
    customer: given.customer ?? null,
    customer_account: null,
    expires_at: given.expires_at ?? null,
    livemode: false,
    max_redemptions: given.max_redemptions ?? null,
    metadata: given.metadata ?? {},
    promotion: { type: 'coupon', coupon },
    restrictions: {
      first_time_transaction: given.restrictions?.first_time_transaction ?? false,
      minimum_amount: given.restrictions?.minimum_amount ?? null,
      minimum_amount_currency: given.restrictions?.minimum_amount_currency ?? null,
    },
    times_redeemed: 0,
  } satisfies WirePromotionCode
  sandbox.state.promotionCodes[id] = promotionCode
  emit(sandbox, 'promotion_code.created', promotionCode)
  return promotionCode
}

/** Codes go inactive by themselves: expired, used up, or their coupon no longer valid. */
export function freshenCode(sandbox: Sandbox, code: WirePromotionCode): WirePromotionCode {
  const expired = code.expires_at !== null && code.expires_at <= sandbox.now()
  const usedUp = code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions
  const coupon = row(sandbox.state.coupons, code.promotion.coupon)
  if (expired || usedUp || !coupon || !findCoupon(sandbox, coupon.id).valid) code.active = false
  return code
}

export function findPromotionCode(sandbox: Sandbox, id: string, param = 'id'): WirePromotionCode {
  const code = row(sandbox.state.promotionCodes, id)
  if (!code) throw noSuch('promotion code', id, param)
  return freshenCode(sandbox, code)
}

/** By what a buyer types; case does not matter. */
export function findByCode(sandbox: Sandbox, typed: string): WirePromotionCode | undefined {
  const wanted = typed.trim().toUpperCase()
  const all = newestFirst(sandbox.state.promotionCodes).filter(
    (code) => freshenCode(sandbox, code).code.toUpperCase() === wanted,
  )
  return all.find((code) => code.active) ?? all[0]
}

const listParams = z.strictObject({
  ...paging,
  ...createdFilter,
  active: bool.optional(),
  code: text().optional(),
  coupon: text().optional(),
  customer: text().optional(),
})

export const promotionCodeRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/promotion_codes',
    run: ({ sandbox, form }) => addPromotionCode(sandbox, read(promotionCodeCreateParams, form)),
  },
  {
    method: 'GET',
    path: '/v1/promotion_codes',
    run({ sandbox, form }) {
      const query = read(listParams, form)
      const rows = newestFirst(sandbox.state.promotionCodes).filter(
        (code) =>
          within(code.created, query.created) &&
          (query.active === undefined || freshenCode(sandbox, code).active === query.active) &&
          (query.code === undefined || code.code.toUpperCase() === query.code.toUpperCase()) &&
          (query.coupon === undefined || code.promotion.coupon === query.coupon) &&
          (query.customer === undefined || code.customer === query.customer),
      )
      return page(rows, query, '/v1/promotion_codes', 'promotion code')
    },
  },
  {
    method: 'GET',
    path: '/v1/promotion_codes/:id',
    run: ({ sandbox, id }) => findPromotionCode(sandbox, id),
  },
  {
    method: 'POST',
    path: '/v1/promotion_codes/:id',
    run({ sandbox, id, form }) {
      const code = findPromotionCode(sandbox, id)
      const given = read(
        z.strictObject({
          active: bool.optional(),
          metadata: metadata.optional(),
          restrictions: ignored.optional(),
        }),
        form,
      )
      if (given.active !== undefined) code.active = given.active
      if (given.metadata) code.metadata = mergeMetadata(code.metadata, given.metadata)
      emit(sandbox, 'promotion_code.updated', freshenCode(sandbox, code))
      return code
    },
  },
]
