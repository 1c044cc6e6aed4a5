import 'server-only'
import type { Queryable } from '@/db/client'
import { inLastRoundTrip, inOneRoundTrip } from '@/db/round-trips'
import type { CheckoutFlag, CheckoutSessionRow } from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { HOLDING } from '@/lib/checkout/hold'
import { oversoldEffects, purchaseEffects } from '@/lib/outbox/effects'
import { outboxRows } from '@/lib/outbox/enqueue'
import type { FulfillmentDeps } from '../deps'
import type { Outcome } from '../outcome'
import type { SaleFacts } from '../stripe-session'
import { adopt } from './adopt'
import { type LockedCheckout, lockCheckout } from './checkout-row'
import { complete, completed } from './complete'
import { lastingFlags } from './flags'
import { findFreeOrder, merchantRows } from './merchant'
import { findOrPlanBuyer, NOBODY } from './people'
import { countryOf, purchaseRows } from './purchase'
import { saleSnapshot } from './sale'
import { isOversold } from './seats'
import { settle } from './settle'
import { purchasesByTraces } from './traces'
import { versionIn } from './version'

/**
 * A paid session: all of its rows, or none. Recorded before, only what Stripe says of refunds and disputes is brought up to date.
 *
 * @throws OutOfDate where that changes something, and the row is not `seen` any more
 */
export async function recordSale(
  tx: Queryable,
  deps: FulfillmentDeps,
  facts: SaleFacts,
  product: CatalogueProduct,
  seen: number | undefined,
): Promise<Outcome> {
  const locked = await lockCheckout(tx, facts, product, facts.email)
  const { checkout, known } = locked
  if (checkout.purchaseId) {
    const upToDate = seen === versionIn(checkout)
    const sale = { facts, product, checkout: { ...checkout, purchaseId: checkout.purchaseId }, known }
    await settle(tx, deps, sale, upToDate)
    return { kind: 'recorded', purchaseId: checkout.purchaseId, created: false }
  }
  const there =
    (facts.charge ? known.chargePurchaseId : await findFreeOrder(tx, facts.id)) ??
    (mayBeHere(deps, facts, locked) ? await findByTraces(tx, facts, product) : null)
  if (there) return adopt(tx, deps, facts, product, locked, there)
  if (known.chargeAge !== null && known.chargeAge < BEING_WRITTEN_S) throw new BeingWritten()
  return create(tx, deps, facts, product, locked)
}

/**
 * Whether its purchase may be here though neither its checkout nor its charge leads to it: both rows can be lost. A session of ours has
 * its row before Stripe hears of it, so one whose row is not there, or was completed before, is looked for. A payment link's never has
 * one: what an event tells within the hour is new.
 */
function mayBeHere(
  { now, eventId, quiet }: FulfillmentDeps,
  facts: SaleFacts,
  { checkout, made }: LockedCheckout,
): boolean {
  // Whoever repairs or imports.
  if (quiet) return true
  if (!facts.paymentLink) return made === true || checkout.completedAt !== null
  return eventId === undefined || now().getTime() - facts.paidAt.getTime() > LATE_MS
}

async function findByTraces(
  tx: Queryable,
  facts: SaleFacts,
  { id: productId }: CatalogueProduct,
): Promise<string | null> {
  const [surest] = (await purchasesByTraces(tx, [{ facts, productId }])).get(facts.id) ?? []
  return surest ?? null
}

const BEING_WRITTEN_S = 60

/**
 * Course Builder commits a charge some statements before its purchase: whoever comes in between looks again later. A charge that is
 * older than that will get no purchase but ours.
 */
class BeingWritten extends Error {
  override readonly name = 'BeingWritten'
  override readonly message = 'Course Builder has the charge of this sale, and is writing its purchase'
}

/** What has to be known is read and locked first; then every row is written, and all is committed, in one round trip. */
async function create(
  tx: Queryable,
  deps: FulfillmentDeps,
  facts: SaleFacts,
  product: CatalogueProduct,
  locked: LockedCheckout,
): Promise<Outcome> {
  const { checkout, known, family } = locked
  const email = facts.email ?? checkout.email ?? `${facts.customerId ?? facts.id}${NOBODY}`
  const buyer = await findOrPlanBuyer(tx, email, facts.name, family)
  const flags = await flagsOf(tx, facts, product, checkout)
  const refunding = deps.refundOversold && flags.includes('oversold') && owesMoney(facts)
  if (refunding) flags.push('refunding')
  const merchant = merchantRows(tx, facts, product, buyer, known)
  const createdAt = soldAt(facts, deps.now())
  const made = purchaseRows(tx, facts, product, buyer, merchant, locked, createdAt)
  const done = completed(facts, {
    purchaseId: made.id,
    email,
    country: countryOf(facts, product, checkout, known),
    flags,
    completedAt: createdAt,
  })
  const sale = saleSnapshot(
    facts,
    product,
    checkout,
    { purchaseId: made.id, bulkCouponId: made.bulkCouponId, createdAt, email },
    deps.appUrl,
  )
  const mail = !deps.quiet && !email.endsWith(NOBODY) && (!facts.paymentLink || deps.mailLinkSales)
  const effects = refunding
    ? oversoldEffects(sale, facts.charge?.id ?? '')
    : purchaseEffects(sale, { inngest: deps.inngest, email: mail })
  const writes = [
    ...buyer.writes,
    ...merchant.writes,
    ...made.writes,
    complete(tx, checkout.id, done, deps.eventId),
    ...outboxRows(tx, effects),
  ]
  if (hasHistory(facts)) {
    await inOneRoundTrip(tx, writes)
    await settle(tx, deps, { facts, product, checkout: { ...checkout, ...done }, known }, true)
  } else await inLastRoundTrip(tx, writes)
  return {
    kind: 'recorded',
    purchaseId: made.id,
    created: true,
    variant: checkout.variant,
    flags,
    eventId: deps.eventId,
  }
}

const LATE_MS = 60 * 60 * 1000

/** A sale is dated by when it is recorded, to the millisecond; one that is brought in much later, by when its money was taken. */
const soldAt = ({ paidAt }: SaleFacts, now: Date): Date =>
  now.getTime() - paidAt.getTime() > LATE_MS ? paidAt : now

/** Refunded or disputed before it was told to us. */
const hasHistory = ({ charge }: SaleFacts): boolean =>
  charge !== undefined && (charge.refunded > 0 || charge.disputed)

const owesMoney = ({ charge }: SaleFacts): boolean => charge !== undefined && !charge.whole

/**
 * A sale that held no seat (a payment link, money that came after its session was over) may be one too many. Asked before its
 * purchase is written: until then its seats are counted once, by its row if that is open, or here.
 */
async function flagsOf(
  tx: Queryable,
  facts: SaleFacts,
  product: CatalogueProduct,
  checkout: CheckoutSessionRow,
): Promise<CheckoutFlag[]> {
  const counted = HOLDING.includes(checkout.status)
  const heldNone = checkout.flags?.includes('late') || !counted
  const flags: CheckoutFlag[] = []
  if (heldNone && (await isOversold(tx, product.id, counted ? 0 : facts.quantity))) flags.push('oversold')
  return [...flags, ...lastingFlags(facts, product, checkout)]
}
