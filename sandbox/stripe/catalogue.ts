import { z } from 'zod'
import { exclusive, missingParam, noSuch, Refusal } from './errors'
import { emit } from './events'
import { newId } from './ids'
import { bool, emptyable, ignored, metadata, text, url } from './params'
import { priceCreateParams } from './price-params'
import type { Sandbox } from './sandbox'
import { row } from './state'
import type { WirePrice, WireProduct } from './wire'

/** How a product and a price come about. Together, because each can be asked for while making the other. */

export const productFields = {
  name: text(),
  active: bool.optional(),
  description: emptyable.optional(),
  images: z.array(text()).optional(),
  metadata: metadata.optional(),
  shippable: bool.optional(),
  statement_descriptor: text(22).optional(),
  tax_code: emptyable.optional(),
  unit_label: emptyable.optional(),
  url: url.optional(),
  marketing_features: ignored.optional(),
  package_dimensions: ignored.optional(),
  tax_details: ignored.optional(),
}

export const productCreateParams = z.strictObject({
  ...productFields,
  id: text().optional(),
  type: z.enum(['good', 'service']).optional(),
  default_price_data: priceCreateParams.omit({ product: true, product_data: true, active: true }).optional(),
})

type Given = z.output<typeof priceCreateParams>

/** `id` is for seeds: Stripe lets nobody choose one. */
export function addPrice(sandbox: Sandbox, given: Given, id = newId('price')): WirePrice {
  if (given.product && given.product_data) throw exclusive('product', 'product_data')
  if (!given.product && !given.product_data) throw missingParam('product')
  if (given.unit_amount !== undefined && given.unit_amount_decimal !== undefined)
    throw exclusive('unit_amount', 'unit_amount_decimal')
  const amount = given.unit_amount ?? given.unit_amount_decimal
  if (amount === undefined) throw missingParam('unit_amount')
  if (given.product && !row(sandbox.state.products, given.product))
    throw noSuch('product', given.product, 'product')
  claimLookupKey(sandbox, given.lookup_key, given.transfer_lookup_key)
  const product = given.product ?? addProduct(sandbox, { name: '', ...given.product_data }).id
  const price = {
    id,
    object: 'price',
    active: given.active ?? true,
    billing_scheme: 'per_unit',
    created: sandbox.now(),
    currency: given.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: given.lookup_key ?? null,
    metadata: given.metadata ?? {},
    nickname: given.nickname ?? null,
    product,
    recurring: given.recurring
      ? {
          interval: given.recurring.interval,
          interval_count: given.recurring.interval_count ?? 1,
          meter: null,
          trial_period_days: given.recurring.trial_period_days ?? null,
          usage_type: given.recurring.usage_type ?? 'licensed',
        }
      : null,
    tax_behavior: given.tax_behavior ?? 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: given.recurring ? 'recurring' : 'one_time',
    unit_amount: Number.isInteger(amount) ? amount : null,
    unit_amount_decimal: String(amount),
  } satisfies WirePrice
  sandbox.state.prices[price.id] = price
  emit(sandbox, 'price.created', price)
  return price
}

export function claimLookupKey(sandbox: Sandbox, key: string | null | undefined, transfer?: boolean): void {
  const holder = key && Object.values(sandbox.state.prices).find((price) => price.lookup_key === key)
  if (!holder) return
  if (!transfer)
    throw new Refusal(
      `A price (\`${holder.id}\`) already uses that lookup key. You may transfer the lookup key to the new price by setting the \`transfer_lookup_key\` parameter.`,
      { param: 'lookup_key' },
    )
  holder.lookup_key = null
}

export function addProduct(sandbox: Sandbox, given: z.output<typeof productCreateParams>): WireProduct {
  const id = given.id ?? newId('product')
  if (row(sandbox.state.products, id))
    throw new Refusal('Product already exists.', { code: 'resource_already_exists', param: 'id' })
  const created = sandbox.now()
  const product = {
    id,
    object: 'product',
    active: given.active ?? true,
    created,
    default_price: null,
    description: given.description ?? null,
    images: given.images ?? [],
    livemode: false,
    marketing_features: [],
    metadata: given.metadata ?? {},
    name: given.name,
    package_dimensions: null,
    shippable: given.shippable ?? null,
    statement_descriptor: given.statement_descriptor ?? null,
    tax_code: given.tax_code ?? null,
    tax_details: null,
    type: given.type ?? 'service',
    unit_label: given.unit_label ?? null,
    updated: created,
    url: given.url ?? null,
  } satisfies WireProduct
  const stored: WireProduct = product
  sandbox.state.products[id] = stored
  if (given.default_price_data)
    stored.default_price = addPrice(sandbox, { ...given.default_price_data, product: id }).id
  emit(sandbox, 'product.created', stored)
  return stored
}
