import { createHash, randomUUID } from 'node:crypto'
import type { ServerCheckoutIntent } from '@/lib/contract/schemas'
import { networkOf } from '@/lib/http/network'

const sha256 = (...parts: unknown[]) => createHash('sha256').update(JSON.stringify(parts)).digest('hex')

/** An address, or an IPv6 customer's network, is only ever kept as this. */
export const addressHash = (ip: string | undefined): string | null =>
  ip ? sha256('address', networkOf(ip)) : null

/**
 * What makes two requests the same attempt: the browser's own id for it, the visitor, the viewer and everything that was
 * asked for. Without an attempt id each request is its own.
 */
export function attemptKey(
  intent: ServerCheckoutIntent,
  visitorId: string | undefined,
  viewer: string | undefined,
): string {
  if (!intent.attemptId) return sha256(randomUUID())
  const { productId, email, couponCode, quantity, uiMode, allowDuplicate, metadata } = intent
  return sha256(
    [intent.attemptId, visitorId ?? '', viewer ?? ''],
    [
      productId,
      email ?? '',
      couponCode ?? '',
      quantity,
      uiMode,
      allowDuplicate,
      metadata?.name ?? '',
      metadata?.workshopSlug ?? '',
    ],
  )
}

/** Stripe's idempotency key: one attempt, one session; a new generation is a new session. */
export const idempotencyKey = (row: { attemptKey: string; generation: number }): string =>
  `checkout_${row.attemptKey}_${row.generation}`

/**
 * A visitor seen for the first time. Two clicks in the same instant carry no cookie yet: what they have in common makes
 * them the same visitor.
 */
export const newVisitorId = (
  attemptId: string | undefined,
  address: string | undefined,
  agent: string | null,
): string =>
  attemptId
    ? sha256('visitor', attemptId, address ?? '', agent ?? '').slice(0, 32)
    : randomUUID().replaceAll('-', '')
