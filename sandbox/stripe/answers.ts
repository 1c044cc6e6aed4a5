import { Refusal } from './errors'
import type { Sandbox } from './sandbox'

/** An answer of the API before it becomes a response. */
export interface Answer {
  status: number
  body: string
  headers: Record<string, string>
}

/** An error as Stripe words it; what is none of Stripe's refusals is a fault of ours, logged and masked. */
export function refusalAnswer(sandbox: Sandbox, error: unknown, requestId: string): Answer {
  const refusal =
    error instanceof Refusal
      ? error
      : new Refusal('An unknown error occurred', { status: 500, type: 'api_error' })
  if (refusal !== error)
    sandbox.log(`stripe sandbox: ${error instanceof Error ? error.stack : String(error)}`)
  const logUrl = `https://dashboard.stripe.com/test/logs/${requestId}?t=${sandbox.now()}`
  return {
    status: refusal.status,
    body: JSON.stringify({ error: { ...refusal.body, request_log_url: logUrl } }, null, 2),
    headers: refusal.headers,
  }
}
