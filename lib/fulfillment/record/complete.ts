import 'server-only'
import { eq, getTableColumns, SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { type CheckoutFlag, checkoutSession, stripeEvent } from '@/db/schema'
import type { SaleFacts } from '../stripe-session'
import { nextVersion } from './version'

type Completion = {
  purchaseId: string
  email: string
  country: string | null
  flags: CheckoutFlag[]
  completedAt: Date
}

/** What a checkout's row says from the sale on. */
export const completed = (facts: SaleFacts, completion: Completion) => ({
  ...completion,
  status: 'complete' as const,
  sessionId: facts.id,
  quantity: facts.quantity,
  currency: facts.total.currency,
  amountTotal: facts.total.amount,
  stripeCouponId: facts.couponId ?? null,
  paymentIntentId: facts.paymentIntentId ?? null,
  chargeId: facts.charge?.id ?? null,
  customerId: facts.customerId ?? null,
  receiptUrl: facts.charge?.receiptUrl ?? null,
})

export type Completed = ReturnType<typeof completed>

/**
 * Writes it down and, in the same statement, that the event which told of the sale is done with: one is never there without the other.
 * @param eventId of the inbox, where an event brought it
 */
export function complete(
  tx: Queryable,
  id: string,
  changes: Completed,
  eventId: string | undefined,
): SQLWrapper {
  const all = { ...changes, updatedAt: nextVersion }
  if (eventId === undefined) return tx.update(checkoutSession).set(all).where(eq(checkoutSession.id, id))
  const columns = getTableColumns(checkoutSession)
  const ours = Object.entries(all).map(([name, value]) => {
    const column = columns[name as keyof typeof all]
    return sql`${column} = ${value instanceof SQL ? value : sql.param(value, column)}`
  })
  const { completedAt } = changes
  const events = [
    sql`${stripeEvent.status} = 'processed'`,
    sql`${stripeEvent.reason} = null`,
    sql`${stripeEvent.finishedAt} = ${sql.param(completedAt, stripeEvent.finishedAt)}`,
    sql`${stripeEvent.attempts} = ${stripeEvent.attempts} + 1`,
  ]
  // A left join: the sale is completed, whatever became of the event's row.
  return sql`update ${checkoutSession} left join ${stripeEvent} on ${stripeEvent.id} = ${eventId}
    set ${sql.join([...ours, ...events], sql`, `)} where ${checkoutSession.id} = ${id}`
}
