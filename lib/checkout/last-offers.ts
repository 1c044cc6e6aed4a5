import 'server-only'
import { LRUCache } from 'lru-cache'
import { CheckoutError } from '@/lib/contract/errors'
import type { ServerCheckoutIntent, ServerOfferRequest } from '@/lib/contract/schemas'
import type { Buyer } from '@/lib/contract/types'
import { decideSale } from '@/lib/pricing/sale'
import { declaredWorkshops } from '@/lib/workshops'
import { anonymousLink, paymentLinkUrl } from './fallback'
import type { OfferAnswer } from './gateway'

const DAY_MS = 24 * 60 * 60 * 1000
const FALLS_BACK = new Set(['stripe_error', 'misconfigured', 'unavailable', 'internal'])

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
  const stillHolds = ({ offer, workshop }: OfferAnswer) => {
    if (offer.endsAt && Date.parse(offer.endsAt) <= now().getTime()) return false
    const declared = declaredWorkshops().find(({ productId }) => productId === workshop.productId)
    const dates = { endsAt: workshop.endsAt, closeEnrollment: declared?.closeEnrollment }
    return offer.sale !== 'open' || decideSale({ now: now(), ...dates }).state === 'open'
  }

  function find(slug: string | undefined, buyer: Buyer, couponCode?: string, quantity?: number) {
    const answer = slug && offers.get(keyOf(slug, buyer, couponCode, quantity))
    return answer && stillHolds(answer) ? answer : undefined
  }

  const linkOf = ({ offer }: OfferAnswer, { email, visitorId }: Buyer) =>
    paymentLinkUrl(offer.fallbackUrl, { email, reference: visitorId && `visitor_${visitorId}` })

  return {
    remember(request: ServerOfferRequest, buyer: Buyer, answer: OfferAnswer): void {
      const { slug, productId } = answer.workshop
      slugs.set(productId, slug)
      if (request.productId) slugs.set(request.productId, slug)
      const { fallbackUrl } = answer.offer
      const offer = { ...answer.offer, ...(fallbackUrl && { fallbackUrl: anonymousLink(fallbackUrl) }) }
      offers.set(keyOf(slug, buyer, request.couponCode, request.quantity), { ...answer, offer })
    },

    recall(request: ServerOfferRequest, buyer: Buyer): OfferAnswer | undefined {
      const slug = request.slug ?? (request.productId && slugs.get(request.productId))
      const answer = find(slug, buyer, request.couponCode, request.quantity)
      const fallbackUrl = answer && linkOf(answer, buyer)
      return answer && { ...answer, offer: { ...answer.offer, ...(fallbackUrl && { fallbackUrl }) } }
    },

    /** The same error with the payment link that this buyer was last told of, where it names none itself. */
    withFallback(error: unknown, intent: ServerCheckoutIntent, buyer: Buyer): unknown {
      if (!(error instanceof CheckoutError) || !FALLS_BACK.has(error.code) || error.details.fallbackUrl)
        return error
      const slug = slugs.get(intent.productId)
      const answer =
        find(slug, buyer, intent.couponCode, intent.quantity) ?? find(slug, buyer) ?? find(slug, {})
      const fallbackUrl = answer && linkOf(answer, { ...buyer, email: buyer.email ?? intent.email })
      if (!fallbackUrl) return error
      return new CheckoutError(error.code, {
        message: error.message,
        details: { ...error.details, fallbackUrl },
        cause: error.cause,
      })
    },
  }
}
