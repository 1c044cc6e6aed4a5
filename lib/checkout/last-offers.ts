import 'server-only'
import { LRUCache } from 'lru-cache'
import { CheckoutError, isFault } from '@/lib/contract/errors'
import type { ServerCheckoutIntent, ServerOfferRequest } from '@/lib/contract/schemas'
import type { Buyer } from '@/lib/contract/types'
import { decideSale } from '@/lib/pricing/sale'
import { declaredWorkshops } from '@/lib/workshops'
import { anonymousLink, codelessLink, paymentLinkUrl } from './fallback'
import type { OfferAnswer } from './gateway'

const DAY_MS = 24 * 60 * 60 * 1000
const HOLD_MS = 30 * 60 * 1000
type Heard = { answer: OfferAnswer; ageMs: number }

/**
 * The last good answer about each workshop, for when nobody can be asked: one for everybody, and one for each buyer whose
 * claims were looked at, so that a member's price is never shown to anyone else. The visitor who asked is not remembered: whoever is told
 * later gets a link of their own.
 */
export function createLastOffers(now: () => Date) {
  const offers = new LRUCache<string, OfferAnswer>({
    max: 5000,
    ttl: DAY_MS,
    perf: { now: () => now().getTime() },
  })
  const slugs = new LRUCache<string, string>({ max: 1000 })

  const keyOf = (slug: string, buyer: Buyer, couponCode?: string, quantity = 1) =>
    JSON.stringify([
      slug,
      buyer.email ?? '',
      buyer.member ?? false,
      buyer.country ?? '',
      couponCode ?? '',
      quantity,
    ])
  const isOnSale = ({ offer, workshop }: OfferAnswer) => {
    const declared = declaredWorkshops().find(({ productId }) => productId === workshop.productId)
    const dates = { endsAt: workshop.endsAt, closeEnrollment: declared?.closeEnrollment }
    return offer.sale === 'open' && decideSale({ now: now(), ...dates }).state === 'open'
  }
  const hasEnded = ({ offer }: OfferAnswer) =>
    offer.endsAt !== undefined && Date.parse(offer.endsAt) <= now().getTime()
  const stillHolds = (heard: Heard) =>
    heard.answer.offer.sale === 'open'
      ? !hasEnded(heard.answer) && isOnSale(heard.answer)
      : refusalOf(heard) !== undefined
  const hear = (key: string): Heard | undefined => {
    const answer = offers.get(key)
    return answer && { answer, ageMs: DAY_MS - offers.getRemainingTTL(key) }
  }

  /** A price that has ended takes its code from the link, and leaves the link. */
  function linkOf(answer: OfferAnswer, { email, visitorId }: Buyer) {
    const { fallbackUrl } = answer.offer
    const link = fallbackUrl && hasEnded(answer) ? codelessLink(fallbackUrl) : fallbackUrl
    return paymentLinkUrl(link, { email, reference: visitorId && `visitor_${visitorId}` })
  }

  return {
    /** Not what a visitor is told of the seats that they hold themselves. */
    remember(request: ServerOfferRequest, buyer: Buyer, answer: OfferAnswer): void {
      const { slug, productId } = answer.workshop
      slugs.set(productId, slug)
      if (request.productId) slugs.set(request.productId, slug)
      const { fallbackUrl, problem } = answer.offer
      // It tells of the caller's tries, not of the workshop.
      if (problem?.code === 'rate_limited' || answer.ownSeats) return
      const offer = { ...answer.offer, ...(fallbackUrl && { fallbackUrl: anonymousLink(fallbackUrl) }) }
      offers.set(keyOf(slug, buyer, request.couponCode, request.quantity), { ...answer, offer })
    },

    recall(request: ServerOfferRequest, buyer: Buyer): OfferAnswer | undefined {
      const slug = request.slug ?? (request.productId && slugs.get(request.productId))
      const heard = slug ? hear(keyOf(slug, buyer, request.couponCode, request.quantity)) : undefined
      if (!heard || !stillHolds(heard)) return undefined
      const { answer } = heard
      const fallbackUrl = linkOf(answer, buyer)
      return { ...answer, offer: { ...answer.offer, ...(fallbackUrl && { fallbackUrl }) } }
    },

    /**
     * The same error with the payment link that this buyer was last told of, where it names none itself; where the last that was heard is
     * that nothing is for sale, that.
     */
    withFallback(error: unknown, intent: ServerCheckoutIntent, buyer: Buyer): unknown {
      if (!isFault(error)) return error
      const known =
        error instanceof CheckoutError ? error : new CheckoutError('unavailable', { cause: error })
      if (known.details.fallbackUrl) return known
      const heard = heardOf(slugs.get(intent.productId), intent, buyer)
      const [latest] = heard.toSorted((left, right) => left.ageMs - right.ageMs)
      const code = latest && refusalOf(latest)
      if (code) return new CheckoutError(code, { cause: error })
      const open = heard.find(({ answer }) => isOnSale(answer))
      const fallbackUrl = open && linkOf(open.answer, { ...buyer, email: intent.email ?? buyer.email })
      if (!fallbackUrl) return known
      return new CheckoutError(known.code, {
        message: known.message,
        details: { ...known.details, fallbackUrl },
        cause: known.cause,
      })
    },
  }

  /** What was heard of a workshop that this buyer may be told, the nearest to their wish first. */
  function heardOf(slug: string | undefined, { couponCode, quantity }: ServerCheckoutIntent, buyer: Buyer) {
    if (!slug) return []
    const keys = [keyOf(slug, buyer, couponCode, quantity), keyOf(slug, buyer), keyOf(slug, {})]
    return keys.flatMap((key) => hear(key) ?? [])
  }

  function refusalOf({ answer: { offer }, ageMs }: Heard) {
    if (offer.sale === 'closed') return 'sale_closed'
    // Seats that were held may be free again by then.
    if (offer.sale === 'sold-out' && ageMs < HOLD_MS) return 'sold_out'
    const opens = offer.saleChangesAt ? Date.parse(offer.saleChangesAt) : Number.POSITIVE_INFINITY
    return offer.sale === 'not-open' && now().getTime() < opens ? 'sale_not_open' : undefined
  }
}
