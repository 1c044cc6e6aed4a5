import 'server-only'
import { warm } from '@/lib/commerce/warm'
import { EnvError, env } from '@/lib/env'
import { noteSocketAddresses } from '@/lib/http/socket-address'
import { rollout } from '@/lib/rollout'
import { createLog } from '@/lib/telemetry/log'
import { telemetryOptions } from '@/lib/telemetry/options'
import { sharedTelemetry } from '@/lib/telemetry/shared'

/**
 * Checks the environment, registers what telemetry it asks for, and warms what the first buyer would wait for. Throws nothing: it ends
 * the process instead.
 */
export async function start(): Promise<void> {
  try {
    env()
  } catch (error) {
    process.stderr.write(
      `${error instanceof EnvError ? error.message : 'The environment could not be read.'}\n`,
    )
    process.exit(1)
  }
  reportErrors()
  await startTelemetry()
  noteAddresses()
  rollout().start()
  if (env().commerce) void warm()
}

/** Where nobody says in which header a visitor's address stands, it is the connection's own. */
function noteAddresses(): void {
  const { CLIENT_IP_HEADER, VERCEL, LOG_LEVEL } = env()
  if (CLIENT_IP_HEADER || VERCEL === '1') return
  noteSocketAddresses(() =>
    createLog(LOG_LEVEL).warn(
      { event: 'start.proxy_unnamed', variable: 'CLIENT_IP_HEADER' },
      'A proxy seems to be in front of this server, so that all visitors count as one address: name the header in which it says theirs',
    ),
  )
}

/** Sentry's client is loaded with the first error. */
function reportErrors(): void {
  const { SENTRY_DSN: dsn } = env()
  if (!dsn) return
  let loading: Promise<typeof import('@/lib/telemetry/sentry')> | undefined
  let reporter: Reporter | undefined
  sharedTelemetry().report = (line, message) => {
    loading ??= import('@/lib/telemetry/sentry')
    loading
      .then(({ createReporter }) => {
        reporter ??= createReporter(dsn)
        reporter(line, message)
      })
      // It must never be why something else fails.
      .catch(() => undefined)
  }
}

type Reporter = ReturnType<typeof import('@/lib/telemetry/sentry')['createReporter']>

/** Nothing of an SDK is loaded where nobody asked for one. */
async function startTelemetry(): Promise<void> {
  const wanted = telemetryOptions(process.env)
  if (!wanted.prometheus && !wanted.otlp) return
  const sdk = await import('@/lib/telemetry/sdk')
  await sdk.startTelemetry(wanted)
}

/** What Next throws at a header that it can't read, which anybody may send as often as they like: it is answered, and no alarm. */
const UNREADABLE = /^The router state header was sent/

/** What a page could not be rendered for; route handlers turn their own errors into answers and log them. */
export function logPageError(error: unknown, path: string): void {
  const log = createLog(env().LOG_LEVEL)
  const where = { path: path.split('?')[0] }
  if (error instanceof Error && UNREADABLE.test(error.message))
    log.info({ event: 'page.refused', ...where }, 'a page was asked for in words that Next cannot read')
  else log.error({ event: 'page.failed', ...where, err: error }, 'a page failed')
}
