import { createHmac, randomInt } from 'node:crypto'
import { randomText } from './ids'
import type { Delivery, State } from './state'
import { row } from './state'
import type { WireEvent } from './wire'

/** What happens to deliveries on their way. */
export interface DeliverySettings {
  /** How often each event is sent: 2 sends everything twice. */
  copies?: number | undefined
  /** Send in random order: each delivery waits up to this many milliseconds. */
  shuffleMs?: number | undefined
  /** Keep deliveries back until they are flushed. */
  hold?: boolean | undefined
  /** Lose deliveries: all of them, or those of the named types. They are never retried. */
  drop?: boolean | string[] | undefined
}

interface Options {
  state: State
  retryDelaysMs: number[]
  timeoutMs?: number
  changed(): void
  log(line: string): void
}

const KEPT_DELIVERIES = 5000

/** `t=…,v1=…` over `t.payload`, as Stripe signs. `t` is the machine's clock: receivers compare it with theirs. */
export function sign(payload: string, secret: string, at = Math.floor(Date.now() / 1000)): string {
  return `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${payload}`).digest('hex')}`
}

/** Sends events to the endpoints that want them, again and again until they are taken, and keeps a log. */
export class Webhooks {
  readonly #options: Options
  readonly #stop = new AbortController()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #first = new Map<string, Promise<unknown>[]>()
  #settings: DeliverySettings = {}

  constructor(options: Options) {
    this.#options = options
  }

  get settings(): DeliverySettings {
    return structuredClone(this.#settings)
  }

  set(settings: DeliverySettings): void {
    this.#settings = structuredClone(settings)
  }

  /** Makes the deliveries of a new event. */
  dispatch(event: WireEvent): void {
    const { state } = this.#options
    const endpoints = Object.values(state.webhookEndpoints).filter(
      (endpoint) =>
        endpoint.status === 'enabled' &&
        (endpoint.enabled_events.includes('*') || endpoint.enabled_events.includes(event.type)),
    )
    event.pending_webhooks = endpoints.length
    const { copies = 1, drop, hold } = this.#settings
    const dropped = drop === true || (Array.isArray(drop) && drop.includes(event.type))
    for (const endpoint of endpoints)
      for (let copy = 0; copy < copies; copy += 1) {
        const delivery: Delivery = {
          id: `whd_${randomText(16)}`,
          event: event.id,
          type: event.type,
          endpoint: endpoint.id,
          url: endpoint.url,
          status: dropped ? 'dropped' : hold ? 'held' : 'pending',
          attempts: [],
        }
        state.deliveries.push(delivery)
        if (delivery.status === 'pending') this.#begin(delivery)
      }
    if (state.deliveries.length > KEPT_DELIVERIES)
      state.deliveries.splice(0, state.deliveries.length - KEPT_DELIVERIES)
  }

  /** Resolves when each of the event's deliveries was answered once, or after `timeoutMs`. Held and dropped ones are not waited for. */
  async answered(eventId: string, timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs)
    })
    await Promise.race([Promise.all(this.#first.get(eventId) ?? []), patience])
    clearTimeout(timer)
  }

  /** Sends an event again to every endpoint, whatever became of its deliveries. */
  async resend(event: WireEvent): Promise<void> {
    this.dispatch(event)
    await this.answered(event.id, 10_000)
  }

  /** Sends what was held back, in order or shuffled; resolves when all were answered once. Answers how many. */
  async flush(shuffled = false): Promise<number> {
    const held = this.#options.state.deliveries.filter((delivery) => delivery.status === 'held')
    if (shuffled) held.sort(() => randomInt(3) - 1)
    for (const delivery of held) {
      delivery.status = 'pending'
      await this.#attempt(delivery)
    }
    return held.length
  }

  /** Takes up what was under way when state was saved. */
  resume(): void {
    for (const delivery of this.#options.state.deliveries)
      if (delivery.status === 'pending') this.#begin(delivery)
  }

  /** Forgets retries that are waiting, for a reset. */
  cancel(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    this.#first.clear()
  }

  close(): void {
    this.cancel()
    this.#stop.abort()
  }

  #begin(delivery: Delivery): void {
    const { shuffleMs } = this.#settings
    const done = (async () => {
      if (shuffleMs) await this.#sleep(randomInt(shuffleMs + 1))
      await this.#attempt(delivery)
    })()
    const list = this.#first.get(delivery.event) ?? []
    list.push(done)
    this.#first.set(delivery.event, list)
    void done.finally(() => {
      list.splice(list.indexOf(done), 1)
      if (list.length === 0 && this.#first.get(delivery.event) === list) this.#first.delete(delivery.event)
    })
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        resolve()
      }, ms)
      this.#timers.add(timer)
    })
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const { state, retryDelaysMs, log } = this.#options
    const event = row(state.events, delivery.event)
    const secret = row(state.webhookSecrets, delivery.endpoint)
    if (this.#stop.signal.aborted) return
    if (!event || secret === undefined) {
      delivery.status = 'failed'
      return
    }
    const started = Date.now()
    const outcome = await this.#post(delivery.url, JSON.stringify(event, null, 2), secret)
    if (this.#stop.signal.aborted) return
    delivery.attempts.push({ at: started, ms: Date.now() - started, ...outcome })
    const taken = outcome.status !== null && outcome.status >= 200 && outcome.status < 300
    const wait = retryDelaysMs[delivery.attempts.length - 1]
    if (taken) event.pending_webhooks = Math.max(0, event.pending_webhooks - 1)
    delivery.status = taken ? 'delivered' : wait === undefined ? 'failed' : 'pending'
    if (!taken)
      log(`webhook ${event.type} to ${delivery.url}: ${outcome.status ?? outcome.error}; ${delivery.status}`)
    this.#options.changed()
    if (delivery.status === 'pending') void this.#sleep(wait ?? 0).then(() => this.#attempt(delivery))
  }

  async #post(url: string, payload: string, secret: string) {
    const timeout = AbortSignal.timeout(this.#options.timeoutMs ?? 20_000)
    try {
      const response = await fetch(url, {
        method: 'POST',
        body: payload,
        redirect: 'manual',
        signal: AbortSignal.any([timeout, this.#stop.signal]),
        headers: {
          'Content-Type': 'application/json; charset=utf-8',
          'Stripe-Signature': sign(payload, secret),
          'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        },
      })
      await response.body?.cancel()
      return { status: response.status, error: null }
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
      return { status: null, error: cause instanceof Error ? cause.message || cause.name : String(cause) }
    }
  }
}
