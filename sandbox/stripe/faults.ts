/** What goes wrong with the next requests to `/v1`. */
export interface FailNext {
  /** How many requests. */
  count: number
  /** The status to answer; `'cut'` closes the connection without an answer. */
  status: number | 'cut'
  /** Only requests whose path contains this. */
  path?: string | undefined
  /** Only this method. */
  method?: string | undefined
  /** Do the work first, then fail. */
  afterEffect?: boolean | undefined
  /** Keep the failure for the idempotency key, as Stripe does once work began. Default: only a 500. */
  store?: boolean | undefined
}

export interface FaultSettings {
  /** Milliseconds before every answer. */
  latencyMs?: number | undefined
  /** The share of requests, from 0 to 1, that are answered 500 before any work. */
  failRate?: number | undefined
  failNext?: FailNext | undefined
  /** Never answer. */
  hang?: boolean | undefined
  /** Close every connection at once. */
  refuse?: boolean | undefined
}

export interface Failure {
  status: number | 'cut'
  afterEffect: boolean
  store: boolean
}

export class Faults {
  #settings: FaultSettings = {}
  readonly #waiting = new Set<() => void>()

  get settings(): FaultSettings {
    return structuredClone(this.#settings)
  }

  /** Replaces the settings; with none, all is well again and hanging requests are cut. */
  set(settings: FaultSettings): void {
    this.#settings = structuredClone(settings)
    if (!settings.hang) for (const release of [...this.#waiting]) release()
  }

  get refuses(): boolean {
    return this.#settings.refuse === true
  }

  /** Resolves after the latency; `'cut'` when the request hung until the fault was lifted. */
  async delay(): Promise<'go' | 'cut'> {
    const { latencyMs, hang } = this.#settings
    if (latencyMs) await new Promise((resolve) => setTimeout(resolve, latencyMs))
    if (!hang) return 'go'
    await new Promise<void>((resolve) => {
      const release = () => {
        this.#waiting.delete(release)
        resolve()
      }
      this.#waiting.add(release)
    })
    return 'cut'
  }

  /** The failure that this request is to meet, counted off. */
  take(method: string, path: string): Failure | null {
    const { failNext, failRate } = this.#settings
    if (
      failNext &&
      failNext.count > 0 &&
      (!failNext.path || path.includes(failNext.path)) &&
      (!failNext.method || failNext.method.toUpperCase() === method)
    ) {
      failNext.count -= 1
      const { status, afterEffect = false } = failNext
      return { status, afterEffect, store: failNext.store ?? status === 500 }
    }
    if (failRate && Math.random() < failRate) return { status: 500, afterEffect: false, store: false }
    return null
  }
}
