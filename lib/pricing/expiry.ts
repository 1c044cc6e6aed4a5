export type ExpiryInput = {
  now: Date
  /** Whether seats are limited, so that a session holds one. */
  limited: boolean
  /** When the price or the sale that the session is made from ends. */
  offerEndsAt?: Date | undefined
}

/** Stripe takes 30 minutes to 24 hours from when it reads the call; the minute and the five are for clocks and transit. */
const SHORTEST_S = 31 * 60
const LONGEST_S = 24 * 60 * 60 - 5 * 60

/**
 * `expires_at` of a checkout session, in Unix seconds. A session that holds a seat lives as short as Stripe allows; any
 * other about a day, but no longer than its offer, and never under Stripe's minimum: what was offered in the last half hour
 * may be paid a little after the offer has ended.
 */
export function sessionExpiry({ now, limited, offerEndsAt }: ExpiryInput): number {
  const start = Math.floor(now.getTime() / 1000)
  const shortest = start + SHORTEST_S
  if (limited) return shortest
  const longest = start + LONGEST_S
  const offerEnd = offerEndsAt ? Math.floor(offerEndsAt.getTime() / 1000) : longest
  return Math.max(shortest, Math.min(longest, offerEnd))
}
