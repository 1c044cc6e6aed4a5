import 'server-only'
import type { z } from 'zod'
import {
  checkoutResponseSchema,
  checkoutStatusSchema,
  errorBodySchema,
  offerAnswerSchema,
} from '@/lib/contract/answers'
import { CheckoutError } from '@/lib/contract/errors'
import type { ErrorCode } from '@/lib/contract/types'
import { chunksOf } from '@/lib/http/chunks'
import type { Log } from '@/lib/telemetry/log'
import { countFailure } from '@/lib/telemetry/metrics'
import { inSpan, traceHeaders } from '@/lib/telemetry/trace'
import type { CallContext, CheckoutGateway } from './gateway'

export type RemoteDeps = {
  /** The commerce side's origin. */
  baseUrl: string
  /** The value of `Authorization` for a body. */
  authorize: (body: string) => Promise<string>
  log: Log
}

/** The storefront gives up before the browser does, and after the commerce side. */
const BUDGET_MS = 6000
const MAX_BYTES = 256 * 1024

/** Answers that are about us and not about the buyer: a wrong key, another version, no such server. */
const OUR_OWN: ReadonlySet<ErrorCode> = new Set([
  'unauthorized',
  'forbidden_origin',
  'not_found',
  'method_not_allowed',
  'payload_too_large',
  'unsupported_media_type',
])

/** The commerce side behind `COURSE_BUILDER_API_URL`. Whatever goes wrong on the way there is `unavailable`. */
export function createRemoteGateway(deps: RemoteDeps): CheckoutGateway {
  const ask = <T extends z.ZodType>(request: Asked, schema: T) => call(deps, request, schema)
  return {
    create: (intent, buyer, context) =>
      ask({ path: CHECKOUT_PATH, body: { ...intent, buyer }, context }, checkoutResponseSchema),
    offer: (request, buyer, context) =>
      ask({ path: '/api/stripe/offer', body: { ...request, buyer }, context }, offerAnswerSchema),
    status: (sessionId, context) => ask({ path: sessionPath(sessionId), context }, checkoutStatusSchema),
    confirm: (sessionId, context) =>
      ask({ path: sessionPath(sessionId), context, method: 'POST' }, checkoutStatusSchema),
  }
}

const CHECKOUT_PATH = '/api/stripe/checkout-session'
const sessionPath = (sessionId: string) => `/api/stripe/checkout-session/${encodeURIComponent(sessionId)}`

type Asked = { path: string; body?: object; method?: 'GET' | 'POST'; context: CallContext }

async function call<T extends z.ZodType>(deps: RemoteDeps, asked: Asked, schema: T): Promise<z.output<T>> {
  const { path, context } = asked
  try {
    const { status, body } = await inSpan('commerce request', {}, () => send(deps, asked))
    if (status === 200) return schema.parse(body)
    const { error, code, requestId: _, ...details } = errorBodySchema.parse(body)
    if (OUR_OWN.has(code)) throw new Error(`the commerce side answers ${code}`)
    throw new CheckoutError(code, { message: error, details })
  } catch (cause) {
    if (cause instanceof CheckoutError) throw cause
    deps.log.error(
      { event: 'commerce.unavailable', path, requestId: context.requestId, err: cause },
      'the commerce side did not answer as agreed',
    )
    // What the commerce side refuses it counts itself.
    if (path === CHECKOUT_PATH) countFailure('unavailable')
    throw new CheckoutError('unavailable', { cause })
  }
}

async function send(deps: RemoteDeps, { path, body, method, context }: Asked) {
  const text = body === undefined ? '' : JSON.stringify(body)
  const response = await fetch(deps.baseUrl + path, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      Accept: 'application/json',
      Authorization: await deps.authorize(text),
      'X-Request-Id': context.requestId,
      ...traceHeaders(),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: text }),
    // A redirect would carry the key, or a buyer, to wherever it points.
    redirect: 'manual',
    cache: 'no-store',
    signal: AbortSignal.timeout(BUDGET_MS),
  })
  const answer: unknown = JSON.parse(await readText(response))
  return { status: response.status, body: answer }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunksOf(response.body)) {
    size += chunk.byteLength
    if (size > MAX_BYTES) throw new Error('the answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
