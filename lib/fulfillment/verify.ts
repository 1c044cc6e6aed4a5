import 'server-only'
import Stripe from 'stripe'
import { z } from 'zod'
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
        const event = await Stripe.webhooks.constructEventAsync(rawBody, signature, secret, TOLERANCE_S)
        if (!isEvent(event)) break
        event.created ??= Math.floor(now.getTime() / 1000)
        return event
      } catch (error) {
        if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) break
      }
    }
  }
  throw new CheckoutError('invalid_request', { message: 'This is no event that Stripe signed.' })
}

const eventSchema = z.object({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  created: z.int().optional(),
  data: z.object({ object: z.object({}) }),
})

/** An endpoint set up for something else gets other things, as well signed: Stripe's newer thin events, say. */
const isEvent = (value: unknown): boolean => eventSchema.safeParse(value).success

function isFromTheFuture(signature: string, now: Date): boolean {
  const timestamps = [...signature.matchAll(/(?:^|,)\s*t=(\d+)/g)].map(([, seconds]) => Number(seconds))
  return timestamps.some((seconds) => seconds > now.getTime() / 1000 + TOLERANCE_S)
}
