import 'server-only'
import pino, { type Logger } from 'pino'
import { requestContext } from './request-context'

/** JSON lines on stdout. What could name a person or open a door is cut out, wherever it stands. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

const SECRETS =
  /\b(sk|rk|whsec|pk|re)_[A-Za-z0-9_]{6,}|\bmysql:\/\/[^\s"']+|\bsmtps?:\/\/[^\s"']+|cs_(test|live)_\w+_secret_\w+/g
const ADDRESS = /([^\s"'<>@]{1,64})@([^\s"'<>@]+\.[^\s"'<>@]+)/g

/** `ada@example.com` → `a••@example.com`: enough to recognise one's own, no more. */
export const maskEmail = (email: string): string => email.replace(/^(.).*(@.*)$/s, '$1••$2')

const scrub = (text: string) =>
  text.replace(SECRETS, '[secret]').replace(ADDRESS, (match) => maskEmail(match))

export function createLog(level: string = 'info'): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // The request's id, and its checkout's, on whatever is written while it is answered.
      mixin: () => ({ ...requestContext() }),
      serializers: { err: pino.stdSerializers.err },
      redact: {
        paths: ['*.authorization', '*.cookie', '*.stack', 'params', '*.params', '*.sql', '*.config'],
        remove: true,
      },
    },
    { write: (line: string) => void process.stdout.write(scrub(line)) },
  )
}
