import type { CheckoutRequest, Money, Offer, Workshop } from '@/lib/contract/types'

/**
 * Where the buyer can pay while our checkout is down: the server's own link (it knows which code this buyer may carry), or
 * the workshop's with the e-mail and the code that the visitor typed. Nothing that is unknown is written into it.
 */
export function fallbackFor(
  { paymentLink }: Workshop,
  serversLink: string | undefined,
  { email, couponCode }: CheckoutRequest,
): string | undefined {
  const link = serversLink ?? paymentLink
  if (!link || !/^https?:/.test(link)) return undefined
  if (serversLink) return serversLink
  const url = new URL(link)
  if (email) url.searchParams.set('prefilled_email', email)
  if (couponCode) url.searchParams.set('prefilled_promo_code', couponCode)
  return url.href
}

/**
 * What the payment link asks for where that is not what the page shows: `null` where it may differ and nobody knows
 * by how much, `undefined` where it is the same.
 */
export function otherPrice(url: string, offer: Offer | undefined): Money | null | undefined {
  if (!offer) return undefined
  const code = new URL(url).searchParams.get('prefilled_promo_code')
  if (!code) return offer.discount.amount > 0 ? offer.base : undefined
  return code === offer.couponCode ? undefined : null
}
