import type { Money, Offer, Workshop } from '@/lib/contract/types'

/** The workshop's payment link with what the buyer has told us. Nothing that is unknown is written into it. */
export function paymentLink(link: string, email?: string, couponCode?: string): string {
  const url = new URL(link)
  if (email) url.searchParams.set('prefilled_email', email)
  if (couponCode) url.searchParams.set('prefilled_promo_code', couponCode)
  return url.href
}

/**
 * Where the buyer can pay while our checkout is down: the server's own link first (it knows which code this buyer
 * may carry), then the one of the offer, then the workshop's with the code that the visitor typed.
 */
export function fallbackFor(
  workshop: Workshop,
  known: { fallbackUrl?: string | undefined; email?: string | undefined; typedCode?: string | undefined },
): string | undefined {
  const url =
    known.fallbackUrl ??
    (workshop.paymentLink && paymentLink(workshop.paymentLink, known.email, known.typedCode))
  return url && /^https?:/.test(url) ? url : undefined
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
