import 'server-only'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { usedWithoutClaim } from '@/lib/fulfillment/record/flags'
import { purchaseMetadata } from '@/lib/fulfillment/record/purchase'
import { couponTerms } from '@/lib/fulfillment/record/restore-coupon'
import { whosePurchase, wroteCourseBuilder } from '@/lib/fulfillment/record/traces'
import { statusAtStripe } from '@/lib/fulfillment/restore'
import type { SaleFacts } from '@/lib/fulfillment/stripe-session'
import { formatMoney, toMajor } from '@/lib/pricing/money'
import type { Difference, Kind } from './difference'
import type { SaleRows } from './rows'

type Sale = {
  facts: SaleFacts
  product: CatalogueProduct
  rows: SaleRows | undefined
  /** By Stripe's charge and session. */
  purchases: Set<string>
  /** Where its checkout names none of its own: those that anything else leads to. */
  traced: string[]
}

/** As a person reads it, whatever somebody wrote into our row. */
const money = (amount: number | null, currency: string | null): string =>
  amount !== null && /^[a-z]{3}$/i.test(currency ?? '')
    ? `${formatMoney({ amount, currency: currency ?? '' })} ${currency}`
    : `${amount ?? 'no amount'} of ${currency || 'no currency'}`

/** Whether the checkout's purchase is this sale's, as far as the rows tell. */
function whose(facts: SaleFacts, { checkout, bought, charge, session, others }: SaleRows) {
  if (!bought) return 'gone'
  const { stripeChargeId, metadata } = bought
  const traces = { chargeId: charge, sessionId: session, stripeChargeId, metadata }
  return whosePurchase({ facts, checkoutId: checkout.id }, traces, Number(others) > 0)
}

/** Whether it takes a further look to find the purchase of a sale. */
export const isUncertain = (facts: SaleFacts, rows: SaleRows | undefined): boolean =>
  !rows?.checkout.purchaseId || whose(facts, rows) !== 'own'

const STRIPE_IS_RIGHT = '--fix --stripe-is-right takes what Stripe says'

/** What is different about one paid session of ours. Nothing of it is asked of Stripe or the database: both have been read. */
export function compareSale({ facts, product, rows, purchases, traced }: Sale): Difference[] {
  const difference = (kind: Kind, detail: string, decide?: string): Difference => ({
    kind,
    id: facts.id,
    detail,
    ...(decide && { decide }),
  })
  if (!rows?.checkout.purchaseId) {
    const [known] = [...purchases, ...traced]
    if (known)
      return [
        {
          ...difference('checkout_lost', `${known} is here, and its checkout is not`),
          purchaseId: known,
        },
      ]
    return [
      difference('missing', `paid ${money(facts.total.amount, facts.total.currency)}, and not recorded`),
    ]
  }
  if (whose(facts, rows) !== 'own') return notItsOwn(facts, rows, traced)
  if (!rows.bought) return []
  const { id } = rows.bought
  const found = [
    ...(wroteCourseBuilder(rows.checkout, rows.bought) ? [] : lostRows(facts, rows)),
    ...coupon(product, rows),
    ...amounts(facts, rows),
    ...statusOf(facts, product, rows),
    ...(rows.checkout.flags?.includes('coupon_without_claim') || !usedWithoutClaim(facts, product)
      ? []
      : [
          {
            kind: 'coupon_without_claim',
            detail: `${facts.couponId} was used, and nothing says so`,
          } as const,
        ]),
  ].map((what) => difference(what.kind, `${id}: ${what.detail}`, 'decide' in what ? what.decide : undefined))
  if (purchases.size > 1)
    found.push(
      difference(
        'doubled',
        [...purchases].join(', '),
        Number(rows.others) > 0
          ? `the checkout names ${id}, and so does another one's: find out whose it is before you remove any`
          : `${id} is the one that the checkout names: move what hangs on the others to it, then remove them at Course Builder`,
      ),
    )
  return found
}

