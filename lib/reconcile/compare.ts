import 'server-only'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { usedWithoutClaim } from '@/lib/fulfillment/record/record-sale'
import { statusAtStripe } from '@/lib/fulfillment/restore'
import type { SaleFacts } from '@/lib/fulfillment/stripe-session'
import { toMajor } from '@/lib/pricing/money'
import type { Difference, Kind } from './difference'
import type { SaleRows } from './rows'

type Sale = {
  facts: SaleFacts
  product: CatalogueProduct
  rows: SaleRows | undefined
  purchases: Set<string>
}

const money = ({ amount, currency }: { amount: number; currency: string }) => `${amount} ${currency}`

const STRIPE_IS_RIGHT = '--fix --stripe-is-right takes what Stripe says'

/** What is different about one paid session of ours. Nothing of it is asked of Stripe or the database: both have been read. */
export function compareSale({ facts, product, rows, purchases }: Sale): Difference[] {
  const difference = (kind: Kind, detail: string, decide?: string): Difference => ({
    kind,
    id: facts.id,
    detail,
    ...(decide && { decide }),
  })
  if (!rows?.checkout.purchaseId) {
    const [known] = purchases
    if (known) return [difference('checkout_lost', `${known} is here, and its checkout is not`)]
    return [difference('missing', `paid ${money(facts.total)}, and not recorded`)]
  }
  if (!rows.bought) return [difference('purchase_lost', `${rows.checkout.purchaseId} is gone`)]
  const { id } = rows.bought
  const found = [
    ...(rows.checkout.flags?.includes('adopted') ? [] : lostRows(facts, rows)),
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
        `${id} is the one that the checkout names: move what hangs on the others to it, then remove them at Course Builder`,
      ),
    )
  return found
}

type Found = { kind: Kind; detail: string; decide?: string }

/** Which of the rows that belong to a purchase are gone. */
function lostRows(facts: SaleFacts, { bought, ...rows }: SaleRows): Found[] {
  if (!bought) return []
  const lost = (kind: Kind, gone: boolean, name: string | null): Found[] =>
    gone ? [{ kind, detail: name ? `${name} is gone` : 'is not named' }] : []
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
    ...lost('purchase_product_lost', Number(rows.products) === 0, 'its PurchaseProduct'),
    ...lost('coupon_lost', facts.quantity > 1 && rows.seats === null, bought.bulkCouponId),
  ]
}

/** Money, seats, and the columns of ours that Course Builder's own tools drop. */
function amounts(facts: SaleFacts, { checkout, bought, seats, sharers }: SaleRows): Found[] {
  if (!bought) return []
  const found: Found[] = []
  const adopted = checkout.flags?.includes('adopted') === true
  const taken = money(facts.total)
  if (checkout.amountTotal !== facts.total.amount || checkout.currency !== facts.total.currency)
    found.push({
      kind: 'amount',
      detail: `Stripe took ${taken}, its checkout says ${checkout.amountTotal} ${checkout.currency}`,
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
      detail: `Stripe gave back ${refunded}, here are ${checkout.amountRefunded}`,
    })
  const lost = [
    ...(facts.charge && bought.stripeChargeId !== facts.charge.id ? ['stripeChargeId'] : []),
    ...(facts.couponId && bought.stripeCouponId !== facts.couponId ? ['stripeCouponId'] : []),
    ...(bought.metadata === null ? ['metadata'] : []),
  ]
  if (lost.length > 0 && !adopted) found.push({ kind: 'columns', detail: `${lost.join(', ')} lost` })
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
