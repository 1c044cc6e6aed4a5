import type { Offer } from '@/lib/contract/types'

export type OfferQuery = { endpoint: string; couponCode: string | undefined; quantity: number }

/** Why no offer came. Where the offer's address refused, the message is the server's sentence for the buyer. */
export interface OfferError extends Error {
  /** Whether it may be told when it is asked again; absent where nobody answered. */
  passes?: boolean
}

/** Asks what this visitor would pay now. @throws OfferError */
export async function fetchOffer(query: OfferQuery, signal: AbortSignal): Promise<Offer> {
  const search = new URLSearchParams({ quantity: String(query.quantity) })
  if (query.couponCode) search.set('couponCode', query.couponCode)
  const response = await fetch(`${query.endpoint}?${search}`, {
    headers: { Accept: 'application/json' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(8_000)]),
  })
  const body = await response.json()
  if (!response.ok) throw Object.assign(new Error(body.error), { passes: response.status >= 500 })
  return body
}