/** A checkout whose purchase is gone, or that names another sale's. */
function notItsOwn(facts: SaleFacts, rows: SaleRows, traced: string[]): Difference[] {
  const { id } = facts
  const { purchaseId } = rows.checkout
  const [own, ...others] = traced
  if (!rows.bought && !own) return [{ kind: 'purchase_lost', id, detail: `${purchaseId} is gone` }]
  const named = rows.bought ? "which is another sale's" : 'which is not here'
  const detail = `its checkout names ${purchaseId}, ${named}`
  if (own && others.length === 0 && whose(facts, rows) !== 'unclear')
    return [{ kind: 'wrong_purchase', id, detail: `${detail}; ${own} is its own`, purchaseId: own }]
  const candidates = traced.length > 0 ? `one of ${traced.join(', ')}` : 'none that anything leads to'
  const decide = own
    ? `find out which is its own, and set purchaseId of checkout_Session ${rows.checkout.id} to it`
    : `find its own; if there is none, set purchaseId and completedAt of checkout_Session ${rows.checkout.id} to null, and --fix records the sale again`
  return [{ kind: 'wrong_purchase', id, detail: `${detail}; its own is ${candidates}`, decide }]
}

type Found = { kind: Kind; detail: string; decide?: string }

/** Which of the rows that belong to a purchase are gone. */
function lostRows(facts: SaleFacts, { bought, ...rows }: SaleRows): Found[] {
  if (!bought) return []
  const lost = (kind: Kind, gone: boolean, name: string | null): Found[] =>
    gone ? [{ kind, detail: name ? `${name} is gone` : 'is not named' }] : []
  const another = (kind: Kind, found: string | null, own: string | undefined): Found[] =>
    found !== null && own !== undefined && found !== own
      ? [{ kind, detail: `it names ${found}, and is of ${own}` }]
      : []
  return [
    ...lost('user_lost', rows.user === null, bought.userId),
    ...lost('organization_lost', rows.organization === null, bought.organizationId),
    ...lost('membership_lost', rows.membership === null, bought.organizationMembershipId),
    ...lost('charge_lost', facts.charge !== undefined && rows.charge === null, bought.merchantChargeId),
    ...lost(
      'customer_lost',
      rows.charge !== null && rows.customer === null,
      `the customer of ${rows.charge}`,
    ),
    ...lost('session_lost', rows.session === null, bought.merchantSessionId),
    ...another('charge_lost', rows.charge, facts.charge?.id),
    ...another('session_lost', rows.session, facts.id),
    ...lost(
      'purchase_product_lost',
      Number(rows.products) === 0,
      `its PurchaseProduct of ${bought.productId}`,
    ),
    ...lost('coupon_lost', facts.quantity > 1 && rows.seats === null, bought.bulkCouponId),
  ]
}

/** Money, seats, and the columns of ours that Course Builder's own tools drop. */
function amounts(facts: SaleFacts, { checkout, bought, seats, sharers }: SaleRows): Found[] {
  if (!bought) return []
  const found: Found[] = []
  const adopted = wroteCourseBuilder(checkout, bought)
  const taken = money(facts.total.amount, facts.total.currency)
  if (checkout.amountTotal !== facts.total.amount || checkout.currency !== facts.total.currency)
    found.push({
      kind: 'amount',
      detail: `Stripe took ${taken}, its checkout says ${money(checkout.amountTotal, checkout.currency)}`,
    })
  if (Number(bought.totalAmount) !== Number(toMajor(facts.total)))
    found.push({
      kind: 'amount',
      detail: `Stripe took ${taken}, its purchase says ${Number(bought.totalAmount)}`,
      ...(adopted && { decide: `Course Builder wrote this purchase; ${STRIPE_IS_RIGHT}` }),
    })
  const shared = Number(sharers) > 0
  const fewer = seats !== null && seats < facts.quantity && !(shared && bought.status === 'Refunded')
  const more = seats !== null && seats > facts.quantity && !shared && !adopted
  if (checkout.quantity !== facts.quantity || (facts.quantity > 1 && (fewer || more)))
    found.push({
      kind: 'seats',
      detail: `Stripe sold ${facts.quantity}, here are ${checkout.quantity}${seats === null ? '' : `, its coupon hands out ${seats}`}`,
    })
  const refunded = facts.charge?.refunded ?? 0
  if (checkout.amountRefunded !== refunded)
    found.push({
      kind: 'refunded',
      detail: `Stripe gave back ${money(refunded, facts.total.currency)}, here it is ${money(checkout.amountRefunded, checkout.currency)}`,
    })
  const mark = Object.entries(purchaseMetadata(facts, checkout))
  const lost = adopted
    ? []
    : [
        ...(bought.stripeChargeId !== (facts.charge?.id ?? null) ? ['stripeChargeId'] : []),
        ...(isCouponLost(facts, bought) ? ['stripeCouponId'] : []),
        ...(mark.some(([key, value]) => bought.metadata?.[key] !== value) ? ['metadata'] : []),
      ]
  lost.push(...lostIds(facts, checkout).map((name) => `its checkout's ${name}`))
  if (lost.length > 0) found.push({ kind: 'columns', detail: `${lost.join(', ')} lost or changed` })
  return found
}

