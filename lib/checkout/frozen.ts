import type Stripe from 'stripe'

/**
 * The frozen parameters with their keys in one order, so that every try sends the same bytes under its idempotency key: MySQL
 * gives back a JSON object in an order of its own.
 */
export const inOneOrder = (params: Record<string, unknown>): Stripe.Checkout.SessionCreateParams =>
  sorted(params) as Stripe.Checkout.SessionCreateParams

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]))
}
