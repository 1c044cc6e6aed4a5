import type Stripe from 'stripe'
import { z } from 'zod'
import type { Route } from './api'
import { noSuch } from './errors'
import { emit } from './events'
import { newId, randomText } from './ids'
import { createdFilter, newestFirst, page, paging, within } from './lists'
import { email, emptyable, ignored, mergeMetadata, metadata, read, text } from './params'
import type { Sandbox } from './sandbox'
import { row } from './state'
import type { WireCustomer } from './wire'

const address = z.strictObject({
  city: emptyable.optional(),
  country: emptyable.optional(),
  line1: emptyable.optional(),
  line2: emptyable.optional(),
  postal_code: emptyable.optional(),
  state: emptyable.optional(),
})

export const customerParams = z.strictObject({
  email: email.optional(),
  name: emptyable.optional(),
  description: emptyable.optional(),
  phone: emptyable.optional(),
  address: address.optional(),
  metadata: metadata.optional(),
  shipping: ignored.optional(),
  preferred_locales: z.array(text()).optional(),
  tax_exempt: ignored.optional(),
  payment_method: ignored.optional(),
  invoice_settings: ignored.optional(),
  source: ignored.optional(),
  test_clock: ignored.optional(),
})

type Given = z.output<typeof customerParams>

function toAddress(given: z.output<typeof address>): Stripe.Address {
  const { city, country, line1, line2, postal_code, state } = given
  return {
    city: city ?? null,
    country: country ?? null,
    line1: line1 ?? null,
    line2: line2 ?? null,
    postal_code: postal_code ?? null,
    state: state ?? null,
  }
}

/** `id` is for seeds. */
export function addCustomer(sandbox: Sandbox, given: Given, id = newId('customer')): WireCustomer {
  const customer = {
    id,
    object: 'customer',
    address: given.address ? toAddress(given.address) : null,
    balance: 0,
    created: sandbox.now(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: given.description ?? null,
    discount: null,
    email: given.email ?? null,
    invoice_prefix: randomText(8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: given.metadata ?? {},
    name: given.name ?? null,
    next_invoice_sequence: 1,
    phone: given.phone ?? null,
    preferred_locales: given.preferred_locales ?? [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  } satisfies WireCustomer
  sandbox.state.customers[id] = customer
  emit(sandbox, 'customer.created', customer)
  return customer
}

export function findCustomer(sandbox: Sandbox, id: string, param = 'id'): WireCustomer {
  const customer = row(sandbox.state.customers, id)
  if (!customer) throw noSuch('customer', id, param)
  return customer
}

export const customerRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/customers',
    run: ({ sandbox, form }) => addCustomer(sandbox, read(customerParams, form)),
  },
  {
    method: 'GET',
    path: '/v1/customers',
    run({ sandbox, form }) {
      const query = read(
        z.strictObject({
          ...paging,
          ...createdFilter,
          email: text().optional(),
          test_clock: ignored.optional(),
        }),
        form,
      )
      const rows = newestFirst(sandbox.state.customers).filter(
        (customer) =>
          within(customer.created, query.created) &&
          (query.email === undefined || customer.email === query.email),
      )
      return page(rows, query, '/v1/customers', 'customer')
    },
  },
  { method: 'GET', path: '/v1/customers/:id', run: ({ sandbox, id }) => findCustomer(sandbox, id) },
  {
    method: 'POST',
    path: '/v1/customers/:id',
    run({ sandbox, id, form }) {
      const customer = findCustomer(sandbox, id)
      const given = read(customerParams, form)
      if (given.email !== undefined) customer.email = given.email
      if (given.name !== undefined) customer.name = given.name
      if (given.description !== undefined) customer.description = given.description
      if (given.phone !== undefined) customer.phone = given.phone
      if (given.address) customer.address = toAddress(given.address)
      if (given.metadata) customer.metadata = mergeMetadata(customer.metadata, given.metadata)
      emit(sandbox, 'customer.updated', customer)
      return customer
    },
  },
  {
    method: 'DELETE',
    path: '/v1/customers/:id',
    run({ sandbox, id }) {
      const customer = findCustomer(sandbox, id)
      delete sandbox.state.customers[id]
      emit(sandbox, 'customer.deleted', customer)
      return { id, object: 'customer', deleted: true }
    },
  },
]
