import 'server-only'
import type Stripe from 'stripe'
import type { Money } from '@/lib/contract/types'
import { orMissing } from '@/lib/stripe/missing'

/** Stripe's present state of one checkout session, cut down to what is recorded. */
export type SessionFacts = {
  id: string
  mode: string
  source: string | undefined
  checkoutId: string | undefined
  paymentLink: string | undefined
  metadata: Record<string, string>
  clientReference: string | undefined
  status: 'open' | 'complete' | 'expired'
  payment: 'paid' | 'unpaid' | 'free'
  /** A delayed payment that came to nothing. */
  paymentFailed: boolean
  /** Everything that was bought: a payment link may sell more than one thing. */
  lines: SaleLine[]
  /** Seats of the workshop that the sale is of; until that is known, those of the first line. */
  quantity: number
  total: Money
  discount: Money
  couponId: string | undefined
  promotionCodeId: string | undefined
  /** What a buyer typed into a payment link, or its address brought along. */
  promotionCode: string | undefined
  email: string | undefined
  name: string | undefined
  /** Of the billing address. ISO 3166-1 alpha-2. */
  country: string | undefined
  /** Where our own storefront saw the buyer; nothing where the metadata says something else than a country. */
  buyerCountry: string | undefined
  customerId: string | undefined
  paymentIntentId: string | undefined
  charge: ChargeFacts | undefined
  createdAt: Date
  /** When the money was taken; of a free order, when its session was made. */
  paidAt: Date
  /** Unix seconds. */
  expiresAt: number
}

/** A session of ours, with the workshop that it sold. */
export type SaleFacts = SessionFacts & {
  /** Further products of ours in the same session; they are a person's to see to. */
  alsoSold: string[]
}

export type SaleLine = {
  priceId: string | undefined
  stripeProductId: string | undefined
  quantity: number
}

export type ChargeFacts = {
  id: string
  receiptUrl: string | undefined
  /** Minor units given back so far. */
  refunded: number
  whole: boolean
  disputed: boolean
}

/** Course Builder's charges have a customer: a guest is named after the charge. Nothing where there is neither. */
export const customerIdentifier = ({
  charge,
  customerId,
}: Pick<SessionFacts, 'charge' | 'customerId'>): string | undefined =>
  customerId ?? (charge && `guest_${charge.id}`)

const EXPAND = ['line_items', 'payment_intent.latest_charge', 'total_details.breakdown']

/** What a list of sessions is asked for, so that each of them is as good as retrieved. */
export const EXPAND_LIST = [...EXPAND, 'discounts.promotion_code'].map((field) => `data.${field}`)

/** The one read before a sale is recorded. */
export const readSession = async (stripe: Stripe, sessionId: string): Promise<SessionFacts> =>
  listedSession(stripe, await stripe.checkout.sessions.retrieve(sessionId, { expand: EXPAND }))

/** The same of a session from a list that was asked with `EXPAND_LIST`: hardly ever a further read. */
export async function listedSession(stripe: Stripe, session: Stripe.Checkout.Session): Promise<SessionFacts> {
  const facts = factsOf(session)
  // A session brings along its first ten lines.
  if (session.line_items?.has_more) facts.lines = await allLines(stripe, session.id)
  if (facts.paymentLink && facts.promotionCodeId)
    facts.promotionCode ??= await readCode(stripe, facts.promotionCodeId)
  if (!facts.charge?.disputed) return facts
  // A charge stays marked as disputed for ever; only the disputes themselves say whether one still counts.
  const { data } = await stripe.disputes.list({ charge: facts.charge.id, limit: 10 })
  const disputed = data.length === 0 || data.some(({ status }) => !OVER_IN_OUR_FAVOUR.has(status))
  return { ...facts, charge: { ...facts.charge, disputed } }
}

const OVER_IN_OUR_FAVOUR = new Set<Stripe.Dispute.Status>(['won', 'warning_closed', 'prevented'])

async function allLines(stripe: Stripe, sessionId: string): Promise<SaleLine[]> {
  const lines: SaleLine[] = []
  for await (const line of stripe.checkout.sessions.listLineItems(sessionId, { limit: 100 }))
    lines.push(lineOf(line))
  return lines
}

