import { z } from 'zod'
import type { Route } from './api'
import { noSuch } from './errors'
import { createdFilter, newestFirst, page, paging, within } from './lists'
import { emptyable, ignored, mergeMetadata, metadata, read, text } from './params'
import type { Sandbox } from './sandbox'
import { row } from './state'
import type { WirePaymentIntent } from './wire'

export function findPaymentIntent(sandbox: Sandbox, id: string, param = 'id'): WirePaymentIntent {
  const intent = row(sandbox.state.paymentIntents, id)
  if (!intent) throw noSuch('payment_intent', id, param === 'id' ? 'id' : param)
  return intent
}

export const paymentIntentRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/payment_intents',
    run({ sandbox, form }) {
      const query = read(
        z.strictObject({
          ...paging,
          ...createdFilter,
          customer: text().optional(),
          customer_account: ignored.optional(),
        }),
        form,
      )
      const rows = newestFirst(sandbox.state.paymentIntents).filter(
        (intent) =>
          within(intent.created, query.created) &&
          (query.customer === undefined || intent.customer === query.customer),
      )
      return page(rows, query, '/v1/payment_intents', 'payment_intent')
    },
  },
  {
    method: 'GET',
    path: '/v1/payment_intents/:id',
    run: ({ sandbox, id }) => findPaymentIntent(sandbox, id),
  },
  {
    method: 'POST',
    path: '/v1/payment_intents/:id',
    run({ sandbox, id, form }) {
      const intent = findPaymentIntent(sandbox, id)
      const given = read(
        z.strictObject({ metadata: metadata.optional(), description: emptyable.optional() }),
        form,
      )
      if (given.metadata) intent.metadata = mergeMetadata(intent.metadata, given.metadata)
      if (given.description !== undefined) intent.description = given.description
      return intent
    },
  },
]
