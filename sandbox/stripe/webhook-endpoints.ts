import { z } from 'zod'
import type { Route } from './api'
import { noSuch } from './errors'
import { newId, randomText } from './ids'
import { newestFirst, page, paging } from './lists'
import { bool, emptyable, ignored, mergeMetadata, metadata, read, text, url } from './params'
import type { Sandbox } from './sandbox'
import { row } from './state'
import type { WireWebhookEndpoint } from './wire'

const createParams = z.strictObject({
  url,
  enabled_events: z.array(text()),
  api_version: text().optional(),
  connect: ignored.optional(),
  description: emptyable.optional(),
  metadata: metadata.optional(),
})
const updateParams = createParams
  .omit({ api_version: true, connect: true })
  .extend({ disabled: bool.optional() })
  .partial()

/** Adds an endpoint. With a `secret` it signs with that one, else with a new one. */
export function addEndpoint(
  sandbox: Sandbox,
  given: z.output<typeof createParams>,
  secret = `whsec_${randomText(32)}`,
): WireWebhookEndpoint {
  const endpoint = {
    id: newId('webhookEndpoint'),
    object: 'webhook_endpoint',
    api_version: given.api_version ?? null,
    application: null,
    created: sandbox.now(),
    description: given.description ?? null,
    enabled_events: given.enabled_events,
    livemode: false,
    metadata: given.metadata ?? {},
    status: 'enabled',
    url: given.url,
  } satisfies WireWebhookEndpoint
  sandbox.state.webhookEndpoints[endpoint.id] = endpoint
  sandbox.state.webhookSecrets[endpoint.id] = secret
  sandbox.changed()
  return endpoint
}

export function removeEndpoint(sandbox: Sandbox, id: string): boolean {
  const known = row(sandbox.state.webhookEndpoints, id) !== undefined
  delete sandbox.state.webhookEndpoints[id]
  delete sandbox.state.webhookSecrets[id]
  sandbox.changed()
  return known
}

function find(sandbox: Sandbox, id: string): WireWebhookEndpoint {
  const endpoint = row(sandbox.state.webhookEndpoints, id)
  if (!endpoint) throw noSuch('webhook endpoint', id)
  return endpoint
}

export const webhookEndpointRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/webhook_endpoints',
    run({ sandbox, form }) {
      const endpoint = addEndpoint(sandbox, read(createParams, form))
      return { ...endpoint, secret: row(sandbox.state.webhookSecrets, endpoint.id) }
    },
  },
  {
    method: 'GET',
    path: '/v1/webhook_endpoints',
    run({ sandbox, form }) {
      const query = read(z.strictObject(paging), form)
      const rows = newestFirst(sandbox.state.webhookEndpoints)
      return page(rows, query, '/v1/webhook_endpoints', 'webhook endpoint')
    },
  },
  {
    method: 'GET',
    path: '/v1/webhook_endpoints/:id',
    run: ({ sandbox, id }) => find(sandbox, id),
  },
  {
    method: 'POST',
    path: '/v1/webhook_endpoints/:id',
    run({ sandbox, id, form }) {
      const endpoint = find(sandbox, id)
      const given = read(updateParams, form)
      if (given.url !== undefined) endpoint.url = given.url
      if (given.enabled_events) endpoint.enabled_events = given.enabled_events
      if (given.description !== undefined) endpoint.description = given.description
      if (given.disabled !== undefined) endpoint.status = given.disabled ? 'disabled' : 'enabled'
      if (given.metadata) endpoint.metadata = mergeMetadata(endpoint.metadata, given.metadata)
      return endpoint
    },
  },
  {
    method: 'DELETE',
    path: '/v1/webhook_endpoints/:id',
    run({ sandbox, id }) {
      find(sandbox, id)
      removeEndpoint(sandbox, id)
      return { id, object: 'webhook_endpoint', deleted: true }
    },
  },
]
