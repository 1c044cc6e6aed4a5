import { createHash } from 'node:crypto'
import type { Answer } from './answers'
import { Refusal } from './errors'
import type { Sandbox } from './sandbox'
import { row } from './state'

const KEPT_SECONDS = 24 * 60 * 60

/** A request with an idempotency key. The `key` carries the API key before it: each account has its own. */
export interface Keyed {
  key: string
  fingerprint: string
  requestId: string
}

/** Keys whose first request is still being answered. They die with the process, as the requests do. */
const underWay = new WeakMap<Sandbox['state'], Set<string>>()

function locks(sandbox: Sandbox): Set<string> {
  const existing = underWay.get(sandbox.state)
  if (existing) return existing
  const made = new Set<string>()
  underWay.set(sandbox.state, made)
  return made
}

export function fingerprintOf(method: string, path: string, body: string): string {
  return createHash('sha256').update(`${method} ${path}\n${body}`).digest('hex')
}

const given = (key: string) => key.slice(key.indexOf(' ') + 1)

/** The stored answer of a key; null takes the key for this request, until `remember` or `forget`. */
export function claim(sandbox: Sandbox, { key, fingerprint }: Keyed): Answer | null {
  if (locks(sandbox).has(key))
    throw new Refusal(
      `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${given(key)}. Try again later.`,
      {
        status: 409,
        type: 'idempotency_error',
        code: 'idempotency_key_in_use',
        headers: { 'Stripe-Should-Retry': 'true' },
      },
    )
  const stored = row(sandbox.state.idempotency, key)
  if (!stored || sandbox.now() - stored.at >= KEPT_SECONDS) {
    locks(sandbox).add(key)
    return null
  }
  if (stored.fingerprint !== fingerprint)
    throw new Refusal(
      `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${given(key)}' if you meant to execute a different request.`,
      { type: 'idempotency_error' },
    )
  const headers = { 'Idempotent-Replayed': 'true', 'Original-Request': stored.requestId }
  return { status: stored.status, body: stored.body, headers }
}

export function remember(sandbox: Sandbox, { key, fingerprint, requestId }: Keyed, answer: Answer): void {
  const { status, body } = answer
  sandbox.state.idempotency[key] = { fingerprint, status, body, requestId, at: sandbox.now() }
  locks(sandbox).delete(key)
  sandbox.changed()
}

/** Gives a key back without an answer. */
export function forget(sandbox: Sandbox, key: string): void {
  locks(sandbox).delete(key)
}
