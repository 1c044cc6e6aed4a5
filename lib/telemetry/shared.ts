import 'server-only'

/**
 * What the instrumentation and the routes have to share. Next builds them apart, each with its own copy of every module, so that it
 * hangs on the process.
 */
type Shared = {
  /** The Prometheus text of everything counted so far. */
  scrape?: () => Promise<string>
  /** Takes a log line of level `error` to Sentry. */
  report?: (line: Record<string, unknown>, message: string) => void
  /** Whether somebody reads the backlog at each collection. */
  backlogObserved?: boolean
}

const KEY = Symbol.for('workshop-checkout.telemetry')
const holder: typeof globalThis & { [KEY]?: Shared } = globalThis

export function sharedTelemetry(): Shared {
  holder[KEY] ??= {}
  return holder[KEY]
}
