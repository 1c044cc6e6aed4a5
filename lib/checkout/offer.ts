import 'server-only'
import { CheckoutError } from '@/lib/contract/errors'
import type { Buyer, Money } from '@/lib/contract/types'
import { isCode } from '@/lib/pricing/coupon'
import { smallestStep } from '@/lib/pricing/money'
import { type Decision, decideOffer } from '@/lib/pricing/offer'
import { decideSale, type Sale } from '@/lib/pricing/sale'
import { notChecked } from '@/lib/pricing/sentences'
import { isListedCode, linkCode, relevantCodes } from '@/lib/pricing/tiers'
import { fromStripeError } from '@/lib/stripe/client'
import type { CatalogueProduct } from './catalogue'
import type { CommerceDeps } from './deps'
import { paymentLinkUrl } from './fallback'
import type { CountLookup, OfferAnswer } from './gateway'
import { countSeats } from './hold'

type Question = {
  couponCode?: string | undefined
  quantity: number
  buyer: Buyer
  countLookup?: CountLookup | undefined
}
type OfferDeps = Pick<CommerceDeps, 'db' | 'prices' | 'now'>

export type PricedProduct = { decision: Decision; stripePriceId: string }

/** Whether it is on sale: by what is declared alone, or by the seats that are left too. */
export const saleOf = (product: CatalogueProduct, now: Date, seatsLeft?: number): Sale =>
  decideSale({
    now,
    openEnrollment: product.openEnrollment,
    closeEnrollment: product.closeEnrollment,
    endsAt: product.endsAt,
    state: product.state,
    capacity: product.capacity,
    seatsLeft,
  })

const tierInput = (product: CatalogueProduct, { couponCode, buyer }: Question, now: Date) => ({
  config: product.config,
  timeZone: product.workshop.timeZone,
  buyer: { member: buyer.member, country: buyer.country },
  now,
  couponCode,
  tiedElsewhere: product.tiedElsewhere,
})

/**
 * The one decision that both the page's price and the session's discount come from.
 * Throws `misconfigured` where the product has no price that Stripe would take, `stripe_error` where Stripe can't be asked.
 */
export async function priceProduct(
  { prices, now }: Pick<OfferDeps, 'prices' | 'now'>,
  product: CatalogueProduct,
  question: Question,
  seatsLeft?: number,
): Promise<PricedProduct> {
  const { stripePriceId, stripeProductId, config } = product
  const unchecked = await codeToLeaveOut(prices, product, question, now())
  const input = tierInput(product, unchecked ? { ...question, couponCode: undefined } : question, now())
  const codes = relevantCodes(input)
  const [base, ...found] = await Promise.all([
    stripePriceId ? prices.price(stripePriceId) : null,
    ...codes.map((code) => {
      const listed = isListedCode(config, code)
      return listed || isCode(code) ? prices.discount(code, listed) : null
    }),
  ]).catch((error: unknown) => {
    throw fromStripeError(error)
  })
  if (!base || !stripePriceId) {
    throw new CheckoutError('misconfigured', { cause: new Error(`no active price for ${product.id}`) })
  }
  const sale = saleOf(product, input.now, seatsLeft)
  const discounts = new Map(codes.map((code, index) => [code, found[index] ?? null]))
  const decision = decideOffer({
    ...input,
    base,
    quantity: question.quantity,
    discounts,
    sale,
    seatsLeft,
    stripeProductId,
  })
  checkStep(product, decision.offer.total)
  if (unchecked) decision.offer.problem = notChecked(unchecked)
  return { decision, stripePriceId }
}

/**
 * A code that nobody has asked about lately costs a call to Stripe, which takes a hundred a second from all of us: whoever tries many
 * gets the offer without the one that is too many. What the product names itself is everybody's, and not counted.
 */
async function codeToLeaveOut(
  prices: CommerceDeps['prices'],
  product: CatalogueProduct,
  question: Question,
  now: Date,
): Promise<string | undefined> {
  const { couponCode, countLookup } = question
  const code = couponCode?.trim()
  if (!code || !countLookup || !isCode(code) || isListedCode(product.config, code)) return
  if (!relevantCodes(tierInput(product, question, now)).includes(code) || prices.remembers(code)) return
  try {
    await countLookup()
  } catch (error) {
    if (error instanceof CheckoutError && error.code === 'rate_limited') return code
    throw error
  }
}

/** An amount between two steps of its currency is one that Stripe refuses, and that could only be stored rounded. */
function checkStep({ id }: CatalogueProduct, { amount, currency }: Money): void {
  const step = smallestStep(currency)
  if (amount % step === 0) return
  const cause = new Error(`${id} would cost ${amount} ${currency}: Stripe takes it in steps of ${step} alone`)
  throw new CheckoutError('misconfigured', { cause })
}

/**
 * The payment link for this buyer when Stripe can't be asked what a code is worth: a tier's code only for whom it was verified, and the
 * e-mail that they are known by.
 */
export const fallbackFor = (
  product: CatalogueProduct,
  question: Question,
  now: Date,
  email?: string | undefined,
): string | undefined => linkFor(product, question.buyer, linkCode(tierInput(product, question, now)), email)

const linkFor = (
  { config }: CatalogueProduct,
  buyer: Buyer,
  couponCode: string | undefined,
  email?: string | undefined,
) =>
  paymentLinkUrl(config.paymentLink, {
    email: email ?? buyer.email,
    couponCode,
    reference: buyer.visitorId && `visitor_${buyer.visitorId}`,
  })

/** The offer as a page shows it. */
export async function readOffer(
  deps: OfferDeps,
  product: CatalogueProduct,
  question: Question,
): Promise<OfferAnswer> {
  const seats =
    product.capacity < 0 ? undefined : await countSeats(deps.db, product.id, question.buyer.visitorId)
  const { decision } = await priceProduct(deps, product, question, seats?.left)
  const open = decision.offer.sale === 'open'
  // With the code that the offer itself was made from: one that can't be used would cost its buyer the price they were shown.
  const link =
    // Only where there is no better: what was not looked up may be worth nothing at Stripe's page.
    decision.offer.problem?.code === 'rate_limited' && !decision.fallbackCode
      ? fallbackFor(product, question, deps.now())
      : linkFor(product, question.buyer, decision.fallbackCode)
  const fallbackUrl = open ? link : undefined
  return {
    workshop: product.workshop,
    offer: { ...decision.offer, ...(fallbackUrl && { fallbackUrl }) },
    ...(seats?.own && { ownSeats: seats.own }),
  }
}
