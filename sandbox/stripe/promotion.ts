import { discountProblem, makeDiscount } from './discounts'
import { findByCode } from './promotion-codes'
import type { Sandbox } from './sandbox'
import { reprice, tooSmall } from './session-create'
import { row, type SessionNotes } from './state'
import type { WireSession } from './wire'

/** Why a typed code is not taken; null once it is on the session. */
export function applyCode(
  sandbox: Sandbox,
  session: WireSession,
  notes: SessionNotes,
  typed: string,
): string | null {
  const code = findByCode(sandbox, typed)
  const coupon = code && row(sandbox.state.coupons, code.promotion.coupon)
  if (!code || !coupon) return 'This code is invalid.'
  const currency = session.currency ?? 'usd'
  const order = { items: notes.lineItems, currency, customer: session.customer }
  const problem = discountProblem(sandbox, { coupon, code }, order)
  if (problem) return problem.shown
  reprice(sandbox, session, makeDiscount(sandbox, { coupon, code }, session.id, session.customer))
  if (!tooSmall(session.amount_total ?? 0, currency)) return null
  reprice(sandbox, session, null)
  return 'This code would leave less than the smallest amount that can be paid.'
}
