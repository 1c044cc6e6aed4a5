import { z } from 'zod'
import type { Route } from './api'
import { noSuch } from './errors'
import { emit } from './events'
import { createdFilter, newestFirst, page, paging, within } from './lists'
import { emptyable, mergeMetadata, metadata, read, text } from './params'
import type { Sandbox } from './sandbox'
import { row } from './state'
import type { WireCharge } from './wire'

export function findCharge(sandbox: Sandbox, id: string, param = 'id'): WireCharge {
  const charge = row(sandbox.state.charges, id)
  if (!charge) throw noSuch('charge', id, param)
  return charge
}

export const chargeRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/charges',
    run({ sandbox, form }) {
      const query = read(
        z.strictObject({
          ...paging,
          ...createdFilter,
          customer: text().optional(),
          payment_intent: text().optional(),
          transfer_group: text().optional(),
        }),
        form,
      )
      const rows = newestFirst(sandbox.state.charges).filter(
        (charge) =>
          within(charge.created, query.created) &&
          (query.customer === undefined || charge.customer === query.customer) &&
          (query.payment_intent === undefined || charge.payment_intent === query.payment_intent) &&
          query.transfer_group === undefined,
      )
      return page(rows, query, '/v1/charges', 'charge')
    },
  },
  { method: 'GET', path: '/v1/charges/:id', run: ({ sandbox, id }) => findCharge(sandbox, id) },
  {
    method: 'POST',
    path: '/v1/charges/:id',
    run({ sandbox, id, form }) {
      const charge = findCharge(sandbox, id)
      const given = read(
        z.strictObject({ metadata: metadata.optional(), description: emptyable.optional() }),
        form,
      )
      if (given.metadata) charge.metadata = mergeMetadata(charge.metadata, given.metadata)
      if (given.description !== undefined) charge.description = given.description
      emit(sandbox, 'charge.updated', charge)
      return charge
    },
  },
]
