import 'server-only'
import { randomUUID } from 'node:crypto'
import { CheckoutError, isFault } from '@/lib/contract/errors'
import type { ServerCheckoutIntent } from '@/lib/contract/schemas'
import type { Buyer, CheckoutResponse } from '@/lib/contract/types'
import { inTime, untilAborted } from '@/lib/in-time'
import { sessionExpiry } from '@/lib/pricing/expiry'
import { type Sale, saleSentence } from '@/lib/pricing/sale'
import { requestContext } from '@/lib/telemetry/request-context'
import { addressHash, attemptKey } from './attempt'
import type { CatalogueProduct } from './catalogue'
import { atCurrentPrice } from './current-price'
import type { CommerceDeps } from './deps'
import { type NewHold, SEATS_PER_VISITOR, seatsLeft, takeHold } from './hold'
import { fallbackFor, priceProduct, saleOf } from './offer'
import { refuse } from './refuse'
import { replaceOpenHolds } from './release'
import { askStripe, closeUnmade, type Made, resumeAttempt } from './session'
import { sessionParams } from './session-params'

/**
 * Makes the checkout session of one attempt, or answers the one that it made before.
 * One statement takes the seat, one call asks Stripe, one statement writes down the answer; no transaction is open meanwhile.
 *
 * @throws CheckoutError with every code of the contract's table but those of the door
 */
export async function createCheckout(
  deps: CommerceDeps,
  intent: ServerCheckoutIntent,
  buyer: Buyer,
  /** Expires whatever Stripe makes after this has gone off: its caller has left. */
  tooLate: AbortSignal,
): Promise<CheckoutResponse> {
  const product = await deps.catalogue.byProduct(intent.productId)
  if (!product?.isForSale) throw new CheckoutError('product_not_found')
  // Before anything that can fail: where nothing is on sale there is no payment link either.
  refuseUnlessOpen(deps, product)
  try {
    if (buyer.variant === 'payment-link') await refuseToRollOut(deps, product, intent, buyer)
    const asking = atCurrentPrice(deps, product, (current) =>
      planAndAsk(deps, current, intent, buyer, tooLate),
    )
    // After that the work goes on, to undo what it has begun.
    return await untilAborted(asking, tooLate)
  } catch (error) {
    const question = { couponCode: intent.couponCode, quantity: intent.quantity, buyer }
    const fallbackUrl = fallbackFor(product, question, deps.now(), intent.email)
    if (fallbackUrl && isFault(error)) await refuseWhereFull(deps, product, buyer, tooLate)
    throw withFallback(error, fallbackUrl)
  }
}

const COUNT_MS = 500

/**
 * No link to a seat that isn't there, as far as the seats can be counted now. Of a visitor whom nobody knows it can't be told whether
 * the last one is their own. @throws CheckoutError `sold_out`
 */
async function refuseWhereFull(
  deps: CommerceDeps,
  product: CatalogueProduct,
  { visitorId }: Buyer,
  tooLate: AbortSignal,
): Promise<void> {
  // Whoever waited too long gets their answer in this turn or not at all.
  if (product.capacity < 0 || !visitorId || tooLate.aborted) return
  const counting = untilAborted(seatsLeft(deps.db, product.id, visitorId), tooLate)
  const left = await inTime(counting, COUNT_MS, 'the seats could not be counted in time').catch(
    () => undefined,
  )
  const { state } = saleOf(product, deps.now(), left)
  if (state === 'sold-out') throw saleRefusal(product, { state })
}

/** By its dates, its state and its seats in all. @throws CheckoutError `sold_out`, `sale_not_open`, `sale_closed` */
function refuseUnlessOpen(deps: CommerceDeps, product: CatalogueProduct): void {
  const { state, ...sale } = saleOf(product, deps.now())
  if (state !== 'open') throw saleRefusal(product, { state, ...sale })
}

/**
 * The rollout has this visitor pay by link: a page that doesn't know it yet is told so, and no session is made. Where there is no
 * link, or the sale is not open, it goes the usual way. @throws CheckoutError `unavailable`, with the link
 */
async function refuseToRollOut(
  deps: CommerceDeps,
  product: CatalogueProduct,
  { couponCode, quantity, email }: ServerCheckoutIntent,
  buyer: Buyer,
): Promise<void> {
  const fallbackUrl = fallbackFor(product, { couponCode, quantity, buyer }, deps.now(), email)
  if (!fallbackUrl) return
  const left =
    product.capacity < 0
      ? undefined
      : await seatsLeft(deps.db, product.id, buyer.visitorId).catch(() => undefined)
  if (saleOf(product, deps.now(), left).state !== 'open') return
  throw new CheckoutError('unavailable', {
    message: "Registration goes through Stripe's payment page right now.",
    details: { fallbackUrl, reason: 'rollout' },
  })
}

