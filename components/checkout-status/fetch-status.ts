import type { CheckoutStatus, ErrorBody } from '@/lib/contract/types'

/** The status address refused; `code` is of the catalogue where the answer was ours. */
export class StatusRefused extends Error {
  constructor(
    readonly code: ErrorBody['code'] | undefined,
    readonly status: number,
  ) {
    super(code ?? `HTTP ${status}`)
  }
}

/**
 * What has become of a checkout. `GET` reads what is recorded; `POST` has Stripe asked as well.
 *
 * @throws StatusRefused, or what `fetch` throws
 */
export async function fetchStatus(
  endpoint: string,
  sessionId: string,
  method: 'GET' | 'POST',
  signal: AbortSignal,
): Promise<CheckoutStatus> {
  const response = await fetch(`${endpoint}/${encodeURIComponent(sessionId)}`, {
    method,
    headers: { Accept: 'application/json' },
    referrerPolicy: 'no-referrer',
    signal: AbortSignal.any([signal, AbortSignal.timeout(8_000)]),
  })
  const body = await response.json().catch(() => ({}))
  if (!response.ok) throw new StatusRefused(body.code, response.status)
  return body
}
