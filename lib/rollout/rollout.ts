import 'server-only'
import { LRUCache } from 'lru-cache'
import { networkOf } from '@/lib/http/network'
import { inTime, TooLate } from '@/lib/in-time'
import type { Log } from '@/lib/telemetry/log'
import { countExposure, setGuardOpen } from '@/lib/telemetry/metrics'
import { countsOf } from './counts'
import { advance, CLOSED, guardState, shareOf, type Verdict } from './guard'
import { CountsTaken, type Exchange, type Exposure, type SecondCount, type Shared } from './report'
import { bucketOf, isInternal, parseRollout, type Rollout } from './setting'

/** Every so often a process tells what it has seen and asks what is shared. */
export const EXCHANGE_EVERY_MS = 2000
/** Asked before an answer is given, where what is known is older: a process that slept. */
const OLD_MS = 10_000
/** How long the last answer counts while nobody can be asked. */
const KEPT_MS = 60_000
const PATIENCE_MS = 3000
const FIRST_PATIENCE_MS = 1000
const WINDOW_MS = 5 * 60_000
const MOST_AT_ONCE = 400
/** Beyond this, exposures are lost rather than memory. */
const MOST_WAITING = 20_000
/** As many visitors as one address may bring along in an hour, an office or a carrier's: whoever makes up visitors fills no table. */
const MOST_FROM_ADDRESS = 500
const HOUR_MS = 3_600_000

type Deps = {
  exchange: Exchange
  /** `CHECKOUT_ROLLOUT`: before anyone stored a setting, and when it can't be read. */
  fallback: string
  log: Log
  now: () => number
  /** Told of what this process alone decided, while it could ask nobody. */
  onLocalVerdict: (verdict: Verdict, before: Verdict) => void
}

export type Shown = Pick<Exposure, 'visitorId' | 'productId' | 'variant'>

/** A visitor as they were shown an offer, and the address that they sent from, where it is known. */
type ShownTo = Shown & { ip?: string | undefined }

const keyOf = ({ visitorId, productId }: Shown) => `${visitorId} ${productId}`

/** The rollout as this process knows it. Nothing that a request asks of it waits for anybody, but for the very first. */
export class RolloutState {
  #shared: (Shared & { at: number }) | undefined
  #local: Verdict = CLOSED
  #own = new Map<number, SecondCount>()
  #told = new Map<number, SecondCount>()
  #waiting = new Map<string, Exposure>()
  /** Those that are being told now. */
  #telling = new Map<string, Exposure>()
  /** Those whom the database knows of already. */
  #written = new LRUCache<string, boolean>({ max: 50_000 })
  readonly #newFrom: LRUCache<string, number>
  #running: Promise<void> | undefined
  #failedAt = 0
  #complained = false
  #timer: NodeJS.Timeout | undefined

  constructor(private readonly deps: Deps) {
    const perf = { now: deps.now }
    this.#newFrom = new LRUCache({ max: 20_000, ttl: HOUR_MS, noUpdateTTL: true, ttlResolution: 0, perf })
  }

  /** Goes on exchanging while the process runs; it doesn't keep it running. */
  start(): void {
    this.#timer ??= setInterval(() => void this.exchange(), EXCHANGE_EVERY_MS).unref()
    void this.exchange()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Resolves at once where what is known is fresh enough, else when it was asked for, or nobody answered in time. */
  async ready(): Promise<void> {
    const now = this.deps.now()
    if (this.#shared && now - this.#shared.at <= OLD_MS) return
    if (now - this.#failedAt < OLD_MS) return
    await inTime(this.exchange(), FIRST_PATIENCE_MS, 'nobody answered in time').catch(() => undefined)
  }

  /** The setting in force: the stored one, for a minute the last that was known of it, then `CHECKOUT_ROLLOUT`. */
  get setting(): { rollout: string; internal: string[]; changedBy?: string; changedAt?: string } {
    const known = this.#shared
    const stored = known && this.deps.now() - known.at <= KEPT_MS ? known.setting : null
    if (!stored) return { rollout: this.deps.fallback, internal: [] }
    const { rollout, internal, changedBy, changedAt } = stored
    return { rollout, internal, ...(changedBy && { changedBy }), ...(changedAt && { changedAt }) }
  }

  get rollout(): Rollout {
    return parseRollout(this.setting.rollout)
  }

  isInternal(email: string | undefined): boolean {
    return isInternal(this.setting.internal, email)
  }

  /** The verdict of all servers, or this one's own while it can ask nobody. */
  get verdict(): Verdict {
    return this.#lonely() ? this.#local : (this.#shared?.verdict ?? CLOSED)
  }

  #lonely(): boolean {
    return this.#failedAt > 0 && this.deps.now() - (this.#shared?.at ?? 0) > OLD_MS
  }

  /** Whether the guard keeps this visitor on the payment link now. The same visitors are tried first everywhere. */
  diverts(visitorId: string): boolean {
    const share = shareOf(this.verdict)
    return share < 100 && bucketOf(visitorId, 'probe') >= share
  }

  /** An offer was shown. */
  noteShown(shown: ShownTo): void {
    this.#noteUnlessMany(shown, false)
  }

  /** They set out to pay. Whoever was never shown an offer may have been made up as well. */
  noteStarted(shown: ShownTo): void {
    this.#noteUnlessMany(shown, true)
  }

  #noteUnlessMany({ ip, ...shown }: ShownTo, started: boolean): void {
    if (this.#isNew(shown) && ip && !this.#mayBringAnother(networkOf(ip))) return
    this.#note(shown, started)
  }

  #isNew(shown: Shown): boolean {
    const key = keyOf(shown)
    return this.#startToldOf(key) === undefined && !this.#waiting.has(key)
  }

  /** Whether their start has been told, or nothing of them has. */
  #startToldOf(key: string): boolean | undefined {
    const told = this.#telling.get(key)
    return this.#written.get(key) ?? (told && told.startedAt !== undefined)
  }

