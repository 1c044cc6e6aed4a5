import type { CheckoutStatus } from '@/lib/contract/types'

/**
 * What has become of a checkout, `null` where there is none by that id. `GET` reads what is recorded; `POST` has
 * Stripe asked as well.
 *
 * @throws where nobody answered, or with anything else
 */
export async function fetchStatus(
  endpoint: string,
  sessionId: string,
  method: 'GET' | 'POST',
  signal: AbortSignal,
): Promise<CheckoutStatus | null> {
  const response = await fetch(`${endpoint}/${encodeURIComponent(sessionId)}`, {
    method,
    headers: { Accept: 'application/json' },
    referrerPolicy: 'no-referrer',
    signal: AbortSignal.any([signal, AbortSignal.timeout(8_000)]),
  })
  if (response.status === 404) return null
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return response.json()
}
