import type { Offer } from '@/lib/contract/types'

export type OfferQuery = { endpoint: string; couponCode: string | undefined; quantity: number }

/** The offer's address refused; its message is the server's sentence for the buyer. */
export class OfferRefused extends Error {
  constructor(
    message: string,
    /** Whether it may be told when it is asked again. */
    readonly passes: boolean,
  ) {
    super(message)
  }
}

/** Asks what this visitor would pay now. @throws OfferRefused, or what `fetch` throws */
export async function fetchOffer(query: OfferQuery, signal: AbortSignal): Promise<Offer> {
  const search = new URLSearchParams({ quantity: String(query.quantity) })
  if (query.couponCode) search.set('couponCode', query.couponCode)
  const response = await fetch(`${query.endpoint}?${search}`, {
    headers: { Accept: 'application/json' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(8_000)]),
  })
  const body = await response.json()
  if (!response.ok) throw new OfferRefused(body.error, response.status >= 500)
  return body
}
