import { z } from 'zod'
import type { Route } from './api'
import { noSuch, Refusal } from './errors'
import { emit } from './events'
import { createdFilter, newestFirst, page, paging, within } from './lists'
import { ignored, mergeMetadata, metadata, read, text } from './params'
import type { Sandbox } from './sandbox'
import { createSession } from './session-create'
import { sessionCreateParams } from './session-params'
import { row, type SessionNotes } from './state'
import type { WireSession } from './wire'

export function findSession(sandbox: Sandbox, id: string): { session: WireSession; notes: SessionNotes } {
  const session = row(sandbox.state.sessions, id)
  const notes = row(sandbox.state.notes, id)
  if (!session || !notes) throw noSuch('checkout.session', id)
  if (session.status === 'open' && session.expires_at <= sandbox.now()) closeSession(sandbox, session)
  return { session, notes }
}

/** Ends an open session unpaid, and says so. */
export function closeSession(sandbox: Sandbox, session: WireSession): void {
  session.status = 'expired'
  session.url = null
  session.client_secret = null
  emit(sandbox, 'checkout.session.expired', session)
}

/** Closes all sessions whose time is over. */
export function closeExpired(sandbox: Sandbox): void {
  const now = sandbox.now()
  for (const session of Object.values(sandbox.state.sessions))
    if (session.status === 'open' && session.expires_at <= now) closeSession(sandbox, session)
}

const listParams = z.strictObject({
  ...paging,
  ...createdFilter,
  customer: text().optional(),
  customer_account: ignored.optional(),
  customer_details: z.strictObject({ email: text() }).optional(),
  payment_intent: text().optional(),
  payment_link: text().optional(),
  status: z.enum(['complete', 'expired', 'open']).optional(),
  subscription: text().optional(),
})

export const checkoutSessionRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/checkout/sessions',
    run: ({ sandbox, form }) => createSession(sandbox, read(sessionCreateParams, form)),
  },
  {
    method: 'GET',
    path: '/v1/checkout/sessions',
    run({ sandbox, form }) {
      const query = read(listParams, form)
      closeExpired(sandbox)
      const rows = newestFirst(sandbox.state.sessions).filter(
        (session) =>
          within(session.created, query.created) &&
          (query.customer === undefined || session.customer === query.customer) &&
          (query.customer_details === undefined ||
            session.customer_details?.email === query.customer_details.email) &&
          (query.payment_intent === undefined || session.payment_intent === query.payment_intent) &&
          (query.payment_link === undefined || session.payment_link === query.payment_link) &&
          (query.subscription === undefined || session.subscription === query.subscription) &&
          (query.status === undefined || session.status === query.status),
      )
      return page(rows, query, '/v1/checkout/sessions', 'checkout.session')
    },
  },
  {
    method: 'GET',
    path: '/v1/checkout/sessions/:id',
    run: ({ sandbox, id }) => findSession(sandbox, id).session,
  },
  {
    method: 'POST',
    path: '/v1/checkout/sessions/:id',
    run({ sandbox, id, form }) {
      const { session } = findSession(sandbox, id)
      const given = read(
        z.strictObject({
          metadata: metadata.optional(),
          collected_information: ignored.optional(),
          shipping_options: ignored.optional(),
        }),
        form,
      )
      if (given.metadata) session.metadata = mergeMetadata(session.metadata, given.metadata)
      return session
    },
  },
  {
    method: 'GET',
    path: '/v1/checkout/sessions/:id/line_items',
    run({ sandbox, id, form }) {
      const { notes } = findSession(sandbox, id)
      const query = read(z.strictObject(paging), form)
      return page(notes.lineItems, query, `/v1/checkout/sessions/${id}/line_items`, 'line item')
    },
  },
  {
    method: 'POST',
    path: '/v1/checkout/sessions/:id/expire',
    run: ({ sandbox, id }) =>
      sandbox.inTurn(id, async () => {
        const { session } = findSession(sandbox, id)
        if (session.status !== 'open')
          throw new Refusal(
            `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
          )
        closeSession(sandbox, session)
        return session
      }),
  },
]
