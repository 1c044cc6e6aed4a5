import Stripe from 'stripe'
import { isTemporary } from '@/lib/stripe/client'

/** What a failure of Stripe's means for whoever gave the command, with a way on; undefined where its own words say it, or it is none. */
export function explainStripe(error: unknown): string | undefined {
  if (!(error instanceof Stripe.errors.StripeError)) return undefined
  if (error instanceof Stripe.errors.StripeAuthenticationError)
    return "Stripe refuses STRIPE_SECRET_KEY: take the key from the Dashboard's API keys."
  if (error instanceof Stripe.errors.StripePermissionError)
    return `STRIPE_SECRET_KEY is a restricted key that may not do this: ${error.message}`
  if (!isTemporary(error)) return undefined
  const what = error.statusCode ? `Stripe answers ${error.statusCode}` : "Stripe can't be reached"
  return `${what}: see status.stripe.com, and whether this machine may reach it; then run the same command again.`
}
