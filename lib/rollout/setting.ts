import { createHash } from 'node:crypto'

/** `off`, `internal`, `25%` or `on`: who gets our checkout, and who today's payment link. */
export type Rollout = { mode: 'off' | 'internal' | 'on' } | { mode: 'percent'; percent: number }

export function parseRollout(text: string): Rollout {
  if (text === 'off' || text === 'internal' || text === 'on') return { mode: text }
  const percent = Number(/^(\d{1,3})%$/.exec(text)?.[1] ?? Number.NaN)
  if (!(percent >= 0 && percent <= 100))
    throw new RangeError('a rollout is off, internal, on or a percentage such as 25%')
  return { mode: 'percent', percent }
}

/** The visitor's own place between 0 and 99, the same on every visit and server. */
export const bucketOf = (visitorId: string): number =>
  createHash('sha256').update(`rollout:${visitorId}`).digest().readUInt32BE(0) % 100

/** Which flow this visitor is assigned. Without an id they are in the last bucket: the first to stay on payment links. */
export function assign(
  rollout: Rollout,
  visitor: { id?: string | undefined; internal: boolean },
): 'session' | 'payment-link' {
  if (rollout.mode === 'percent') {
    return visitor.internal || (visitor.id === undefined ? 99 : bucketOf(visitor.id)) < rollout.percent
      ? 'session'
      : 'payment-link'
  }
  if (rollout.mode === 'on') return 'session'
  return rollout.mode === 'internal' && visitor.internal ? 'session' : 'payment-link'
}
