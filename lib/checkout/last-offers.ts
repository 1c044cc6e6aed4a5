import 'server-only'
import { LRUCache } from 'lru-cache'
import { CheckoutError } from '@/lib/contract/errors'
import type { ServerCheckoutIntent, ServerOfferRequest } from '@/lib/contract/schemas'
import type { Buyer } from '@/lib/contract/types'
import { paymentLinkUrl } from './fallback'
import type { OfferAnswer } from './gateway'

const DAY_MS = 24 * 60 * 60 * 1000
const FALLS_BACK = new Set(['stripe_error', 'misconfigured', 'unavailable', 'internal'])

/**
 * The last good answer about each workshop, for when nobody can be asked: one for everybody, and one for each buyer whose
 * claims were looked at, so that a member's price is never shown to anyone else.
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
  const stillHolds = ({ offer }: OfferAnswer) => !offer.endsAt || Date.parse(offer.endsAt) > now().getTime()

  function find(slug: string | undefined, buyer: Buyer, couponCode?: string, quantity?: number) {
    const answer = slug && offers.get(keyOf(slug, buyer, couponCode, quantity))
    return answer && stillHolds(answer) ? answer : undefined
  }

  return {
    remember(request: ServerOfferRequest, buyer: Buyer, answer: OfferAnswer): void {
      const { slug, productId } = answer.workshop
      slugs.set(productId, slug)
      if (request.productId) slugs.set(request.productId, slug)
      offers.set(keyOf(slug, buyer, request.couponCode, request.quantity), answer)
    },

    recall(request: ServerOfferRequest, buyer: Buyer): OfferAnswer | undefined {
      const slug = request.slug ?? (request.productId && slugs.get(request.productId))
      return find(slug, buyer, request.couponCode, request.quantity)
    },

    /** The same error with the payment link that this buyer was last told of, where it names none itself. */
    withFallback(error: unknown, intent: ServerCheckoutIntent, buyer: Buyer): unknown {
      if (!(error instanceof CheckoutError) || !FALLS_BACK.has(error.code) || error.details.fallbackUrl)
        return error
      const slug = slugs.get(intent.productId)
      const answer =
        find(slug, buyer, intent.couponCode, intent.quantity) ?? find(slug, buyer) ?? find(slug, {})
      const fallbackUrl = paymentLinkUrl(answer?.offer.fallbackUrl, { email: buyer.email ?? intent.email })
      if (!fallbackUrl) return error
      return new CheckoutError(error.code, {
        message: error.message,
        details: { ...error.details, fallbackUrl },
        cause: error.cause,
      })
    },
  }
}
