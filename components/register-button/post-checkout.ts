import type { CheckoutRequest, EmbeddedCheckout, ErrorBody, HostedCheckout } from '@/lib/contract/types'

/** The browser gives up last: behind it, the storefront has 6 s and the commerce side 5. */
const budget = 8_000

/** What came of asking for a checkout. */
export type Answer = {
  /** The HTTP status; 0 where nobody answered in time, or as agreed. */
  status: number
  response?: Response
  body: Partial<HostedCheckout & EmbeddedCheckout & ErrorBody>
  /** The device slept while we asked: whoever wakes it must not be thrown onto another page. */
  interrupted?: boolean
}

/** Waits. Rejects where `signal` has aborted meanwhile. */
export const wait = async (ms: number, signal: AbortSignal): Promise<undefined> => {
  await new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
  signal.throwIfAborted()
}

/** What comes within five seconds; nothing where it takes longer or fails. Rejects only where `signal` has aborted. */
export const inTime = async <T>(coming: Promise<T>, signal: AbortSignal): Promise<T | undefined> => {
  const come = await Promise.race([coming, wait(5_000, signal)]).catch(() => undefined)
  signal.throwIfAborted()
  return come
}

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
    return { response, status: response.status, body: await response.json() }
  } catch {
    signal.throwIfAborted()
    return { status: 0, body: {}, interrupted: Date.now() - startedAt > budget * 2 || !navigator.onLine }
  }
}
