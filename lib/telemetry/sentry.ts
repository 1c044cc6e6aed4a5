import 'server-only'
import { createStackParser, createTransport, type Event, Scope } from '@sentry/core'
import { nodeStackLineParser, ServerRuntimeClient } from '@sentry/core/server'
import { scrub } from './scrub'

/** A log line of level `error`. */
export type ErrorLine = Record<string, unknown> & { err?: unknown }

const SEND_TIMEOUT_MS = 3000
/** What a line may say beside its error: ids and codes, nothing that anybody typed. */
const TAGS = [
  'event',
  'code',
  'requestId',
  'checkoutId',
  'sessionId',
  'purchaseId',
  'stripeEventId',
  'type',
  'kind',
  'path',
]

/** Sends lines of level `error` to Sentry. This module is loaded with the first of them. */
export function createReporter(dsn: string): (line: ErrorLine, message: string) => void {
  const client = new ServerRuntimeClient({
    dsn,
    platform: 'node',
    runtime: { name: 'node', version: process.version },
    environment: process.env.SENTRY_ENVIRONMENT ?? process.env.VERCEL_ENV ?? 'production',
    integrations: [],
    stackParser: createStackParser(nodeStackLineParser()),
    sendClientReports: false,
    beforeSend: withoutPeople,
    transport: (options) =>
      createTransport(options, async ({ body }) => {
        const response = await fetch(options.url, {
          method: 'POST',
          body: typeof body === 'string' ? body : Buffer.from(body),
          headers: options.headers ?? {},
          signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
        })
        await response.body?.cancel()
        return {
          statusCode: response.status,
          headers: {
            'retry-after': response.headers.get('retry-after'),
            'x-sentry-rate-limits': response.headers.get('x-sentry-rate-limits'),
          },
        }
      }),
  })
  client.init()
  return ({ err, ...line }, message) => {
    const scope = new Scope()
    for (const name of TAGS) if (typeof line[name] === 'string') scope.setTag(name, line[name])
    scope.setLevel('error')
    if (err instanceof Error) client.captureException(err, { data: { message } }, scope)
    else client.captureMessage(message, 'error', undefined, scope)
  }
}

/** The whole event goes through the log's own scrubbing; who asked, and with what, is not a part of it. */
function withoutPeople<T extends Event>(event: T): T {
  const { request: _, user: __, server_name: ___, breadcrumbs: ____, ...rest } = event
  return JSON.parse(scrub(JSON.stringify(rest)))
}