async function planAndAsk(
  deps: CommerceDeps,
  product: CatalogueProduct,
  intent: ServerCheckoutIntent,
  buyer: Buyer,
  tooLate: AbortSignal,
): Promise<CheckoutResponse> {
  const hold = await planHold(deps, product, intent, buyer)
  tooLate.throwIfAborted()
  const { response, replaces } = await holdAndAsk(deps, product, hold, tooLate)
  if (replaces) deps.after(() => replaceOpenHolds(deps, hold))
  return response
}

async function holdAndAsk(
  deps: CommerceDeps,
  product: CatalogueProduct,
  planned: NewHold,
  tooLate: AbortSignal,
): Promise<Made> {
  for (let hold = planned, released = false; ; ) {
    const result = await takeHold(deps.db, hold, product.capacity >= 0)
    // Its caller was answered meanwhile: nobody would come for what Stripe would make now.
    if (result === 'held' && tooLate.aborted) await closeUnmade(deps, hold.id)
    tooLate.throwIfAborted()
    if (result === 'held') return askStripe(deps, hold, tooLate)
    if (result === 'same-attempt') {
      const resumed = await resumeAttempt(deps, hold, tooLate)
      if (!('nextGeneration' in resumed)) return resumed
      hold = { ...hold, generation: resumed.nextGeneration }
      continue
    }
    // Once: their own open session may be what stands in the way.
    await refuse(deps, product, hold, !released)
    released = true
  }
}

/** What this buyer pays, for how long, and everything that Stripe will be told: frozen in the hold. */
async function planHold(
  deps: CommerceDeps,
  product: CatalogueProduct,
  intent: ServerCheckoutIntent,
  buyer: Buyer,
) {
  const { couponCode, quantity } = intent
  const { decision, stripePriceId } = await priceProduct(deps, product, { couponCode, quantity, buyer })
  const { offer, discount } = decision
  // It may have ended while Stripe was asked.
  if (offer.sale !== 'open') {
    const changesAt = offer.saleChangesAt && new Date(offer.saleChangesAt)
    throw saleRefusal(product, { state: offer.sale, ...(changesAt && { changesAt }) })
  }
  if (offer.problem) throw new CheckoutError(offer.problem.code, { message: offer.problem.error })
  const limited = product.capacity >= 0
  if (limited && quantity > SEATS_PER_VISITOR) throw tooManySeats()
  const id = `chk_${randomUUID()}`
  const expiresAt = sessionExpiry({
    now: deps.now(),
    limited,
    ...(decision.sessionEndsAt && { offerEndsAt: decision.sessionEndsAt }),
  })
  const params = sessionParams({
    checkoutId: id,
    product,
    stripePriceId,
    intent,
    buyer,
    offer,
    discount,
    expiresAt,
    appUrl: deps.appUrl,
    requestId: requestContext()?.requestId,
  })
  const hold: NewHold = {
    id,
    attemptKey: attemptKey(intent, buyer.visitorId, buyer.email),
    generation: 0,
    productId: product.id,
    quantity,
    source: 'session',
    visitorId: buyer.visitorId ?? null,
    addressHash: addressHash(buyer.ip),
    viewerId: null,
    email: intent.email ?? buyer.email ?? null,
    tier: offer.tier,
    couponCode: discount?.code ?? null,
    stripeCouponId: discount?.couponId ?? null,
    country: buyer.country ?? null,
    variant: buyer.variant ?? null,
    currency: offer.total.currency,
    amountTotal: offer.total.amount,
    params: { ...params },
    expiresAt,
    refuseIfBought: intent.allowDuplicate ? null : (buyer.email ?? null),
  }
  return hold
}

const REFUSALS = { 'sold-out': 'sold_out', 'not-open': 'sale_not_open', closed: 'sale_closed' } as const

type NotOnSale = Sale & { state: keyof typeof REFUSALS }

const saleRefusal = ({ capacity, workshop }: CatalogueProduct, sale: NotOnSale): CheckoutError =>
  new CheckoutError(REFUSALS[sale.state], { message: saleSentence(sale, workshop.timeZone, capacity) })

const tooManySeats = () =>
  new CheckoutError('invalid_request', {
    message: `At most ${SEATS_PER_VISITOR} seats can be bought at once for this workshop.`,
    details: {
      issues: [{ path: 'quantity', message: `must be ${SEATS_PER_VISITOR} or less where seats are limited` }],
    },
  })

/** Any failure on the way to Stripe ends at the payment link; a refusal that is the buyer's to answer doesn't. */
function withFallback(error: unknown, fallbackUrl: string | undefined): unknown {
  if (!fallbackUrl || !isFault(error)) return error
  if (!(error instanceof CheckoutError))
    return new CheckoutError('unavailable', { cause: error, details: { fallbackUrl } })
  return new CheckoutError(error.code, {
    message: error.message,
    details: { ...error.details, fallbackUrl },
    cause: error.cause,
  })
}
