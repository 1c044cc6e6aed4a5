import 'server-only'
import Stripe from 'stripe'

/** Stripe doesn't know the object: it was deleted, or is another account's, or another mode's. Trying again can't help. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing'

/** What Stripe answers; null where it knows no such object. */
export async function orMissing<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}
