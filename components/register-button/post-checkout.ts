import type { CheckoutRequest, EmbeddedCheckout, ErrorBody, HostedCheckout } from '@/lib/contract/types'

/** The browser gives up last: behind it, the storefront has 6 s and the commerce side 5. */
const budget = 8_000

/** What came of asking for a checkout. */
export type Answer = {
  /** The HTTP status; 0 where nobody answered in time, or as agreed. */
  status: number
  body: Partial<HostedCheckout & EmbeddedCheckout & ErrorBody>
  headers?: Headers
  /** The device slept while we asked: whoever wakes it must not be thrown onto another page. */
  interrupted?: boolean
}

/** Waits; rejects at once when `signal` aborts. */
export const wait = (ms: number, signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve, reject) => {
    setTimeout(resolve, ms)
    signal.addEventListener('abort', () => reject(signal.reason))
  })

/** What comes within five seconds; nothing where it takes longer or fails. Rejects only when `signal` aborts. */
export const inTime = <T>(coming: Promise<T>, signal: AbortSignal): Promise<T | undefined> =>
  Promise.race([coming, wait(5_000, signal)]).catch(() => {
    signal.throwIfAborted()
    return undefined
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
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.any([signal, AbortSignal.timeout(budget)]),
    })
    const { status, headers } = response
    return { status, headers, body: await response.json() }
  } catch {
    signal.throwIfAborted()
    return { status: 0, body: {}, interrupted: Date.now() - startedAt > budget * 2 || !navigator.onLine }
  }
}
