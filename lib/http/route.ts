import 'server-only'
import { randomUUID } from 'node:crypto'
import { CheckoutError } from '@/lib/contract/errors'
import type { Log } from '@/lib/telemetry/log'
import { errorResponse } from './respond'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
type Method = (typeof METHODS)[number]

export type RouteContext<Params> = { params: Params; requestId: string }
export type Handler<Params> = (request: Request, context: RouteContext<Params>) => Promise<Response>

type Options<Params> = Partial<Record<Method, Handler<Params>>> & {
  log: () => Log
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
      if (!handler) headers.set('Allow', allow)
      let response: Response
      try {
        if (!handler) throw new CheckoutError('method_not_allowed')
        response = await handler(request, { params: await params, requestId })
        for (const [name, value] of headers) response.headers.append(name, value)
      } catch (error) {
        response = errorResponse(error, { requestId, log: options.log(), headers })
      }
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
