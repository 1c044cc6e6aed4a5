import 'server-only'
import pino, { type Logger } from 'pino'
import { requestContext } from './request-context'
import { scrub } from './scrub'
import { sharedTelemetry } from './shared'

/** JSON lines on stdout. What could name a person or open a door is cut out, wherever it stands. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

const ERROR = 50

export function createLog(level: string = 'info'): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // The request's id, and its checkout's, on whatever is written while it is answered.
      mixin: () => ({ ...requestContext() }),
      hooks: {
        // Whatever is worth an error here is worth one at Sentry, where that is set up.
        logMethod(args, method, level) {
          if (level >= ERROR) report(args)
          method.apply(this, args)
        },
      },
      serializers: { err: bareError },
      redact: {
        paths: ['*.authorization', '*.cookie', '*.stack', 'params', '*.params', '*.sql', '*.config'],
        remove: true,
      },
    },
    { write: (line: string) => void process.stdout.write(scrub(line)) },
  )
}

/** What kind of error, and what it says; not what it carries for its caller, a link with a buyer's address in it. */
function bareError(error: Error) {
  const bare: Record<string, unknown> = { ...pino.stdSerializers.err(error) }
  delete bare.details
  delete bare.headers
  return bare
}

function report([line, message]: unknown[]): void {
  const send = sharedTelemetry().report
  if (!send || line === null || typeof line !== 'object') return
  send({ ...requestContext(), ...line }, typeof message === 'string' ? message : 'error')
}
