import 'server-only'
import { observeStripe, type StripeOutcome } from '@/lib/telemetry/metrics'
import { inSpan, markFailed } from '@/lib/telemetry/trace'

/** Words of Stripe's paths; whatever else stands in one is somebody's id. */
const WORDS = new Set(
  'v1 account balance charges checkout sessions expire line_items coupons customers disputes events payment_intents payment_links prices products promotion_codes refunds subscriptions webhook_endpoints search'.split(
    ' ',
  ),
)

/** `POST /v1/checkout/sessions/{id}/expire`: which of Stripe's calls this is, without the ids in it. */
export function operationOf(method: string, url: string): string {
  const path = new URL(url).pathname.split('/')
  return `${method} ${path.map((part) => (part === '' || WORDS.has(part) ? part : '{id}')).join('/')}`
}

const outcomeOf = (status: number): StripeOutcome => {
  if (status === 429) return 'rate_limited'
  if (status >= 500) return 'error'
  return status >= 400 ? 'refused' : 'ok'
}

/** `fetch` as Stripe's SDK calls it: each request timed, counted by what came of it, and in a span of its own. */
export const observedFetch: typeof fetch = (input, init) => {
  const url = input instanceof Request ? input.url : String(input)
  const operation = operationOf(init?.method ?? 'GET', url)
  const started = performance.now()
  const took = () => (performance.now() - started) / 1000
  return inSpan(`stripe ${operation}`, {}, async (span) => {
    try {
      const response = await fetch(input, init)
      span.setAttribute('http.response.status_code', response.status)
      if (response.status >= 400) markFailed(span)
      const stripeId = response.headers.get('request-id')
      if (stripeId) span.setAttribute('stripe.request_id', stripeId)
      observeStripe(took(), operation, outcomeOf(response.status))
      return response
    } catch (error) {
      observeStripe(took(), operation, 'unreachable')
      throw error
    }
  })
}
