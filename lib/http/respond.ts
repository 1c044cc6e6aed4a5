import 'server-only'
import { ZodError } from 'zod'
import { isDatabaseAway, isDeadlock } from '@/db/errors'
import { CheckoutError, errorCatalogue } from '@/lib/contract/errors'
import type { ErrorBody } from '@/lib/contract/types'
import type { Log } from '@/lib/telemetry/log'
import { countFailure } from '@/lib/telemetry/metrics'

/** Every answer may be about one visitor. */
const PRIVATE = { 'Cache-Control': 'private, no-store' }

export function json(body: unknown, init: { status?: number; headers?: HeadersInit } = {}): Response {
  const headers = new Headers(init.headers)
  for (const [name, value] of Object.entries(PRIVATE)) headers.set(name, value)
  headers.set('Content-Type', 'application/json')
  return new Response(JSON.stringify(body), { status: init.status ?? 200, headers })
}

/** What the caller may be told of an error: its own words if it is one of ours, else nothing but that there was one. */
export function asCheckoutError(error: unknown): CheckoutError {
  if (error instanceof CheckoutError) return error
  if (error instanceof ZodError) {
    const issues = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
    const message = sentences[issues[0]?.path ?? '']
    return new CheckoutError('invalid_request', { ...(message && { message }), details: { issues } })
  }
  // A database that is away, or whose locks took too long: it passes, and is no mistake of ours.
  const passes = isDatabaseAway(error) || isDeadlock(error)
  return new CheckoutError(passes ? 'unavailable' : 'internal', { cause: error })
}

/** What buyers type or choose themselves. Of anything else they can change nothing: `issues` name it to who wrote the request. */
const sentences: Record<string, string> = {
  email: "This e-mail address doesn't look right. Nothing was charged: change it and try again.",
  couponCode: "This doesn't look like a code. Nothing was charged: change it and try again.",
  quantity:
    'From 1 to 100 seats can be registered at once. Nothing was charged: change the number and try again.',
}

/** Counts a checkout that ends here: one that reaches the gateway is counted there. */
export async function countingFailure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    countFailure(asCheckoutError(error).code)
    throw error
  }
}

type Context = { requestId: string; log: Log; headers?: HeadersInit }

/** The one place that turns errors into answers. */
export function errorResponse(error: unknown, { requestId, log, headers: given }: Context): Response {
  const known = asCheckoutError(error)
  const { code, details, status } = known
  const isFailure = status >= 500 && !known.isSwitch
  const line = {
    event: 'request.failed',
    requestId,
    code,
    ...(details.issues && { issues: details.issues }),
    ...(isFailure && { err: known.cause ?? error }),
  }
  if (isFailure) log.error(line, errorCatalogue[code].sentence)
  else log.info(line, known.message)
  const headers = new Headers(given)
  for (const [name, value] of Object.entries(known.headers)) headers.set(name, value)
  if (details.retryAfter !== undefined) headers.set('Retry-After', String(details.retryAfter))
  // What is left of the request on this connection would be taken for the next one.
  if (code === 'payload_too_large') headers.set('Connection', 'close')
  const body: ErrorBody = { error: known.message, code, requestId, ...details }
  return json(body, { status, headers })
}
