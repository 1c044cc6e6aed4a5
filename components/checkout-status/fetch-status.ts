import type { CheckoutStatus } from '@/lib/contract/types'

/**
 * What has become of a checkout, `undefined` where there is none by that id. `GET` reads what is recorded; `POST` has
 * Stripe asked as well.
 *
 * @throws where nobody answered, or with anything else
 */
export async function fetchStatus(
  endpoint: string,
  sessionId: string,
  method: 'GET' | 'POST',
  signal: AbortSignal,
): Promise<CheckoutStatus | undefined> {
  const response = await fetch(`${endpoint}/${encodeURIComponent(sessionId)}`, {
    method,
    headers: { Accept: 'application/json' },
    referrerPolicy: 'no-referrer',
    signal: AbortSignal.any([signal, AbortSignal.timeout(8_000)]),
  })
  if (response.status === 404) return undefined
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return response.json()
}
