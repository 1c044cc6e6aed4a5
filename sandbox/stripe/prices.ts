import { z } from 'zod'
import type { Route } from './api'
import { exclusive, missingParam, noSuch, Refusal } from './errors'
import { emit } from './events'
import { newId } from './ids'
import { createdFilter, newestFirst, page, paging, within } from './lists'
import { bool, currency, emptyable, ignored, mergeMetadata, metadata, read, text } from './params'
import { priceCreateParams } from './price-params'
import { addProduct } from './products'
import type { Sandbox } from './sandbox'
import { row } from './state'
import type { WirePrice } from './wire'

const updateParams = z.strictObject({
  active: bool.optional(),
  metadata: metadata.optional(),
  nickname: emptyable.optional(),
  lookup_key: emptyable.optional(),
  transfer_lookup_key: bool.optional(),
  tax_behavior: z.enum(['exclusive', 'inclusive', 'unspecified']).optional(),
  currency_options: ignored.optional(),
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

function claimLookupKey(sandbox: Sandbox, key: string | null | undefined, transfer?: boolean): void {
  const holder = key && Object.values(sandbox.state.prices).find((price) => price.lookup_key === key)
  if (!holder) return
  if (!transfer)
    throw new Refusal(
      `A price (\`${holder.id}\`) already uses that lookup key. You may transfer the lookup key to the new price by setting the \`transfer_lookup_key\` parameter.`,
      { param: 'lookup_key' },
    )
  holder.lookup_key = null
}

export function findPrice(sandbox: Sandbox, id: string, param = 'id'): WirePrice {
  const price = row(sandbox.state.prices, id)
  if (!price) throw noSuch('price', id, param)
  return price
}

const listParams = z.strictObject({
  ...paging,
  ...createdFilter,
  active: bool.optional(),
  currency: currency.optional(),
  lookup_keys: z.array(text()).optional(),
  product: text().optional(),
  type: z.enum(['one_time', 'recurring']).optional(),
  recurring: ignored.optional(),
})

export const priceRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/prices',
    run: ({ sandbox, form }) => addPrice(sandbox, read(priceCreateParams, form)),
  },
  {
    method: 'GET',
    path: '/v1/prices',
    run({ sandbox, form }) {
      const query = read(listParams, form)
      const rows = newestFirst(sandbox.state.prices).filter(
        (price) =>
          within(price.created, query.created) &&
          (query.active === undefined || price.active === query.active) &&
          (query.currency === undefined || price.currency === query.currency) &&
          (query.product === undefined || price.product === query.product) &&
          (query.type === undefined || price.type === query.type) &&
          (query.lookup_keys === undefined || query.lookup_keys.includes(price.lookup_key ?? '')),
      )
      return page(rows, query, '/v1/prices', 'price')
    },
  },
  { method: 'GET', path: '/v1/prices/:id', run: ({ sandbox, id }) => findPrice(sandbox, id) },
  {
    method: 'POST',
    path: '/v1/prices/:id',
    run({ sandbox, id, form }) {
      const price = findPrice(sandbox, id)
      const given = read(updateParams, form)
      if (given.active !== undefined) price.active = given.active
      if (given.nickname !== undefined) price.nickname = given.nickname
      if (given.tax_behavior !== undefined) price.tax_behavior = given.tax_behavior
      if (given.lookup_key !== undefined && given.lookup_key !== price.lookup_key) {
        claimLookupKey(sandbox, given.lookup_key, given.transfer_lookup_key)
        price.lookup_key = given.lookup_key
      }
      if (given.metadata) price.metadata = mergeMetadata(price.metadata, given.metadata)
      emit(sandbox, 'price.updated', price)
      return price
    },
  },
]
