import { z } from 'zod'
import type { Route } from './api'
import { addPrice, claimLookupKey } from './catalogue'
import { noSuch } from './errors'
import { emit } from './events'
import { createdFilter, newestFirst, page, paging, within } from './lists'
import { checkStep } from './money'
import { bool, currency, emptyable, ignored, mergeMetadata, metadata, read, text } from './params'
import { priceCreateParams } from './price-params'
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
    run({ sandbox, form }) {
      const given = read(priceCreateParams, form)
      checkStep(given.unit_amount ?? 0, given.currency, 'unit_amount')
      return addPrice(sandbox, given)
    },
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
