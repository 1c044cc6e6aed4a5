import { z } from 'zod'
import type { Route } from './api'
import { noSuch } from './errors'
import { newId } from './ids'
import { createdFilter, newestFirst, page, paging, within } from './lists'
import { bool, read, text } from './params'
import { API_VERSION, currentRequest, type Sandbox } from './sandbox'
import { row } from './state'
import type { WireEvent } from './wire'

/** Records that something happened to `object`, as it is now, and sends it to the webhook endpoints. */
export function emit(
  sandbox: Sandbox,
  type: string,
  object: object,
  previous?: Record<string, unknown>,
): WireEvent {
  const request = currentRequest.getStore()
  const event = {
    id: newId('event'),
    object: 'event',
    api_version: API_VERSION,
    created: sandbox.now(),
    data: { object: structuredClone(object), ...(previous && { previous_attributes: previous }) },
    livemode: false,
    pending_webhooks: 0,
    request: { id: request?.id ?? null, idempotency_key: request?.idempotencyKey ?? null },
    type,
  } satisfies WireEvent
  sandbox.state.events[event.id] = event
  sandbox.webhooks.dispatch(event)
  sandbox.changed()
  return event
}

const listParams = z.strictObject({
  ...paging,
  ...createdFilter,
  type: text().optional(),
  types: z.array(text()).optional(),
  delivery_success: bool.optional(),
})

function matches(pattern: string, type: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern
}

export const eventRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/events',
    run({ sandbox, form }) {
      const query = read(listParams, form)
      const patterns = query.types ?? (query.type ? [query.type] : ['*'])
      const rows = newestFirst(sandbox.state.events).filter(
        (event) =>
          within(event.created, query.created) &&
          patterns.some((pattern) => matches(pattern, event.type)) &&
          (query.delivery_success === undefined || query.delivery_success === (event.pending_webhooks === 0)),
      )
      return page(rows, query, '/v1/events', 'event')
    },
  },
  {
    method: 'GET',
    path: '/v1/events/:id',
    run({ sandbox, id, form }) {
      read(z.strictObject({}), form)
      const event = row(sandbox.state.events, id)
      if (!event) throw noSuch('event', id)
      return event
    },
  },
]