  #mayBringAnother(network: string): boolean {
    const brought = this.#newFrom.get(network) ?? 0
    this.#newFrom.set(network, brought + 1)
    return brought < MOST_FROM_ADDRESS
  }

  #note(shown: Shown, started: boolean): void {
    const key = keyOf(shown)
    const known = this.#startToldOf(key)
    if (known === true || (known === false && !started)) return
    const waiting = this.#waiting.get(key)
    if (!waiting && this.#waiting.size >= MOST_WAITING) return
    if (!waiting && known === undefined) countExposure(shown.variant)
    const at = new Date(this.deps.now()).toISOString()
    const guarded = guardState(this.verdict) !== 'closed' || waiting?.guarded === true
    const startedAt = waiting?.startedAt ?? (started ? at : undefined)
    this.#waiting.set(key, {
      ...shown,
      variant: waiting?.variant ?? shown.variant,
      guarded,
      shownAt: waiting?.shownAt ?? at,
      ...(startedAt && { startedAt }),
    })
  }

  /** A checkout was tried: what the guard counts. */
  noteAttempt(failed: boolean): void {
    const second = Math.floor(this.deps.now() / 1000)
    for (const counts of [this.#own, this.#told]) {
      const count = counts.get(second) ?? { second, attempts: 0, failures: 0 }
      count.attempts++
      if (failed) count.failures++
      counts.set(second, count)
    }
  }

  /** Tells and asks once; one at a time. Never rejects. */
  exchange(): Promise<void> {
    this.#running ??= this.#exchange().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #exchange(): Promise<void> {
    const exposures = new Map([...this.#waiting].slice(0, MOST_AT_ONCE))
    for (const key of exposures.keys()) this.#waiting.delete(key)
    this.#telling = exposures
    const counts = this.#told
    this.#told = new Map()
    try {
      const report = { exposures: [...exposures.values()], counts: [...counts.values()] }
      const shared = await inTime(this.deps.exchange(report), PATIENCE_MS, 'nobody answered in time')
      this.#shared = { ...shared, at: this.deps.now() }
      this.#failedAt = 0
      this.#complained = false
      this.#local = shared.verdict
      for (const [key, { startedAt }] of exposures) this.#written.set(key, startedAt !== undefined)
    } catch (error) {
      // Counts that were taken, or may have been, are not told twice: one failure must not look like a failing shop.
      const taken = error instanceof CountsTaken || error instanceof TooLate
      this.#restore(exposures, taken ? new Map() : counts)
      this.#failedAt = this.deps.now()
      if (!this.#complained) {
        this.#complained = true
        this.deps.log.warn(
          { event: 'rollout.unreadable', err: error },
          'the rollout could not be asked for; the last that was known counts for a minute',
        )
      }
    }
    this.#telling = new Map()
    await this.#judgeAlone()
    setGuardOpen(guardState(this.verdict) !== 'closed')
  }

  /** What could not be told waits for the next time; what was seen meanwhile is the newer. */
  #restore(exposures: Map<string, Exposure>, counts: Map<number, SecondCount>): void {
    for (const [key, exposure] of exposures) {
      const newer = this.#waiting.get(key)
      const guarded = exposure.guarded || newer?.guarded === true
      const startedAt = exposure.startedAt ?? newer?.startedAt
      this.#waiting.set(key, { ...exposure, guarded, ...(startedAt && { startedAt }) })
    }
    const oldest = (this.deps.now() - WINDOW_MS) / 1000
    for (const [second, count] of counts) {
      if (second < oldest) continue
      const newer = this.#told.get(second)
      this.#told.set(second, {
        second,
        attempts: count.attempts + (newer?.attempts ?? 0),
        failures: count.failures + (newer?.failures ?? 0),
      })
    }
  }

  async #judgeAlone(): Promise<void> {
    const now = this.deps.now()
    for (const second of this.#own.keys()) if (second * 1000 < now - WINDOW_MS) this.#own.delete(second)
    if (!this.#lonely()) return
    const before = this.#local
    this.#local = await advance(before, countsOf(this.#own.values()), now)
    if (this.#local !== before) this.deps.onLocalVerdict(this.#local, before)
  }
}
