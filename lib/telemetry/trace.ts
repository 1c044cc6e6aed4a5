import 'server-only'
import { type Attributes, context, propagation, type Span, SpanStatusCode, trace } from '@opentelemetry/api'
import { requestContext } from './request-context'

/** Without an SDK a span is nothing, and costs next to nothing. */
const tracer = () => trace.getTracer('workshop-checkout')

/** Runs work in a span of its own, which carries the request's id and is marked failed where the work throws. */
export function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const requestId = requestContext()?.requestId
  const all = { ...attributes, ...(requestId && { 'workshop.request_id': requestId }) }
  return tracer().startActiveSpan(name, { attributes: all }, async (span) => {
    try {
      return await work(span)
    } catch (error) {
      // Its name alone: a message may hold what somebody typed.
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' })
      throw error
    } finally {
      span.end()
    }
  })
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
