import type { CheckoutRequest, Money, Offer, Workshop } from '@/lib/contract/types'

/**
 * Where the buyer can pay while our checkout is down: the server's own link (it knows which code this buyer may carry), or
 * the workshop's with the e-mail and the code that the visitor typed. Nothing that is unknown is written into it.
 */
export function fallbackFor(
  { paymentLink }: Workshop,
  serversLink: string | undefined,
  { email, couponCode }: CheckoutRequest,
  offer: Offer | undefined,
): { url: string; price: ReturnType<typeof otherPrice> } | undefined {
  const link = serversLink ?? paymentLink
  if (!link?.startsWith('http')) return undefined
  const url = new URL(link)
  const { searchParams } = url
  if (!serversLink) {
    if (email) searchParams.set('prefilled_email', email)
    if (couponCode) searchParams.set('prefilled_promo_code', couponCode)
  }
  return { url: url.href, price: otherPrice(searchParams.get('prefilled_promo_code'), offer) }
}

/**
 * What a payment link with this code asks for where that is not what the page shows: `null` where it may differ and
 * nobody knows by how much, `undefined` where it is the same.
 */
function otherPrice(code: string | null, offer: Offer | undefined): Money | null | undefined {
  if (!offer) return undefined
  if (code) return code === offer.couponCode ? undefined : null
  return offer.discount.amount > 0 ? offer.base : undefined
}
