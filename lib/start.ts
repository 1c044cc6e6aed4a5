import 'server-only'
import type { RowDataPacket } from 'mysql2/promise'
import { commerce } from '@/lib/commerce'
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

/** Where Course Builder lives in this database, what a buyer gets to see hangs on its events. */
async function warnOfMissingEvents(): Promise<void> {
  const { deps, handle } = commerce()
  if (deps.inngest) return
  const courseBuilders = `${env().TABLE_PREFIX}Account`
  const [rows] = await handle.pool
    .query<RowDataPacket[]>(
      'select 1 from information_schema.TABLES where TABLE_SCHEMA = database() and TABLE_NAME = ?',
      [courseBuilders],
    )
    .catch(() => [[]])
  if (rows.length === 0) return
  deps.log.warn(
    { event: 'start.no_inngest', variable: 'INNGEST_EVENT_KEY' },
    "Course Builder's calendar invitations, roles and welcome mail wait for its events, and INNGEST_EVENT_KEY is missing: none are sent",
  )
}

async function warm(): Promise<void> {
  const { deps, handle } = commerce()
  await handle.pool
    .query('select 1')
    .catch((error: unknown) => deps.log.warn({ err: error }, 'the database does not answer yet'))
  await warnOfMissingEvents()
}

/** What a page could not be rendered for; route handlers turn their own errors into answers and log them. */
export function logPageError(error: unknown, path: string): void {
  createLog(env().LOG_LEVEL).error(
    { event: 'page.failed', path: path.split('?')[0], err: error },
    'a page failed',
  )
}
