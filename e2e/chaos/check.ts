import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { State } from '../../sandbox/stripe/state'
import type { WireSession } from '../../sandbox/stripe/wire'
import type { Shop, WorkshopOnSale } from '../../sandbox/testing/shop'
import type { Letter } from './resend'

const rowSchema = z.object({
  sessionId: z.string(),
  checkoutStatus: z.string(),
  amountTotal: z.coerce.number(),
  amountRefunded: z.coerce.number(),
  quantity: z.coerce.number(),
  flags: z.string(),
  productId: z.string(),
  purchaseId: z.string(),
  purchaseStatus: z.string().nullable(),
  totalAmount: z.coerce.number(),
  bulkSeats: z.coerce.number().nullable(),
  family: z.string(),
})
export type SoldRow = z.infer<typeof rowSchema>

/** What a sale's rows must look like, one digit each: user, organization, membership, roles, charge, customer, session, product. */
const WHOLE_FAMILY = '11121111'

const SOLD = sql.raw(`
  select s.sessionId, s.status as checkoutStatus, s.amountTotal, s.amountRefunded, s.quantity, s.productId, s.purchaseId,
    coalesce(cast(s.flags as char), '[]') as flags,
    p.status as purchaseStatus, p.totalAmount,
    (select c.maxUses from egghead_Coupon c where c.id = p.bulkCouponId) as bulkSeats,
    concat(
      (select count(*) from egghead_User u where u.id = p.userId),
      (select count(*) from egghead_Organization o where o.id = p.organizationId),
      (select count(*) from egghead_OrganizationMembership m where m.id = p.organizationMembershipId and m.userId = p.userId),
      (select count(*) from egghead_OrganizationMembershipRole r where r.organizationMembershipId = p.organizationMembershipId),
      (select count(*) from egghead_MerchantCharge mc where mc.id = p.merchantChargeId),
      (select count(*) from egghead_MerchantCharge mc join egghead_MerchantCustomer cu on cu.id = mc.merchantCustomerId where mc.id = p.merchantChargeId),
      (select count(*) from egghead_MerchantSession ms where ms.id = p.merchantSessionId and ms.identifier = s.sessionId),
      (select count(*) from egghead_PurchaseProduct pp where pp.purchaseId = p.id and pp.productId = p.productId)) as family
  from checkout_Session s left join egghead_Purchase p on p.id = s.purchaseId
  where s.purchaseId is not null`)

export async function soldRows(shop: Shop): Promise<SoldRow[]> {
  const [rows] = await shop.db.execute(SOLD)
  return z.array(rowSchema).parse(rows)
}

async function number(shop: Shop, query: string): Promise<number> {
  const [rows] = await shop.db.execute(sql.raw(query))
  return z.array(z.object({ n: z.coerce.number() })).parse(rows)[0]?.n ?? 0
}

const isPaid = ({ status, payment_status: payment }: WireSession) =>
  status === 'complete' && payment !== 'unpaid'

export type Verdict = { problems: string[]; facts: Record<string, number | string> }

/** Compares what Stripe took with what stands in the database and what went out; everything must have settled. */
export async function check(
  shop: Shop,
  workshops: WorkshopOnSale[],
  post: { letters: Letter[]; onceOnly: boolean },
): Promise<Verdict> {
  const stripe = shop.stripe.snapshot()
  const paid = Object.values(stripe.sessions).filter(isPaid)
  const rows = await soldRows(shop)
  const purchases = await number(shop, 'select count(*) as n from egghead_Purchase')
  const letters = lettersOf(post.letters, rows)
  const taken = paid.reduce((sum, { amount_total: amount }) => sum + (amount ?? 0), 0)
  const recorded = await number(
    shop,
    'select round(coalesce(sum(totalAmount), 0) * 100) as n from egghead_Purchase',
  )
  const problems = [
    ...(purchases === paid.length ? [] : [`${paid.length} paid sessions, ${purchases} purchases`]),
    ...(recorded === taken ? [] : [`Stripe took ${taken}, the purchases add up to ${recorded}`]),
    ...paid.flatMap((session) => compare(session, stripe, rows)),
    ...rows
      .filter(({ sessionId }) => !paid.some(({ id }) => id === sessionId))
      .map(({ sessionId }) => `${sessionId} is sold here, unpaid at Stripe`),
    ...(await twice(shop)),
    ...(await leftovers(shop)),
    ...workshops.flatMap((workshop) => seats(workshop, rows)),
    ...letters.problems,
    ...(post.onceOnly && letters.repeated > 0
      ? [`${letters.repeated} confirmations twice, where the provider honours keys`]
      : []),
  ]
  return {
    problems,
    facts: {
      'sessions at Stripe': Object.keys(stripe.sessions).length,
      'paid sessions': paid.length,
      purchases,
      'minor units taken': taken,
      'minor units recorded': recorded,
      'flagged oversold': rows.filter(({ flags }) => flags.includes('oversold')).length,
      'refunded in all or in part': rows.filter(({ amountRefunded }) => amountRefunded > 0).length,
      disputed: rows.filter(({ purchaseStatus }) => purchaseStatus === 'Disputed').length,
      'confirmations sent': letters.sent,
      'of them repeated after a crash, under the same Message-ID': letters.repeated,
    },
  }
}

