import 'server-only'
import { eq, inArray, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { outbox, purchase, purchaseProduct, user } from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import type { FulfillmentDeps } from '../deps'
import type { Outcome } from '../outcome'
import type { SaleFacts } from '../stripe-session'
import type { LockedCheckout } from './checkout-row'
import { complete, completed } from './complete'
import { lastingFlags } from './flags'
import { addressOf, NOBODY } from './people'
import { countryOf } from './purchase'
import type { Owner } from './recorded'
import { forgottenAddress, restoreFamily } from './restore-family'
import { settle } from './settle'

/**
 * A purchase that is there already gets this checkout, and no second one is made: its buyer has been written to. Where Course Builder
 * recorded the charge itself the checkout is flagged, and its rows are left as they are; where we did, and its checkout was lost, what
 * else was lost of it is put back.
 */
export async function adopt(
  tx: Queryable,
  deps: FulfillmentDeps,
  facts: SaleFacts,
  product: CatalogueProduct,
  { checkout, known }: LockedCheckout,
  purchaseId: string,
): Promise<Outcome> {
  const [bought] = await tx.select().from(purchase).where(eq(purchase.id, purchaseId)).for('update')
  if (!bought) throw new Error(`${purchaseId} was there, and is not`)
  const { ours, address } = await whoWrote(tx, bought)
  const forgotten = bought.userId !== null && address === forgottenAddress(bought.userId)
  const email = forgotten ? '' : emailOf(facts, checkout.email, ours ? address : null)
  const done = completed(facts, {
    purchaseId,
    email,
    country: countryOf(facts, product, checkout, known),
    flags: ours ? lastingFlags(facts, product, { email }) : ['adopted'],
    completedAt: ours ? bought.createdAt : deps.now(),
  })
  // Of somebody who was forgotten nothing comes back.
  if (forgotten) done.receiptUrl = null
  await tx.execute(complete(tx, checkout.id, done, undefined))
  const sale = { facts, product, checkout: { ...checkout, ...done }, known, adopting: true }
  if (ours) await restoreFamily(tx, sale, bought)
  await settle(tx, deps, sale, true)
  return { kind: 'recorded', purchaseId, created: false }
}

/** A buyer whose address was moved keeps the new one; one that stands for an address, or quotes it, is no address. */
function emailOf({ email }: SaleFacts, known: string | null, address: string | null): string {
  const told = email ?? known ?? ''
  if (!address || address.startsWith('"')) return told
  if (address.endsWith(NOBODY)) return told || address
  return addressOf(told) === addressOf(address) ? told : address
}

/**
 * Whether we wrote a purchase. Ids don't tell: Course Builder's look the same. Our columns do, and where they were dropped and came back
 * empty, what only recording a sale leaves behind: its message in the outbox, written in the same transaction, or its `PurchaseProduct`.
 * Course Builder writes neither, so one without any of them counts as its own.
 */
async function whoWrote(
  tx: Queryable,
  { id, userId, stripeChargeId, metadata }: Owner,
): Promise<{ ours: boolean; address: string | null }> {
  const messages = ['confirmation', 'purchase-created', 'oversold'].map((effect) => `${effect}:${id}`)
  const told = tx.select({ one: sql`1` }).from(outbox).where(inArray(outbox.id, messages))
  const listed = tx
    .select({ one: sql`1` })
    .from(purchaseProduct)
    .where(sql`${purchaseProduct.purchaseId} = ${id} and ${purchaseProduct.id} like 'pp\\_%'`)
  const [row] = await tx
    .select({
      left: sql<number>`(exists ${told} or exists ${listed})`.as('left'),
      address: sql<string | null>`(select ${user.email} from ${user} where ${user.id} = ${userId})`.as(
        'address',
      ),
    })
    .from(sql`(select 1) once`)
  const marked = stripeChargeId !== null || typeof metadata?.checkoutId === 'string'
  return { ours: marked || Number(row?.left) === 1, address: row?.address ?? null }
}