/** A coupon that was deleted at Stripe may not be named there any more: only of a full price is it known that there was none. */
const isCouponLost = (
  { couponId, discount }: SaleFacts,
  { stripeCouponId }: { stripeCouponId: string | null },
): boolean =>
  couponId === undefined ? discount.amount === 0 && stripeCouponId !== null : stripeCouponId !== couponId

/** Stripe's ids in our own row, by which refunds and disputes find the sale. */
function lostIds(facts: SaleFacts, checkout: SaleRows['checkout']): string[] {
  return [
    ...(checkout.chargeId !== (facts.charge?.id ?? null) ? ['chargeId'] : []),
    ...(checkout.paymentIntentId !== (facts.paymentIntentId ?? null) ? ['paymentIntentId'] : []),
    // A customer who was deleted at Stripe is not named there any more.
    ...(facts.customerId && checkout.customerId !== facts.customerId ? ['customerId'] : []),
    ...(isCouponLost(facts, checkout) ? ['stripeCouponId'] : []),
  ]
}

/** What hands out the seats of a bulk purchase, as long as it does. Course Builder's own is theirs. */
function coupon(product: CatalogueProduct, { checkout, bought, terms, seats }: SaleRows): Found[] {
  if (!bought || seats === null || !terms || wroteCourseBuilder(checkout, bought)) return []
  if (bought.status === 'Refunded' || bought.status === 'Banned') return []
  const { restrictedToProductId: bound, percentageDiscount: share, status } = terms
  const found: Found[] = []
  if (couponTerms(terms, product.id, bought.productId))
    found.push({
      kind: 'coupon',
      detail: `${bought.bulkCouponId} is ${Number(share)} off ${bound ?? 'every product'}, not 1 off ${product.id}`,
    })
  if (status !== 1)
    found.push({
      kind: 'coupon',
      detail: `${bought.bulkCouponId} is switched off, and its purchase stands`,
      decide: 'somebody may have meant it: then ban or refund the purchase; else set its status to 1',
    })
  return found
}

function statusOf(
  facts: SaleFacts,
  product: CatalogueProduct,
  { checkout, bought, couponType }: SaleRows,
): Found[] {
  if (!bought || bought.status === 'Banned') return []
  const wanted = statusAtStripe(facts, product, checkout, { couponType })
  const settled = bought.status === 'Refunded' ? 'refunded' : 'complete'
  const found: Found[] = []
  if (wanted === 'Refunded' || wanted === 'Disputed' || bought.status === 'Disputed') {
    if (bought.status !== wanted)
      found.push({ kind: 'status', detail: `${bought.status} here, ${wanted} at Stripe` })
  } else if (bought.status === 'Refunded') {
    // Where our own row says so too, it was refunded at Stripe, and that came to nothing.
    const byHand = checkout.status !== 'refunded'
    found.push({
      kind: 'status',
      detail: 'Refunded here, and Stripe gave nothing back',
      ...(byHand && { decide: `somebody may have paid it back another way; ${STRIPE_IS_RIGHT}` }),
    })
  }
  if (checkout.status !== settled && found.length === 0)
    found.push({
      kind: 'status',
      detail: `its checkout says ${checkout.status}, its purchase ${bought.status}`,
    })
  return found
}
