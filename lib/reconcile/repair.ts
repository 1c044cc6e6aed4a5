import 'server-only'
import { and, eq, sql } from 'drizzle-orm'
import { merchantPrice, merchantProduct, product } from '@/db/schema'
import { fulfill } from '@/lib/fulfillment/fulfill'
import { restoreSale } from '@/lib/fulfillment/restore'
import { readSession } from '@/lib/fulfillment/stripe-session'
import { whoseSale } from '@/lib/fulfillment/whose'
import type { ReconcileDeps } from './deps'
import type { Difference, Kind } from './difference'

/** What no rule can decide. */
const FOR_A_PERSON = new Set<Kind>(['doubled', 'not_paid', 'unknown_product'])
/** What `fulfill` does by itself, telling whom it concerns; the rest is put back in silence. */
const THROUGH_THE_DOOR = new Set<Kind>(['missing', 'purchase_lost', 'wrong_purchase', 'refunded', 'status'])
/** What Stripe can't decide either: which of our own rows was meant. */
const OURS_TO_DECIDE = new Set<Kind>(['wrong_purchase', 'coupon'])

/**
 * Repairs what is different about one session, where there is one right answer: what never was recorded or settled through the one door
 * for money, what was lost or changed by hand from `checkout_Session` and Stripe. Answers those that it repaired.
 */
export async function repair(
  deps: ReconcileDeps,
  found: Difference[],
  options: { stripeIsRight: boolean },
): Promise<Difference[]> {
  const [first] = found
  if (!first) return []
  if (first.kind === 'price_column') return (await restorePriceColumn(deps, first.id)) ? found : []
  const open = found.filter(
    ({ kind, decide }) =>
      !FOR_A_PERSON.has(kind) &&
      (decide === undefined || (options.stripeIsRight && !OURS_TO_DECIDE.has(kind))),
  )
  if (open.length === 0) return []
  // Of a sale whose checkout was lost the buyer has been told. What was lost with it is put back next.
  if (open.some(({ kind }) => kind === 'checkout_lost')) await fulfill({ ...deps, quiet: true }, first.id)
  const restorable = open.some(({ kind }) => kind !== 'missing')
  if (restorable && !(await restore(deps, first.id, options.stripeIsRight))) return []
  if (open.some(({ kind }) => THROUGH_THE_DOOR.has(kind))) await fulfill(deps, first.id)
  return open
}

async function restore(deps: ReconcileDeps, sessionId: string, stripeIsRight: boolean): Promise<boolean> {
  const facts = await readSession(deps.stripe, sessionId)
  const whose = await whoseSale(deps.catalogue, facts)
  if (whose.kind !== 'ours') return false
  const { product, quantity, alsoSold } = whose
  return restoreSale(deps, { ...facts, quantity, alsoSold }, product, { stripeIsRight })
}

async function restorePriceColumn({ db }: ReconcileDeps, productId: string): Promise<boolean> {
  const [active] = await db
    .select({ priceId: merchantPrice.identifier })
    .from(merchantPrice)
    .innerJoin(merchantProduct, eq(merchantProduct.id, merchantPrice.merchantProductId))
    .where(
      and(
        eq(merchantProduct.productId, productId),
        eq(merchantProduct.status, 1),
        eq(merchantPrice.status, 1),
      ),
    )
    .orderBy(sql`${merchantPrice.createdAt} desc, ${merchantPrice.id} desc`)
    .limit(1)
  if (!active) return false
  await db.update(product).set({ stripeProductId: active.priceId }).where(eq(product.id, productId))
  return true
}
