import { and, asc, eq, gt, gte, isNotNull } from 'drizzle-orm'
import Stripe from 'stripe'
import { checkoutSession } from '@/db/schema'
import type { OpsDeps } from '../deps'
import { compareSession, type Difference } from './compare'

const PAGE = 200

/** Every difference, both ways, one session at a time: Stripe's against ours, then ours against Stripe's. */
export async function* differences(deps: OpsDeps, since: Date | undefined): AsyncGenerator<Difference> {
  const created = since && { created: { gte: Math.floor(since.getTime() / 1000) } }
  const listed = deps.stripe.checkout.sessions.list({ status: 'complete', limit: 100, ...created })
  for await (const session of listed) {
    // Another site's sessions cost no further call.
    if (session.metadata?.source === 'egghead-next' || session.payment_link)
      yield* await compareSession(deps, session.id)
  }
  for await (const row of recorded(deps, since)) {
    const why = await whyNotPaid(deps, row.sessionId)
    if (why)
      yield { kind: 'not_paid', sessionId: row.sessionId ?? row.id, detail: `${row.purchaseId}: ${why}` }
  }
}

async function* recorded({ db }: OpsDeps, since: Date | undefined) {
  const { id, sessionId, purchaseId, createdAt } = checkoutSession
  for (let last = ''; ; ) {
    const rows = await db
      .select({ id, sessionId, purchaseId })
      .from(checkoutSession)
      .where(and(gt(id, last), isNotNull(purchaseId), since && gte(createdAt, since)))
      .orderBy(asc(id))
      .limit(PAGE)
    yield* rows
    const end = rows.at(-1)
    if (!end || rows.length < PAGE) return
    last = end.id
  }
}

async function whyNotPaid({ stripe }: OpsDeps, sessionId: string | null): Promise<string | undefined> {
  if (!sessionId) return 'recorded without a session'
  try {
    const { status, payment_status } = await stripe.checkout.sessions.retrieve(sessionId)
    if (status === 'complete' && payment_status !== 'unpaid') return undefined
    return `recorded, and its session is ${status}, ${payment_status}`
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing')
      return 'recorded, and Stripe knows no such session'
    throw error
  }
}

/** Our added columns, as `checkout_Session` holds them. */
export async function lostColumns({ db }: OpsDeps, sessionId: string) {
  const { purchaseId, chargeId, stripeCouponId } = checkoutSession
  const [row] = await db
    .select({ purchaseId, chargeId, stripeCouponId })
    .from(checkoutSession)
    .where(eq(checkoutSession.sessionId, sessionId))
  return row
}
