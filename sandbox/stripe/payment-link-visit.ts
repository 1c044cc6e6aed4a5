import { noSuch, Refusal } from './errors'
import { makeLineItem } from './line-items'
import { findPrice } from './prices'
import { applyCode } from './promotion'
import type { Sandbox } from './sandbox'
import { openSession } from './session-create'
import { row } from './state'
import type { WirePaymentLink, WireSession } from './wire'

/** By its id, or by the last part of its URL. */
export function findLinkBySlug(sandbox: Sandbox, slug: string): WirePaymentLink | undefined {
  return (
    row(sandbox.state.paymentLinks, slug) ??
    Object.values(sandbox.state.paymentLinks).find((link) => link.url.endsWith(`/b/${slug}`))
  )
}

/** Letters, digits, dashes and underscores, up to 200: anything else is dropped without a word. */
const REFERENCE = /^[A-Za-z0-9_-]{1,200}$/

function prefilled(query: URLSearchParams) {
  const reference = query.get('client_reference_id') ?? ''
  const email = query.get('prefilled_email') ?? query.get('locked_prefilled_email') ?? ''
  return {
    ...(REFERENCE.test(reference) && { client_reference_id: reference }),
    ...(/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(email) && { customer_email: email }),
  }
}

/** Every visit makes a session of its own. A prefilled code that can't be used is dropped, as the page does. */
export function openLink(sandbox: Sandbox, idOrSlug: string, query: URLSearchParams): WireSession {
  const link = findLinkBySlug(sandbox, idOrSlug)
  if (!link) throw noSuch('payment_link', idOrSlug)
  const limit = link.restrictions?.completed_sessions
  if (!link.active || (limit && limit.count >= limit.limit))
    throw new Refusal('This payment link is not active.', { code: 'payment_link_inactive' })
  const items = (row(sandbox.state.paymentLinkItems, link.id) ?? []).map(({ price, quantity }) =>
    makeLineItem(sandbox, findPrice(sandbox, price), quantity),
  )
  const { redirect } = link.after_completion
  const session = openSession(
    sandbox,
    {
      ...prefilled(query),
      allow_promotion_codes: link.allow_promotion_codes,
      customer_creation: link.customer_creation === 'always' ? 'always' : 'if_required',
      metadata: { ...link.metadata },
      mode: 'payment',
      payment_intent_data: {
        metadata: { ...(link.payment_intent_data?.metadata as Record<string, string>) },
      },
    },
    items,
    { paymentLink: link.id, linkRedirect: redirect?.url ?? null },
  )
  const code = query.get('prefilled_promo_code')
  const notes = row(sandbox.state.notes, session.id)
  if (code && notes && link.allow_promotion_codes) applyCode(sandbox, session, notes, code)
  return session
}
