import { z } from 'zod'
import { addPrice, addProduct, productCreateParams } from './catalogue'
import { addCoupon, couponCreateParams } from './coupons'
import { addCustomer, customerParams } from './customers'
import { toForm } from './form'
import { read } from './params'
import { addPaymentLink, paymentLinkCreateParams } from './payment-links'
import { priceCreateParams } from './price-params'
import { findPrice } from './prices'
import { addPromotionCode, promotionCodeCreateParams } from './promotion-codes'
import type { Sandbox } from './sandbox'
import { row } from './state'
import { addSubscription } from './subscriptions'

const entry = z.looseObject({ id: z.string().optional() })

/** Objects by the parameters of their `create` calls, in JSON, and with ids of one's own choice throughout. */
export const seedSchema = z.strictObject({
  products: z.array(entry).optional(),
  prices: z.array(entry).optional(),
  coupons: z.array(entry).optional(),
  customers: z.array(entry).optional(),
  promotion_codes: z.array(entry).optional(),
  /** `slug` is the last part of the link's URL, after `/b/`. */
  payment_links: z.array(entry.extend({ slug: z.string().optional() })).optional(),
  subscriptions: z
    .array(
      z.strictObject({
        id: z.string().optional(),
        customer: z.string(),
        price: z.string(),
        status: z
          .enum(['active', 'canceled', 'incomplete', 'past_due', 'paused', 'trialing', 'unpaid'])
          .optional(),
      }),
    )
    .optional(),
})
export type Seed = z.output<typeof seedSchema>

/** Adds what is not there yet; what is, stays as it is. */
export function seed(sandbox: Sandbox, given: Seed): void {
  const { state } = sandbox
  const missing = <T extends { id?: string | undefined }>(
    entries: T[] | undefined,
    table: Record<string, unknown>,
  ) => (entries ?? []).filter(({ id }) => id === undefined || row(table, id) === undefined)

  for (const item of missing(given.products, state.products))
    addProduct(sandbox, read(productCreateParams, toForm(item)))
  for (const { id, ...item } of missing(given.prices, state.prices))
    addPrice(sandbox, read(priceCreateParams, toForm(item)), id)
  for (const item of missing(given.coupons, state.coupons))
    addCoupon(sandbox, read(couponCreateParams, toForm(item)))
  for (const { id, ...item } of missing(given.customers, state.customers))
    addCustomer(sandbox, read(customerParams, toForm(item)), id)
  for (const { id, ...item } of missing(given.promotion_codes, state.promotionCodes))
    addPromotionCode(sandbox, read(promotionCodeCreateParams, toForm(item)), id)
  for (const { id, slug, ...item } of missing(given.payment_links, state.paymentLinks))
    addPaymentLink(sandbox, read(paymentLinkCreateParams, toForm(item)), { id, slug })
  for (const item of missing(given.subscriptions, state.subscriptions))
    addSubscription(sandbox, item.customer, findPrice(sandbox, item.price, 'price'), item)
  sandbox.changed()
}
