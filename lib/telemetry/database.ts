import 'server-only'
import { tracingChannel } from 'node:diagnostics_channel'
import { context, SpanKind, trace } from '@opentelemetry/api'
import { isDatabaseAway, isDeadlock, isDuplicateKey } from '@/db/errors'
import { countDatabaseError, type DatabaseErrorKind, observeQuery } from './metrics'

/** What mysql2 publishes of a statement or of a wait for a connection. The statement holds its values: only its first word is used. */
type Message = { query?: string; error?: unknown }

const OPERATIONS = ['select', 'insert', 'update', 'delete', 'begin', 'commit', 'rollback', 'set'] as const

const operationOf = ({ query }: Message): string => {
  if (query === undefined) return 'acquire'
  // A begin that travels with the first statement takes no time of its own.
  const word = /^(?:begin; )?\W*([a-z]+)/i.exec(query)?.[1]?.toLowerCase()
  if (word === 'start') return 'begin'
  return OPERATIONS.find((known) => known === word) ?? 'other'
}

export function databaseErrorKind(error: unknown, operation: string): DatabaseErrorKind {
  if (isDuplicateKey(error)) return 'duplicate'
  if (isDeadlock(error)) return 'lock'
  return operation === 'acquire' || isDatabaseAway(error) ? 'connection' : 'other'
}

/** Times every statement of this process's pools, through the channels that mysql2 publishes on. */
export function observeDatabase(): void {
  const tracer = trace.getTracer('workshop-checkout')
  const begun = new WeakMap<
    object,
    { at: number; started: Date; parent: ReturnType<typeof context.active> }
  >()
  const start = (message: object) =>
    void begun.set(message, { at: performance.now(), started: new Date(), parent: context.active() })
  const error = (message: Message & object) => {
    countDatabaseError(databaseErrorKind(message.error, operationOf(message)))
  }
  const end = (message: Message & object) => {
    const begin = begun.get(message)
    if (!begin) return
    begun.delete(message)
    const operation = operationOf(message)
    observeQuery((performance.now() - begin.at) / 1000, operation)
    if (operation === 'acquire' || !trace.getSpan(begin.parent)) return
    tracer
      .startSpan(
        `mysql ${operation}`,
        {
          kind: SpanKind.CLIENT,
          startTime: begin.started,
          attributes: { 'db.system.name': 'mysql', 'db.operation.name': operation },
        },
        begin.parent,
      )
      .end()
  }
  for (const name of ['mysql2:query', 'mysql2:execute', 'mysql2:pool:connect']) {
    // A callback's end is where its asynchronous part starts.
    tracingChannel<object, Message & object>(name).subscribe({
      start,
      end: () => undefined,
      asyncStart: end,
      asyncEnd: () => undefined,
      error,
    })
  }
}
