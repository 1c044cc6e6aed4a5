import 'server-only'
import Stripe from 'stripe'
import { CheckoutError } from '@/lib/contract/errors'
import { observedFetch } from './observe'

/** Stripe's own patience: nested inside the commerce side's five seconds. */
const BUDGET_MS = 4000

/** Built on the first request, so that `next build` needs no key. `baseUrl` points the SDK at a stand-in. */
export function createStripe(options: { secretKey: string; baseUrl?: string | undefined }): Stripe {
  const base = options.baseUrl ? new URL(options.baseUrl) : undefined
  return new Stripe(options.secretKey, {
    timeout: BUDGET_MS,
    maxNetworkRetries: 0,
    telemetry: false,
    appInfo: { name: 'workshop-checkout' },
    httpClient: Stripe.createFetchHttpClient(observedFetch),
    ...(base && {
      host: base.hostname,
      port: base.port || (base.protocol === 'https:' ? '443' : '80'),
      protocol: base.protocol === 'https:' ? ('https' as const) : ('http' as const),
    }),
  })
}

/** Secret and restricted keys name their mode. */
export const isLiveKey = (secretKey: string): boolean => secretKey.includes('_live_')

/**
 * 5xx, 429 and an unreachable Stripe pass by themselves, and so does 409, another request that is in this one's way; any other refusal
 * is a mistake of ours. https://docs.stripe.com/api/errors
 */
export const isTemporary = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeConnectionError ||
  error instanceof Stripe.errors.StripeRateLimitError ||
  (error instanceof Stripe.errors.StripeError &&
    (error.statusCode === undefined || error.statusCode >= 500 || error.statusCode === 409))

/** No address, or nobody listening at it: told before a single byte of a request has left. */
const NOT_REACHED = new Set<unknown>(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])

/** Whether Stripe certainly did nothing: it was never reached. */
export function wasNotReached(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; depth++) {
    if ('code' in cause && NOT_REACHED.has(cause.code)) return true
    cause = 'detail' in cause && cause.detail instanceof Error ? cause.detail : cause.cause
  }
  return false
}

/** Turns what the SDK throws into `stripe_error` or `misconfigured`; anything else stays what it is. */
export function fromStripeError(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error
  return new CheckoutError(isTemporary(error) ? 'stripe_error' : 'misconfigured', { cause: error })
}
