import { isCode } from '@/lib/pricing/coupon'

type Prefill = { email?: string | undefined; couponCode?: string | undefined; reference?: string | undefined }

/**
 * Today's payment link, with the e-mail and the code in the query as Stripe reads them. Never `undefined` in it, never a
 * target that a client named. Undefined where the workshop has no (https) link.
 */
export function paymentLinkUrl(link: string | undefined, prefill: Prefill = {}): string | undefined {
  if (!link || !URL.canParse(link)) return undefined
  const url = new URL(link)
  const loopback = url.hostname === '127.0.0.1' || url.hostname === 'localhost'
  if (url.protocol !== 'https:' && !loopback) return undefined
  if (prefill.email) url.searchParams.set('prefilled_email', prefill.email)
  if (prefill.couponCode && isCode(prefill.couponCode))
    url.searchParams.set('prefilled_promo_code', prefill.couponCode)
  // Stripe drops a reference with other characters in silence.
  if (prefill.reference && /^[\w-]{1,200}$/.test(prefill.reference)) {
    url.searchParams.set('client_reference_id', prefill.reference)
  }
  return url.toString()
}

/** The same link for anybody: without the reference that names one visitor. */
export const anonymousLink = (link: string): string => without(link, 'client_reference_id')

/** The same link at the regular price. */
export const codelessLink = (link: string): string => without(link, 'prefilled_promo_code')

function without(link: string, parameter: string): string {
  if (!URL.canParse(link)) return link
  const url = new URL(link)
  url.searchParams.delete(parameter)
  return url.toString()
}
