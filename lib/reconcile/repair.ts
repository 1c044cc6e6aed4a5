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
const THROUGH_THE_DOOR = new Set<Kind>(['missing', 'checkout_lost', 'refunded', 'status'])

/**
 * Repairs what is different about one session, where there is one right answer: what never was recorded or settled through the one door
 * for money, what was lost or changed by hand from `checkout_Session` and Stripe. Answers whether it did anything.
 */
export async function repair(
  deps: ReconcileDeps,
  found: Difference[],
  options: { stripeIsRight: boolean },
): Promise<boolean> {
  const [first] = found
  if (!first) return false
  if (first.kind === 'price_column') return restorePriceColumn(deps, first.id)
  const open = found.filter(
    ({ kind, decide }) => !FOR_A_PERSON.has(kind) && (decide === undefined || options.stripeIsRight),
  )
  if (open.length === 0) return false
  const restorable = open.some(({ kind }) => kind !== 'missing' && kind !== 'checkout_lost')
  if (restorable) await restore(deps, first.id, options.stripeIsRight)
  // Of a sale whose checkout alone was lost the buyer has been told.
  const quiet = open.some(({ kind }) => kind === 'checkout_lost')
  if (open.some(({ kind }) => THROUGH_THE_DOOR.has(kind)))
    await fulfill(quiet ? { ...deps, quiet } : deps, first.id)
  return true
}

async function restore(deps: ReconcileDeps, sessionId: string, stripeIsRight: boolean): Promise<void> {
  const facts = await readSession(deps.stripe, sessionId)
  const whose = await whoseSale(deps.catalogue, facts)
  if (whose.kind !== 'ours') return
  const { product, quantity, alsoSold } = whose
  await restoreSale(deps, { ...facts, quantity, alsoSold }, product, { stripeIsRight })
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
