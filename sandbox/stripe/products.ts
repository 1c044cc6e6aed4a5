import { z } from 'zod'
import type { Route } from './api'
import { addProduct, productCreateParams, productFields } from './catalogue'
import { noSuch, Refusal } from './errors'
import { emit } from './events'
import { createdFilter, newestFirst, page, paging, within } from './lists'
import { bool, mergeMetadata, read, text } from './params'
import type { Sandbox } from './sandbox'
import { row } from './state'
import type { WireProduct } from './wire'

const updateParams = z.strictObject({ ...productFields, default_price: text().optional() }).partial()

export function findProduct(sandbox: Sandbox, id: string, param = 'id'): WireProduct {
  const product = row(sandbox.state.products, id)
  if (!product) throw noSuch('product', id, param)
  return product
}

export const productRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/products',
    run: ({ sandbox, form }) => addProduct(sandbox, read(productCreateParams, form)),
  },
  {
    method: 'GET',
    path: '/v1/products',
    run({ sandbox, form }) {
      const query = read(
        z.strictObject({
          ...paging,
          ...createdFilter,
          active: bool.optional(),
          ids: z.array(text()).optional(),
          url: text().optional(),
          shippable: bool.optional(),
          type: text().optional(),
        }),
        form,
      )
      const rows = newestFirst(sandbox.state.products).filter(
        (product) =>
          within(product.created, query.created) &&
          (query.active === undefined || product.active === query.active) &&
          (query.ids === undefined || query.ids.includes(product.id)) &&
          (query.url === undefined || product.url === query.url),
      )
      return page(rows, query, '/v1/products', 'product')
    },
  },
  { method: 'GET', path: '/v1/products/:id', run: ({ sandbox, id }) => findProduct(sandbox, id) },
  {
    method: 'POST',
    path: '/v1/products/:id',
    run({ sandbox, id, form }) {
      const product = findProduct(sandbox, id)
      const given = read(updateParams, form)
      if (given.default_price !== undefined && !row(sandbox.state.prices, given.default_price))
        throw noSuch('price', given.default_price, 'default_price')
      const {
        metadata: meta,
        marketing_features: _,
        package_dimensions: __,
        tax_details: ___,
        ...plain
      } = given
      Object.assign(product, plain, { updated: sandbox.now() })
      if (meta) product.metadata = mergeMetadata(product.metadata, meta)
      emit(sandbox, 'product.updated', product)
      return product
    },
  },
  {
    method: 'DELETE',
    path: '/v1/products/:id',
    run({ sandbox, id }) {
      const product = findProduct(sandbox, id)
      if (Object.values(sandbox.state.prices).some((price) => price.product === id))
        throw new Refusal('This product cannot be deleted because it has one or more user-created prices.')
      delete sandbox.state.products[id]
      emit(sandbox, 'product.deleted', product)
      return { id, object: 'product', deleted: true }
    },
  },
]
