import 'server-only'
import { and, eq, gte, inArray, or, type SQL, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { type CheckoutSessionRow, merchantCharge, merchantSession, purchase } from '@/db/schema'
import type { SaleFacts } from '../stripe-session'

/** What a purchase says itself of the sale that it is of: written with it, and any one may have been lost or changed by hand. */
export type Traces = {
  /** Of its `MerchantCharge`. */
  chargeId: string | null
  /** Of its `MerchantSession`. */
  sessionId: string | null
  stripeChargeId: string | null
  metadata: Record<string, unknown> | null
}

/** `checkoutId` of the row here, which need not be the one that the session was made for: that may have been lost. */
type Known = { facts: SaleFacts; checkoutId?: string | undefined }

/** How many of a purchase's traces lead to this sale, and how many to another one. */
function count({ facts, checkoutId }: Known, traces: Traces): { own: number; foreign: number } {
  const { id, charge, paymentLink } = facts
  // A payment link's metadata is copied to all of its sessions.
  const checkouts = [checkoutId, paymentLink ? undefined : facts.checkoutId]
  const told: [unknown, boolean][] = [
    [traces.chargeId, traces.chargeId === charge?.id],
    [traces.sessionId, traces.sessionId === id],
    [traces.stripeChargeId, traces.stripeChargeId === charge?.id],
    [markOf(traces), checkouts.includes(markOf(traces))],
  ]
  const there = told.filter(([value]) => value !== null && value !== undefined)
  const own = there.filter(([, leadsHere]) => leadsHere).length
  return { own, foreign: there.length - own }
}

/**
 * Whether the purchase that a checkout names is its own. One that bears nothing but another sale's traces is not; where it bears none
 * at all, it is unless another checkout names it too.
 */
export function whosePurchase(
  known: Known,
  traces: Traces,
  namedElsewhere: boolean,
): 'own' | 'foreign' | 'unclear' {
  const { own, foreign } = count(known, traces)
  if (own > 0) return 'own'
  if (foreign > 0) return 'foreign'
  return namedElsewhere ? 'unclear' : 'own'
}

/** Our own mark, in a column that Course Builder has not: the checkout that a purchase was made for. */
const markOf = ({ metadata }: Pick<Traces, 'metadata'>): string | undefined =>
  typeof metadata?.checkoutId === 'string' ? metadata.checkoutId : undefined

/** Course Builder's own purchases are not ours to rewrite. One with our mark is none of them, whatever an older flag says. */
export const wroteCourseBuilder = (
  { flags }: Pick<CheckoutSessionRow, 'flags'>,
  bought: Pick<Traces, 'metadata'> | null | undefined,
): boolean => flags?.includes('adopted') === true && !(bought && markOf(bought))

const DAY_MS = 86_400_000

/**
 * Purchases whose traces lead to these sales, by session id, the surest first: by charge, by session, by our columns. One statement,
 * which reads what was bought of these products since the first of them. It is for where something was lost; no ordinary sale pays it.
 */
export async function purchasesByTraces(
  db: Pick<Queryable, 'select'>,
  sales: { facts: SaleFacts; productId: string }[],
): Promise<Map<string, string[]>> {
  if (sales.length === 0) return new Map()
  const charges = sales.flatMap(({ facts }) => facts.charge?.id ?? [])
  const marks = sales.flatMap(({ facts }) => (facts.paymentLink ? [] : (facts.checkoutId ?? [])))
  const sessions = sales.map(({ facts }) => facts.id)
  // No purchase is older than its session; the day is for clocks.
  const since = Math.min(...sales.map(({ facts }) => facts.createdAt.getTime())) - DAY_MS
  const leads: (SQL | undefined)[] = [inArray(merchantSession.identifier, sessions)]
  if (charges.length > 0)
    leads.push(inArray(purchase.stripeChargeId, charges), inArray(merchantCharge.identifier, charges))
  if (marks.length > 0) leads.push(inArray(markColumn, marks))
  const rows = await db
    .select({
      id: purchase.id,
      productId: purchase.productId,
      chargeId: merchantCharge.identifier,
      sessionId: merchantSession.identifier,
      stripeChargeId: purchase.stripeChargeId,
      metadata: purchase.metadata,
    })
    .from(purchase)
    .leftJoin(merchantCharge, eq(merchantCharge.id, purchase.merchantChargeId))
    .leftJoin(merchantSession, eq(merchantSession.id, purchase.merchantSessionId))
    .where(
      and(
        inArray(purchase.productId, [...new Set(sales.map(({ productId }) => productId))]),
        gte(purchase.createdAt, new Date(since)),
        or(...leads),
      ),
    )
    .orderBy(purchase.createdAt, purchase.id)
  return new Map(
    sales.map(({ facts, productId }) => {
      const counted = rows
        .filter((row) => row.productId === productId)
        .map((row) => ({ id: row.id, ...count({ facts }, row) }))
        // Two sessions can have been made for one checkout: the mark alone is outvoted by another's charge or session.
        .filter(({ own, foreign }) => own > foreign)
      return [facts.id, counted.sort((a, b) => b.own - a.own).map(({ id }) => id)]
    }),
  )
}

const markColumn = sql<string>`json_unquote(json_extract(${purchase.metadata}, '$.checkoutId'))`
