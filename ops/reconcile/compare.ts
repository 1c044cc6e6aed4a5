import { eq, or } from 'drizzle-orm'
import { checkoutSession, merchantCharge, merchantSession, purchase } from '@/db/schema'
import { readSession, type SessionFacts } from '@/lib/fulfillment/stripe-session'
import { whoseSale } from '@/lib/fulfillment/whose'
import { toMajor } from '@/lib/pricing/money'
import type { OpsDeps } from '../deps'

export type Difference = {
  kind:
    | 'missing'
    | 'doubled'
    | 'amount'
    | 'refunded'
    | 'status'
    | 'columns'
    | 'purchase_lost'
    | 'unknown_product'
    | 'not_paid'
  sessionId: string
  detail: string
}

type PurchaseRow = typeof purchase.$inferSelect
type CheckoutRow = typeof checkoutSession.$inferSelect

/** What is different about one session that Stripe calls complete; nothing where it is not our sale. */
export async function compareSession(deps: OpsDeps, sessionId: string): Promise<Difference[]> {
  const facts = await readSession(deps.stripe, sessionId)
  if (facts.status !== 'complete' || facts.payment === 'unpaid') return []
  const whose = await whoseSale(deps.catalogue, facts)
  if (whose.kind === 'not-ours') return []
  if (whose.kind === 'unknown-product') return [{ kind: 'unknown_product', sessionId, detail: whose.reason }]
  const [row] = await deps.db.select().from(checkoutSession).where(eq(checkoutSession.sessionId, sessionId))
  if (!row?.purchaseId)
    return [{ kind: 'missing', sessionId, detail: `paid, and not recorded: ${amountOf(facts)}` }]
  const [bought] = await deps.db.select().from(purchase).where(eq(purchase.id, row.purchaseId))
  if (!bought) return [{ kind: 'purchase_lost', sessionId, detail: `${row.purchaseId} is gone` }]
  return [...compareRows(facts, row, bought), ...(await doubled(deps, facts))]
}

const amountOf = ({ total }: SessionFacts) => `${total.amount} ${total.currency}`

function compareRows(facts: SessionFacts, row: CheckoutRow, bought: PurchaseRow): Difference[] {
  const found: Difference[] = []
  const note = (kind: Difference['kind'], detail: string) =>
    found.push({ kind, sessionId: facts.id, detail: `${bought.id}: ${detail}` })
  const taken = Number(toMajor(facts.total))
  // An adopted purchase keeps what Course Builder wrote; it is compared all the same.
  if (row.amountTotal !== facts.total.amount || Number(bought.totalAmount) !== taken)
    note('amount', `Stripe took ${amountOf(facts)}, here are ${row.amountTotal} and ${bought.totalAmount}`)
  const refunded = facts.charge?.refunded ?? 0
  if (row.amountRefunded !== refunded)
    note('refunded', `Stripe gave back ${refunded}, here are ${row.amountRefunded}`)
  const wanted = facts.charge?.whole ? 'Refunded' : facts.charge?.disputed ? 'Disputed' : undefined
  const stale = !wanted && (bought.status === 'Refunded' || bought.status === 'Disputed')
  if (bought.status !== 'Banned' && ((wanted && bought.status !== wanted) || stale))
    note('status', `${bought.status} here, ${wanted ?? 'in order'} at Stripe`)
  if (
    (row.chargeId && bought.stripeChargeId === null) ||
    (row.stripeCouponId && bought.stripeCouponId === null)
  )
    note('columns', 'stripeChargeId or stripeCouponId is lost')
  return found
}

async function doubled({ db }: OpsDeps, facts: SessionFacts): Promise<Difference[]> {
  const rows = await db
    .selectDistinct({ id: purchase.id })
    .from(purchase)
    .leftJoin(merchantCharge, eq(merchantCharge.id, purchase.merchantChargeId))
    .leftJoin(merchantSession, eq(merchantSession.id, purchase.merchantSessionId))
    .where(
      or(
        eq(merchantSession.identifier, facts.id),
        facts.charge && eq(merchantCharge.identifier, facts.charge.id),
      ),
    )
    .limit(10)
  if (rows.length < 2) return []
  return [{ kind: 'doubled', sessionId: facts.id, detail: rows.map(({ id }) => id).join(', ') }]
}
