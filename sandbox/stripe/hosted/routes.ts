import { findSession } from '../checkout-sessions'
import { Refusal } from '../errors'
import { answerChallenge, type Outcome, pay } from '../payments'
import { applyCode } from '../promotion'
import type { Sandbox } from '../sandbox'
import { reprice } from '../session-create'
import { row, type SessionNotes } from '../state'
import type { WireSession } from '../wire'
import { checkoutPage } from './checkout-page'
import { checkTyped, type FieldErrors, readTyped, type Typed } from './form-fields'
import { htmlResponse, seeOther } from './html'
import {
  challengePage,
  closedPage,
  confirmationPage,
  leaveFramePage,
  receiptPage,
  unknownPage,
  withSessionId,
} from './notices'

/** How long the page waits for the webhook's answer before it sends the buyer on. */
const WEBHOOK_PATIENCE_MS = 10_000

interface Visit {
  sandbox: Sandbox
  session: WireSession
  notes: SessionNotes
  embedded: boolean
  form: URLSearchParams
}

export type PageHandler = (sandbox: Sandbox, id: string, request: Request) => Promise<Response>

/** Opens the session for a page; unknown and closed ones have their own answers. */
function visiting(handle: (visit: Visit) => Promise<Response>, closedToo = false): PageHandler {
  return async (sandbox, id, request) => {
    if (!row(sandbox.state.sessions, id)) return htmlResponse(unknownPage(), 404)
    const { session, notes } = findSession(sandbox, id)
    const form = new URLSearchParams(request.method === 'POST' ? await request.text() : '')
    const embedded = new URL(request.url).searchParams.has('embedded')
    const visit = { sandbox, session, notes, embedded, form }
    if (session.status === 'complete' && request.method === 'POST') return goOn(visit)
    if (session.status !== 'open' && !closedToo) return htmlResponse(closedPage(sandbox, session))
    return handle(visit)
  }
}

function emailOf({ session, sandbox }: Visit): string {
  const customer = row(sandbox.state.customers, session.customer ?? '')
  return customer?.email ?? session.customer_email ?? session.customer_details?.email ?? ''
}

function show(visit: Visit, typed: Typed, errors: FieldErrors = {}, status = 200): Response {
  const { sandbox, session, notes, embedded } = visit
  return htmlResponse(checkoutPage({ sandbox, session, notes, typed, errors, embedded }), status)
}

const fresh = (visit: Visit) => readTyped(new URLSearchParams(), emailOf(visit))

function goOn({ session, notes, embedded }: Visit): Response {
  const target = session.success_url ?? session.return_url ?? notes.linkRedirect
  const url = target && withSessionId(target, session.id)
  if (embedded)
    return htmlResponse(leaveFramePage(session.redirect_on_completion === 'never' ? null : (url ?? null)))
  return url ? seeOther(url) : seeOther(`/c/pay/${session.id}/thanks`)
}

async function conclude(visit: Visit, outcome: Outcome, typed: Typed): Promise<Response> {
  const { sandbox, session, embedded } = visit
  if (outcome.kind === 'challenge')
    return seeOther(`/c/pay/${session.id}/authenticate${embedded ? '?embedded=1' : ''}`)
  if (outcome.kind === 'declined') return show(visit, typed, { page: outcome.message }, 402)
  if (outcome.kind === 'closed' && outcome.session.status !== 'complete')
    return htmlResponse(closedPage(sandbox, session))
  if (outcome.kind === 'complete') await sandbox.webhooks.answered(outcome.event.id, WEBHOOK_PATIENCE_MS)
  return goOn(visit)
}

export const showCheckout = visiting(async (visit) => show(visit, fresh(visit)))

export const submitCheckout = visiting(async (visit) => {
  const { sandbox, session, form } = visit
  const locked = row(sandbox.state.customers, session.customer ?? '')?.email
  const typed = readTyped(form, emailOf(visit))
  if (locked) typed.email = locked
  const checked = checkTyped(typed, { free: session.amount_total === 0, now: sandbox.now() })
  if ('errors' in checked) return show(visit, typed, checked.errors, 422)
  return conclude(visit, await pay(sandbox, session.id, checked), typed)
})

export const submitPromotion = visiting(async (visit) => {
  const { sandbox, session, notes, form, embedded } = visit
  const typed = fresh(visit)
  if (!session.allow_promotion_codes) return show(visit, typed, { page: 'This order takes no codes.' }, 422)
  if (form.get('action') === 'remove') reprice(sandbox, session, null)
  else {
    typed.promotionCode = form.get('promotionCode')?.trim() ?? ''
    const problem = applyCode(sandbox, session, notes, typed.promotionCode)
    if (problem) return show(visit, typed, { promotionCode: problem }, 422)
  }
  sandbox.changed()
  return seeOther(embedded ? `/v3-embedded/${session.id}` : `/c/pay/${session.id}`)
})

export const showChallenge = visiting(async ({ session, notes, embedded }) =>
  notes.challenge ? htmlResponse(challengePage(session, embedded)) : seeOther(`/c/pay/${session.id}`),
)

export const submitChallenge = visiting(async (visit) => {
  const { sandbox, session, form, notes } = visit
  const buyer = notes.challenge?.buyer
  const typed = {
    ...fresh(visit),
    ...(buyer && { billingName: buyer.name, country: buyer.country, email: buyer.email }),
  }
  const outcome = await answerChallenge(sandbox, session.id, form.get('answer') === 'complete')
  return outcome ? conclude(visit, outcome, typed) : seeOther(`/c/pay/${session.id}`)
})

export const showThanks = visiting(async ({ session }) => {
  if (session.status !== 'complete') return seeOther(`/c/pay/${session.id}`)
  return htmlResponse(confirmationPage(session))
}, true)

/** The embedded page, for a stand-in of Stripe.js to frame. */
export const showEmbedded = visiting(async (visit) => show({ ...visit, embedded: true }, fresh(visit)))

export const showReceipt: PageHandler = async (sandbox, id) => {
  const charge = row(sandbox.state.charges, id)
  return charge ? htmlResponse(receiptPage(charge)) : htmlResponse(unknownPage(), 404)
}

/** A page for what went wrong below a page: never a stack trace for a buyer. */
export function pageFailure(error: unknown): Response {
  const status = error instanceof Refusal ? error.status : 500
  return htmlResponse(unknownPage(), status)
}
