import type { CheckoutRequest, ErrorBody } from '@/lib/contract/types'

/** The browser gives up last: behind it, the storefront has 6 s and the commerce side 5. */
const budget = 8_000

/** What came of asking for a checkout. */
export type Answer =
  | { kind: 'hosted'; url: string }
  | { kind: 'embedded'; clientSecret: string }
  /** Something that the buyer can answer, or that waiting answers: 4xx. */
  | { kind: 'refused'; body: Partial<ErrorBody>; retryAfter: number }
  /** Nobody answered in time, or as agreed: what the payment link is for. */
  | { kind: 'failed'; body: Partial<ErrorBody> }
  /** The device slept while we asked: whoever wakes it must not be thrown onto another page. */
  | { kind: 'interrupted' }

/** Waits; rejects at once when `signal` aborts. */
export const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })

/** Asks once for a checkout. Rejects only when `signal` aborts. */
export async function postCheckout(
  endpoint: string,
  request: CheckoutRequest,
  signal: AbortSignal,
): Promise<Answer> {
  const startedAt = Date.now()
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.any([signal, AbortSignal.timeout(budget)]),
    })
    const body = await response.json()
    if (response.ok && body.clientSecret) return { kind: 'embedded', clientSecret: body.clientSecret }
    if (response.ok && /^https?:/.test(body.checkoutUrl)) return { kind: 'hosted', url: body.checkoutUrl }
    if (response.status < 400 || response.status > 499) return { kind: 'failed', body }
    return { kind: 'refused', body, retryAfter: Number(response.headers.get('Retry-After')) || 2 }
  } catch {
    signal.throwIfAborted()
    const slept = Date.now() - startedAt > budget * 2
    return slept || !navigator.onLine ? { kind: 'interrupted' } : { kind: 'failed', body: {} }
  }
}
