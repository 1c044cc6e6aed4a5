import { and, inArray, isNotNull } from 'drizzle-orm'
import type Stripe from 'stripe'
import { checkoutSession } from '@/db/schema'
import { fulfill } from '@/lib/fulfillment/fulfill'
import { listedSession } from '@/lib/fulfillment/stripe-session'
import { whoseSale } from '@/lib/fulfillment/whose'
import { mayBeOurs } from '@/lib/reconcile/sessions'
import type { OpsDeps } from '../deps'

export type Counts = {
  /** Sessions that Stripe showed, anybody's. */
  walked: number
  /** Newly recorded; without `--yes`, what would be. */
  recorded: number
  /** Recorded before. */
  known: number
  /** Money taken for a product that nobody here knows. */
  parked: number
}

/** Side by side. Two sales to one buyer take turns at the buyer's row, those of one workshop with a limit at the workshop's. */
const ABREAST = 8

/** Brings one page of sessions in, each through the one door; what is recorded already costs one statement for all of them. */
export async function recordPage(
  deps: OpsDeps,
  sessions: Stripe.Checkout.Session[],
  options: { write: boolean; complain: (line: string) => void },
): Promise<Counts> {
  const counts: Counts = { walked: sessions.length, recorded: 0, known: 0, parked: 0 }
  const ours = sessions.filter(mayBeOurs)
  const known = await recordedOf(
    deps,
    ours.map(({ id }) => id),
  )
  counts.known = known.size
  const queue = ours.filter(({ id }) => !known.has(id)).values()
  const worker = async () => {
    for (const session of queue) {
      const { kind, reason } = await recordOne(deps, session, options.write)
      if (kind !== 'none') counts[kind]++
      if (reason) options.complain(`parked ${session.id}: ${reason}`)
    }
  }
  await Promise.all(Array.from({ length: ABREAST }, worker))
  return counts
}

async function recordedOf({ db }: OpsDeps, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .select({ sessionId: checkoutSession.sessionId })
    .from(checkoutSession)
    .where(and(inArray(checkoutSession.sessionId, ids), isNotNull(checkoutSession.purchaseId)))
  return new Set(rows.flatMap(({ sessionId }) => sessionId ?? []))
}

type Recorded = { kind: 'recorded' | 'known' | 'parked' | 'none'; reason?: string }

async function recordOne(deps: OpsDeps, session: Stripe.Checkout.Session, write: boolean): Promise<Recorded> {
  const facts = await listedSession(deps.stripe, session)
  if (!write) {
    if (facts.payment === 'unpaid') return { kind: 'none' }
    const whose = await whoseSale(deps.catalogue, facts)
    if (whose.kind === 'unknown-product') return { kind: 'parked', reason: whose.reason }
    return { kind: whose.kind === 'ours' ? 'recorded' : 'none' }
  }
  const outcome = await fulfill(deps, session.id, undefined, facts)
  if (outcome.kind === 'parked') return outcome
  if (outcome.kind !== 'recorded') return { kind: 'none' }
  return { kind: outcome.created ? 'recorded' : 'known' }
}
