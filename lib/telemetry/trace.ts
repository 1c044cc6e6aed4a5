import 'server-only'
import { type Attributes, context, propagation, type Span, SpanStatusCode, trace } from '@opentelemetry/api'
import { requestContext } from './request-context'

/** Without an SDK a span is nothing, and costs next to nothing. */
const tracer = () => trace.getTracer('workshop-checkout')

/** Runs work in a span of its own, which carries the ids of request and checkout, and is marked failed where the work throws. */
export function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return tracer().startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span)
    } catch (error) {
      // Its name alone: a message may hold what somebody typed.
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' })
      throw error
    } finally {
      span.setAttributes(ids())
      span.end()
    }
  })
}

/** What was answered is a failure, though nothing was thrown. */
export const markFailed = (span: Span): void => void span.setStatus({ code: SpanStatusCode.ERROR })

/** What is known when the span ends: the checkout is named on the way. */
function ids(): Attributes {
  const { requestId, checkoutId, checkoutRequestId } = requestContext() ?? {}
  return {
    ...(requestId && { 'workshop.request_id': requestId }),
    ...(checkoutId && { 'workshop.checkout_id': checkoutId }),
    ...(checkoutRequestId && { 'workshop.checkout_request_id': checkoutRequestId }),
  }
}

/** `traceparent` for a request to another server of ours; nothing without an SDK. */
export function traceHeaders(): Record<string, string> {
  const carrier: Record<string, string> = {}
  propagation.inject(context.active(), carrier)
  return carrier
}

/** Runs work as a part of the caller's trace, where the request names one and nobody has taken it up before us. */
export function inCallersTrace<T>(headers: Headers, work: () => T): T {
  if (trace.getActiveSpan()) return work()
  return context.with(propagation.extract(context.active(), Object.fromEntries(headers)), work)
}
