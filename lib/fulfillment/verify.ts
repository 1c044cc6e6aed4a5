import 'server-only'
import Stripe from 'stripe'
import { CheckoutError } from '@/lib/contract/errors'

/** Stripe's own tolerance, both ways: the SDK lets a timestamp from the future pass. */
const TOLERANCE_S = 300

/** The event that one of the secrets signed within five minutes. @throws CheckoutError `invalid_request` */
export async function verify(
  rawBody: string,
  signature: string | null,
  secrets: string[],
  now: Date,
): Promise<Stripe.Event> {
  if (signature && !isFromTheFuture(signature, now)) {
    for (const secret of secrets) {
      try {
        return await Stripe.webhooks.constructEventAsync(rawBody, signature, secret, TOLERANCE_S)
      } catch (error) {
        if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) break
      }
    }
  }
  throw new CheckoutError('invalid_request', { message: 'This is not signed by Stripe.' })
}

function isFromTheFuture(signature: string, now: Date): boolean {
  const timestamps = [...signature.matchAll(/(?:^|,)\s*t=(\d+)/g)].map(([, seconds]) => Number(seconds))
  return timestamps.some((seconds) => seconds > now.getTime() / 1000 + TOLERANCE_S)
}
