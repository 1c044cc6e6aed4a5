import 'server-only'
import { randomUUID } from 'node:crypto'
import { CheckoutError } from '@/lib/contract/errors'
import type { Log } from '@/lib/telemetry/log'
import { observeRequest } from '@/lib/telemetry/metrics'
import { withRequestContext } from '@/lib/telemetry/request-context'
import { inCallersTrace, inSpan, markFailed } from '@/lib/telemetry/trace'
import { errorResponse } from './respond'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
type Method = (typeof METHODS)[number]

export type RouteContext<Params> = { params: Params; requestId: string }
export type Handler<Params> = (request: Request, context: RouteContext<Params>) => Promise<Response>

type Options<Params> = Partial<Record<Method, Handler<Params>>> & {
  /** The address as metrics and traces name it, with parameters in braces. */
  path: string
  log: () => Log
  /** Whether there is anything at this address in this process; where not, every method is `not_found`. */
  exists?: () => boolean
  /** Headers of every answer of this route, errors included: CORS. */
  headers?: (request: Request) => HeadersInit
}

type NextContext<Params> = { params: Promise<Params> }
type NextHandler<Params> = (request: Request, context: NextContext<Params>) => Promise<Response>

/** One id through browser, storefront, commerce side and log. */
const requestIdOf = (request: Request): string => {
  const given = request.headers.get('x-request-id') ?? ''
  return /^[\w-]{8,64}$/.test(given) ? given : randomUUID()
}

type Labels = { route: string; method: string }

/** `isSwitch`: what the rollout decided, and no failure, though its status is one of a failure's. */
type Answered = { response: Response; isSwitch?: boolean }

/** Times the answer and puts it into a span, which goes on with the caller's trace. */
function observed({ headers }: Request, labels: Labels, answer: () => Promise<Answered>): Promise<Response> {
  const started = performance.now()
  const { route: path, method } = labels
  const attributes = { 'http.route': path, 'http.request.method': method }
  return inCallersTrace(headers, () =>
    inSpan(`${method} ${path}`, attributes, async (span) => {
      const { response, isSwitch } = await answer()
      const { status } = response
      span.setAttribute('http.response.status_code', status)
      if (status >= 500 && !isSwitch) markFailed(span)
      observeRequest((performance.now() - started) / 1000, {
        ...labels,
        status: isSwitch ? 'rollout' : status,
      })
      return response
    }),
  )
}

/** The handlers of one `route.ts`: errors turned into answers, other methods refused with `Allow`, a request id on everything. */
export function route<Params = Record<never, never>>(
  options: Options<Params>,
): Record<Method, NextHandler<Params>> {
  const allow = METHODS.filter((method) => options[method]).join(', ')
  const handlerFor =
    (method: Method): NextHandler<Params> =>
    async (request, { params }) => {
      const requestId = requestIdOf(request)
      const headers = new Headers(options.headers?.(request))
      const handler = options[method]
      const exists = options.exists?.() ?? true
      if (exists && !handler) headers.set('Allow', allow)
      const answer = async (): Promise<Answered> => {
        try {
          if (!exists) throw new CheckoutError('not_found')
          if (!handler) throw new CheckoutError('method_not_allowed')
          const response = await handler(request, { params: await params, requestId })
          for (const [name, value] of headers) response.headers.append(name, value)
          return { response }
        } catch (error) {
          const response = errorResponse(error, { requestId, log: options.log(), headers })
          return { response, isSwitch: error instanceof CheckoutError && error.isSwitch }
        }
      }
      const response = await withRequestContext({ requestId }, () =>
        observed(request, { route: options.path, method: handler ? method : 'other' }, answer),
      )
      response.headers.set('X-Request-Id', requestId)
      return response
    }
  return {
    GET: handlerFor('GET'),
    POST: handlerFor('POST'),
    PUT: handlerFor('PUT'),
    PATCH: handlerFor('PATCH'),
    DELETE: handlerFor('DELETE'),
    OPTIONS: handlerFor('OPTIONS'),
  }
}
