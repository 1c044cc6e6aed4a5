import 'server-only'
import { and, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import { type CheckoutSessionRow, checkoutSession, purchase, stripeEvent, user } from '@/db/schema'
import { CheckoutError } from '@/lib/contract/errors'
import type { CheckoutState, CheckoutStatus, Money } from '@/lib/contract/types'
import { fromMajor } from '@/lib/pricing/money'
import type { HandledType } from '@/lib/stripe/event-types'
import { maskEmail } from '@/lib/telemetry/scrub'
import type { CommerceDeps } from './deps'
import { workshopUrl } from './session-params'

type StatusDeps = Pick<CommerceDeps, 'db' | 'catalogue' | 'appUrl'>

/** What has become of a session, read from our own rows alone. @throws CheckoutError `session_not_found` */
export async function readStatus(deps: StatusDeps, sessionId: string): Promise<CheckoutStatus> {
  const [row] = await deps.db
    .select({ session: checkoutSession, purchase, email: user.email })
    .from(checkoutSession)
    .leftJoin(purchase, eq(purchase.id, checkoutSession.purchaseId))
    .leftJoin(user, eq(user.id, purchase.userId))
    .where(eq(checkoutSession.sessionId, sessionId))
    .limit(1)
  if (!row) return statusByInbox(deps, sessionId)
  const product = await deps.catalogue.byProduct(row.session.productId)
  const workshop = product && {
    ...product.workshop,
    calendarUrl: `${workshopUrl(deps.appUrl, product.workshop.slug)}/calendar.ics`,
  }
  return {
    status: stateOf(row.session, row.purchase?.status),
    ...(row.purchase && { purchase: purchaseOf(row.session, row.purchase, row.email) }),
    ...(workshop && { workshop }),
  }
}

const PAID: HandledType[] = ['checkout.session.completed', 'checkout.session.async_payment_succeeded']

/** A payment link's session has no row of ours until its sale is recorded: what is known of it is the event that told of it. */
async function statusByInbox({ db }: StatusDeps, sessionId: string): Promise<CheckoutStatus> {
  const [event] = await db
    .select({ status: stripeEvent.status })
    .from(stripeEvent)
    .where(
      and(
        eq(stripeEvent.objectId, sessionId),
        inArray(stripeEvent.type, PAID),
        inArray(stripeEvent.status, ['parked', 'pending']),
      ),
    )
    .limit(1)
  if (!event) throw new CheckoutError('session_not_found')
  return { status: event.status === 'parked' ? 'processing' : 'open' }
}

/** Nobody is told that they are in while their money is on its way back. Disputed and partly refunded stay complete; what Course Builder's own people refunded there counts as well. */
function stateOf(session: CheckoutSessionRow, purchaseStatus: string | undefined): CheckoutState {
  if (purchaseStatus === 'Refunded') return 'refunded'
  if (session.status === 'complete' && session.flags?.includes('refunding')) return 'processing'
  return session.status === 'creating' ? 'open' : session.status
}

function purchaseOf(session: CheckoutSessionRow, row: typeof purchase.$inferSelect, email: string | null) {
  const currency = session.currency ?? 'usd'
  const total: Money =
    session.amountTotal === null
      ? fromMajor(row.totalAmount, currency)
      : { amount: session.amountTotal, currency }
  return {
    id: row.id,
    emailMasked: maskEmail(session.email ?? email ?? ''),
    total,
    refunded: { amount: session.amountRefunded, currency },
    quantity: session.quantity,
    createdAt: row.createdAt.toISOString(),
    ...(session.receiptUrl && { receiptUrl: session.receiptUrl }),
  }
}

const ASK_EVERY_MS = 3000

/**
 * Takes the turn to ask Stripe about a session that is still open here: one caller every few seconds, whoever it is. Made-up ids
 * match no row, and cost Stripe nothing.
 */
export async function takeTurnToAsk(
  deps: Pick<CommerceDeps, 'db' | 'now'>,
  sessionId: string,
): Promise<boolean> {
  const now = deps.now()
  const [result] = await deps.db
    .update(checkoutSession)
    .set({ askedAt: now })
    .where(
      and(
        eq(checkoutSession.sessionId, sessionId),
        sql`${checkoutSession.status} in ('open', 'processing', 'failed', 'expired')`,
        or(
          isNull(checkoutSession.askedAt),
          lt(checkoutSession.askedAt, new Date(now.getTime() - ASK_EVERY_MS)),
        ),
      ),
    )
  return result.affectedRows === 1
}