/** Our own sessions know their code; a payment link's name it by its id. */
async function readCode(stripe: Stripe, promotionCodeId: string): Promise<string | undefined> {
  return (await orMissing(stripe.promotionCodes.retrieve(promotionCodeId)))?.code
}

const lineOf = (line: Stripe.LineItem): SaleLine => ({
  priceId: line.price?.id,
  stripeProductId: idOf(line.price?.product),
  quantity: line.quantity ?? 1,
})

/** No column is wider, and nothing of a sale may depend on how long a text somebody typed. */
export const cut = (text: string | null | undefined, length = 255): string | undefined =>
  text ? [...text].slice(0, length).join('') : undefined

/** The same for a name, as Course Builder counts: in UTF-16's units, and no character is cut in two. */
const cutName = (text: string | undefined, length = 255): string | undefined =>
  text ? text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '') : undefined

const countryOf = (code: string | null | undefined) => (code && /^[A-Z]{2}$/.test(code) ? code : undefined)

/** No mail server takes a longer one (RFC 5321), and no column of Course Builder's. */
const LONGEST_ADDRESS = 254

const address = (...candidates: (string | null | undefined)[]): string | undefined =>
  candidates.find((text) => text && text.trim() !== '' && text.length <= LONGEST_ADDRESS)?.trim()

const idOf = (value: string | { id: string } | null | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.id

const expanded = <T extends object>(value: string | T | null | undefined): T | undefined =>
  value !== null && typeof value === 'object' ? value : undefined

export function factsOf(session: Stripe.Checkout.Session): SessionFacts {
  const lines = (session.line_items?.data ?? []).map(lineOf)
  const intent = expanded(session.payment_intent)
  const charge = expanded(intent?.latest_charge)
  const discount = session.discounts?.[0]
  // A promotion code's session names its coupon here alone.
  const breakdown = session.total_details?.breakdown?.discounts[0]
  const currency = session.currency ?? session.line_items?.data[0]?.currency ?? 'usd'
  const details = session.customer_details
  return {
    id: session.id,
    mode: session.mode,
    source: session.metadata?.source,
    checkoutId: session.metadata?.checkoutId,
    paymentLink: idOf(session.payment_link),
    metadata: session.metadata ?? {},
    clientReference: session.client_reference_id ?? undefined,
    status: session.status === 'complete' ? 'complete' : session.status === 'expired' ? 'expired' : 'open',
    payment: paymentOf(session),
    paymentFailed: intent?.status === 'requires_payment_method' || intent?.status === 'canceled',
    lines,
    quantity: lines[0]?.quantity ?? 1,
    total: { amount: session.amount_total ?? 0, currency },
    discount: { amount: session.total_details?.amount_discount ?? 0, currency },
    couponId: idOf(discount?.coupon) ?? idOf(breakdown?.discount?.source?.coupon),
    promotionCodeId: idOf(discount?.promotion_code),
    promotionCode: expanded(discount?.promotion_code)?.code,
    email: address(details?.email, session.customer_email),
    name: cutName(details?.name?.trim()),
    country: countryOf(details?.address?.country),
    buyerCountry: countryOf(session.metadata?.buyerCountry),
    customerId: idOf(session.customer),
    paymentIntentId: idOf(session.payment_intent),
    charge: charge && chargeFacts(charge),
    createdAt: new Date(session.created * 1000),
    paidAt: new Date((charge?.created ?? session.created) * 1000),
    expiresAt: session.expires_at,
  }
}

function paymentOf(session: Stripe.Checkout.Session): SessionFacts['payment'] {
  if (session.payment_status === 'paid') return 'paid'
  return session.payment_status === 'no_payment_required' ? 'free' : 'unpaid'
}

const chargeFacts = (charge: Stripe.Charge): ChargeFacts => ({
  id: charge.id,
  receiptUrl: charge.receipt_url ?? undefined,
  refunded: charge.amount_refunded,
  whole: charge.refunded,
  disputed: charge.disputed,
})
