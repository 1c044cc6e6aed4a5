import { AsyncLocalStorage } from 'node:async_hooks'
import type { Faults } from './faults'
import type { Inspector } from './inspector'
import type { State } from './state'
import type { Webhooks } from './webhooks'

/** What every part of the sandbox is handed: state, clock, and the few things that act outside it. */
export interface Sandbox {
  readonly state: State
  /** Where this sandbox is reached, without a slash at the end. */
  readonly baseUrl: string
  readonly appUrl: string | undefined
  readonly webhooks: Webhooks
  readonly faults: Faults
  readonly inspector: Inspector
  /** Seconds since the epoch by the sandbox's clock, which a control can move. */
  now(): number
  /** Says that state changed, so that it is saved. */
  changed(): void
  /** Runs work on one thing (a session, say) after all earlier work on it. */
  inTurn<T>(key: string, work: () => Promise<T>): Promise<T>
  log(line: string): void
}

/** The API request that is being answered, if any: events name it. */
export const currentRequest = new AsyncLocalStorage<{ id: string; idempotencyKey: string | null }>()

export const API_VERSION = '2026-10-28.endive'

/** One queue for each key; empty ones are forgotten. */
export function createTurns(): Sandbox['inTurn'] {
  const tails = new Map<string, Promise<unknown>>()
  return <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const before = tails.get(key) ?? Promise.resolve()
    const mine = before.then(work, work)
    const settled = mine.then(
      () => undefined,
      () => undefined,
    )
    tails.set(key, settled)
    void settled.then(() => {
      if (tails.get(key) === settled) tails.delete(key)
    })
    return mine
  }
}
