import 'server-only'
import Stripe from 'stripe'

export type StripeProbe = {
  /** Whether Stripe takes our key. */
  ok: boolean
  /** The key may not read the balance, which is as good as any answer. */
  restricted: boolean
  /** The kind of error, never its message. */
  why?: string
  /** How far our clock is ahead of Stripe's, in milliseconds, to a second; absent where nobody answered. */
  skewMs?: number
}

/** Stripe takes a signature for five minutes, and a session's end within half an hour to a day: half of that is worth a look. */
export const MOST_SKEW_MS = 150_000

/** Asks Stripe for the balance, which costs it and us nothing, and reads the time off its answer, whatever it says. Never rejects. */
export async function probeStripe(
  stripe: Stripe,
  now: () => Date,
  options: Stripe.RequestOptions = {},
): Promise<StripeProbe> {
  // Over fetch, the SDK hands on `Headers`, whatever its types say.
  const skew = (headers: Record<string, string> | Headers | undefined) => {
    const told = Date.parse((headers instanceof Headers ? headers.get('date') : headers?.date) ?? '')
    return Number.isNaN(told) ? {} : { skewMs: now().getTime() - told }
  }
  try {
    const { lastResponse } = await stripe.balance.retrieve({}, options)
    return { ok: true, restricted: false, ...skew(lastResponse.headers) }
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError))
      return { ok: false, restricted: false, why: 'no answer' }
    const restricted = error instanceof Stripe.errors.StripePermissionError
    return { ok: restricted, restricted, why: error.type, ...skew(error.headers) }
  }
}
