import { createEmulator, defineEmulator } from 'emulate'
import { closeExpired } from './checkout-sessions'
import { type Control, createControl } from './control'
import { settleDue } from './delayed'
import { Faults } from './faults'
import { listen } from './http'
import { Inspector } from './inspector'
import { Persistence } from './persistence'
import { bind } from './routes'
import { API_VERSION, createTurns, type Sandbox } from './sandbox'
import { replaceState, type State } from './state'
import { addEndpoint } from './webhook-endpoints'
import { Webhooks } from './webhooks'

export type { Control } from './control'

export interface SandboxOptions {
  /** 0, the default, takes a free one. */
  port?: number
  host?: '127.0.0.1'
  /** Where events go, what they are signed with, and which types (default: all, and of no version). */
  webhooks?: { url: string; secret: string; events?: string[] }[]
  /** Keeps state over restarts. */
  dataFile?: string
  /** The shop that pages without a way back link to. */
  appUrl?: string
  log?: (line: string) => void
  /** How long to wait before each further try of a failed delivery. */
  retryDelaysMs?: number[]
}

export interface RunningSandbox {
  url: string
  port: number
  control: Control
  close(): Promise<void>
}

const RETRY_DELAYS_MS = [1000, 3000, 10_000, 30_000, 60_000, 300_000]
const TICK_MS = 500

/** Endpoints from the options are there at every start, after a reset too, with the secret and the types that were given last. */
function configureWebhooks(sandbox: Sandbox, webhooks: NonNullable<SandboxOptions['webhooks']>): void {
  for (const { url, secret, events } of webhooks) {
    const known = Object.values(sandbox.state.webhookEndpoints).find((endpoint) => endpoint.url === url)
    const { id } = known ?? addEndpoint(sandbox, { url, enabled_events: ['*'] }, secret)
    sandbox.state.webhookSecrets[id] = secret
    // One that names its types is as a shop's own set-up makes it: of a version, too.
    const endpoint = sandbox.state.webhookEndpoints[id]
    if (endpoint && events) Object.assign(endpoint, { enabled_events: events, api_version: API_VERSION })
  }
}

/** Addresses in stored objects name the port of the run that made them. */
function moveTo(state: State, baseUrl: string): void {
  const moved = (url: string) => `${baseUrl}${new URL(url).pathname}`
  for (const session of Object.values(state.sessions)) if (session.url) session.url = moved(session.url)
  for (const link of Object.values(state.paymentLinks)) link.url = moved(link.url)
  for (const charge of Object.values(state.charges))
    if (charge.receipt_url) charge.receipt_url = moved(charge.receipt_url)
}

/** Starts a Stripe of one's own on the loopback interface. */
export async function startStripeSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  const log = options.log ?? (() => undefined)
  const persistence = new Persistence(options.dataFile)
  const loaded = await persistence.load()
  const host = options.host ?? '127.0.0.1'
  const listener = await listen(options.port ?? 0, host, log)
  const baseUrl = `http://${host}:${listener.port}`
  moveTo(loaded, baseUrl)

  let running: { sandbox: Sandbox; control: Control } | undefined
  const definition = defineEmulator<State>({
    name: 'stripe',
    state: () => loaded,
    cors: false,
    setup({ app, state }) {
      const changed = () => persistence.changed(state)
      const retryDelaysMs = options.retryDelaysMs ?? RETRY_DELAYS_MS
      const sandbox: Sandbox = {
        state,
        baseUrl,
        appUrl: options.appUrl,
        webhooks: new Webhooks({ state, retryDelaysMs, changed, log }),
        faults: new Faults(),
        inspector: new Inspector(),
        now: () => Math.floor((Date.now() + state.clockOffsetMs) / 1000),
        changed,
        inTurn: createTurns(),
        log,
      }
      const prepare = () => configureWebhooks(sandbox, options.webhooks ?? [])
      const control = createControl(sandbox, (next) => {
        sandbox.webhooks.cancel()
        replaceState(state, next)
        moveTo(state, baseUrl)
        prepare()
      })
      prepare()
      bind(app, sandbox, control)
      running = { sandbox, control }
    },
  })
  const emulator = await createEmulator({
    service: definition,
    listen: false,
    baseUrl,
    shutdownTimeout: 1000,
  })
  if (!running) throw new Error('The Stripe sandbox was not set up')
  const { sandbox, control } = running
  listener.answer((request) => emulator.fetch(request))
  sandbox.webhooks.resume()
  const tick = setInterval(() => {
    closeExpired(sandbox)
    settleDue(sandbox).catch((error: unknown) => log(`stripe sandbox: ${String(error)}`))
  }, TICK_MS)
  tick.unref()

  let closing: Promise<void> | undefined
  const close = async () => {
    clearInterval(tick)
    sandbox.faults.set({})
    sandbox.webhooks.close()
    await listener.close()
    await emulator.close().catch((error: unknown) => log(`stripe sandbox: ${String(error)}`))
    await persistence.flush()
  }
  return {
    url: baseUrl,
    port: listener.port,
    control,
    close: () => {
      closing ??= close()
      return closing
    },
  }
}
