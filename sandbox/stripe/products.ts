import { z } from 'zod'
import type { Route } from './api'
import { noSuch, Refusal } from './errors'
import { emit } from './events'
import { newId } from './ids'
import { createdFilter, newestFirst, page, paging, within } from './lists'
import { bool, emptyable, ignored, mergeMetadata, metadata, read, text, url } from './params'
import { priceCreateParams } from './price-params'
import { addPrice } from './prices'
import type { Sandbox } from './sandbox'
import { row } from './state'
import type { WireProduct } from './wire'

const common = {
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
  ...common,
  id: text().optional(),
  type: z.enum(['good', 'service']).optional(),
  default_price_data: priceCreateParams.omit({ product: true, product_data: true, active: true }).optional(),
})
const updateParams = z.strictObject({ ...common, default_price: text().optional() }).partial()

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
