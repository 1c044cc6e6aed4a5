import type { CheckoutRequest, ErrorCode } from '@/lib/contract/types'
import type { RegisterLabels } from './labels'
import type { Answer, inTime, wait } from './post-checkout'
import { queueLabels } from './queue-labels'
import type { Refusal, RegisterState } from './register-props'

/*
 * What a refusal needs, fetched when there is one. Tools that the button has anyway are handed in: a bundler would
 * move what is imported from both sides into one more file that every page loads.
 */

const waited = new WeakSet<AbortSignal>()

/**
 * Counts down the seconds that a 429 asks for, never more than ten, and once for each registration, which `signal` stands
 * for. Answers whether to ask again. Rejects when `signal` aborts.
 */
export async function waitInLine(
  { body, response }: Answer,
  labels: RegisterLabels,
  tell: (state: RegisterState) => void,
  signal: AbortSignal,
  pause: typeof wait,
): Promise<boolean> {
  if (body.code !== 'rate_limited' || waited.has(signal)) return false
  waited.add(signal)
  const { retrying, retryingSoon } = { ...queueLabels, ...labels }
  let first: string | undefined
  for (
    let retryIn = Math.min(Number(response?.headers.get('Retry-After') ?? body.retryAfter) || 2, 10);
    retryIn > 0;
    retryIn--
  ) {
    const now = (retryIn === 1 ? retryingSoon : retrying).replaceAll('{seconds}', String(retryIn))
    first ??= now
    // The number counts for the eye alone: a screen reader is told of the wait once, and of its end.
    const message = (
      <>
        <span data-slot="register-unseen">{first}</span>
        <span aria-hidden="true">{now}</span>
      </>
    )
    tell({ status: 'submitting', retryIn, message })
    await pause(1_000, signal)
  }
  tell({ status: 'submitting' })
  return true
}

/** The states of the button that a refusal leads to; any other is an error. */
const states: Partial<Record<ErrorCode, Refusal['status']>> = {
  already_purchased: 'already-registered',
  sold_out: 'sold-out',
  sale_closed: 'closed',
  sale_not_open: 'not-open',
}

/** What a refusal makes of the button, besides its code and its sentence. Rejects when `signal` aborts. */
export async function refusalOf(
  { code, confirmationUrl }: Answer['body'],
  { couponCode, quantity = 1 }: CheckoutRequest,
  signal: AbortSignal,
  arriving: typeof inTime,
) {
  // For several seats it may be that some are left: the server's sentence says how many, and the sale goes on.
  const tooFew = code === 'sold_out' && quantity > 1
  const status = (code && !tooFew && states[code]) || 'error'
  const asks = status === 'already-registered' || code === 'invalid_coupon' || code === 'coupon_not_eligible'
  // Without the dialog the words under the button say what can be done.
  const loaded = asks ? await arriving(import('./register-dialog'), signal) : undefined
  return { status, couponCode, confirmationUrl, dialog: loaded?.RegisterDialog } satisfies Partial<Refusal>
}