function compare(session: WireSession, stripe: State, rows: SoldRow[]): string[] {
  const own = rows.filter(({ sessionId }) => sessionId === session.id)
  const [row] = own
  if (!row || own.length > 1) return [`${session.id} is paid and has ${own.length} purchases`]
  const intent = stripe.paymentIntents[session.payment_intent ?? '']
  const charge = stripe.charges[intent?.latest_charge ?? '']
  const disputed = Object.values(stripe.disputes).some(
    (dispute) => dispute.charge === charge?.id && dispute.status !== 'won',
  )
  const status = charge?.refunded ? 'Refunded' : disputed ? 'Disputed' : 'Valid'
  const differs = (what: string, here: unknown, there: unknown) =>
    here === there ? [] : [`${session.id}: ${what} is ${here} here and ${there} at Stripe`]
  return [
    ...differs('the amount', row.amountTotal, session.amount_total),
    ...differs('the purchase', Math.round(row.totalAmount * 100), session.amount_total),
    ...differs('the refund', row.amountRefunded, charge?.amount_refunded ?? 0),
    ...differs('the status', row.purchaseStatus, status),
    ...differs('the family', row.family, WHOLE_FAMILY),
    ...differs('the bulk coupon', row.bulkSeats, row.quantity > 1 ? row.quantity : null),
    ...differs('the checkout', row.checkoutStatus, charge?.refunded ? 'refunded' : 'complete'),
  ]
}

async function twice(shop: Shop): Promise<string[]> {
  const doubled = async (what: string, query: string) => {
    const count = await number(shop, `select count(*) as n from (${query}) doubled`)
    return count === 0 ? [] : [`${count} ${what}`]
  }
  return [
    ...(await doubled(
      'sessions with two purchases',
      'select ms.identifier from egghead_Purchase p join egghead_MerchantSession ms on ms.id = p.merchantSessionId group by ms.identifier having count(*) > 1',
    )),
    ...(await doubled(
      'people with two users',
      'select lower(email) from egghead_User group by lower(email) having count(*) > 1',
    )),
    ...(await doubled(
      'people with two personal organizations',
      'select personalOrganizationUserId from egghead_Organization where personalOrganizationUserId is not null group by personalOrganizationUserId having count(*) > 1',
    )),
    ...(await doubled(
      'purchases that no checkout names',
      'select p.id from egghead_Purchase p left join checkout_Session s on s.purchaseId = p.id where s.id is null',
    )),
    ...(await doubled(
      'coupons that hand out seats nobody bought',
      'select c.id from egghead_Coupon c left join egghead_Purchase p on p.bulkCouponId = c.id where c.maxUses > 0 and c.restrictedToProductId is not null and c.percentageDiscount = 1 and p.id is null',
    )),
  ]
}

async function leftovers(shop: Shop): Promise<string[]> {
  const counts = {
    'events still wait': "select count(*) as n from checkout_StripeEvent where status = 'pending'",
    'events are parked': "select count(*) as n from checkout_StripeEvent where status = 'parked'",
    'effects still wait': "select count(*) as n from checkout_Outbox where status = 'pending'",
    'effects are dead': "select count(*) as n from checkout_Outbox where status = 'dead'",
  }
  const found: string[] = []
  for (const [what, query] of Object.entries(counts)) {
    const count = await number(shop, query)
    if (count > 0) found.push(`${count} ${what}`)
  }
  return found
}

/** Whatever was sold without a flag had a seat; one that was given back whole is free for somebody else. */
function seats({ capacity, productId, slug }: WorkshopOnSale, rows: SoldRow[]): string[] {
  if (capacity === undefined) return []
  const sold = rows
    .filter((row) => row.productId === productId && row.purchaseStatus !== 'Refunded')
    .filter((row) => !row.flags.includes('oversold'))
    .reduce((sum, { quantity }) => sum + quantity, 0)
  return sold <= capacity ? [] : [`${slug}: ${sold} of ${capacity} seats sold, and nobody was told`]
}

/** Each purchase's confirmation went out, and under one name however often. */
function lettersOf(letters: Letter[], rows: SoldRow[]) {
  const byPurchase = new Map<string, string[]>()
  for (const { subject, text = '', messageId = '' } of letters) {
    if (!/^(You're in|Your \d+ seats)/.test(subject)) continue
    const purchaseId = /Payment reference: (\S+)/.exec(text)?.[1] ?? '(none)'
    byPurchase.set(purchaseId, [...(byPurchase.get(purchaseId) ?? []), messageId])
  }
  const problems = rows.flatMap(({ purchaseId }) => {
    const names = new Set(byPurchase.get(purchaseId))
    return names.size === 1 ? [] : [`${purchaseId} has confirmations under ${names.size} Message-IDs`]
  })
  const all = [...byPurchase.values()]
  return {
    problems,
    sent: all.reduce((sum, ids) => sum + ids.length, 0),
    repeated: all.reduce((sum, ids) => sum + ids.length - 1, 0),
  }
}
