import { createHash } from 'node:crypto'
import { z } from 'zod'

/** `off`, `internal`, `25%` or `on`: who gets our checkout, and who today's payment link. */
export type Rollout = { mode: 'off' | 'internal' | 'on' } | { mode: 'percent'; percent: number }

/** What a visitor is given. `session-only` where a workshop has no payment link, so that there is nothing to compare. */
export type Variant = 'session' | 'payment-link'
export const SESSION_ONLY = 'session-only'

/** @throws RangeError for anything else */
export function parseRollout(text: string): Rollout {
  if (text === 'off' || text === 'internal' || text === 'on') return { mode: text }
  const percent = Number(/^(\d{1,3})%$/.exec(text)?.[1] ?? Number.NaN)
  if (!(percent >= 0 && percent <= 100))
    throw new RangeError('a rollout is off, internal, on or a percentage such as 25%')
  return { mode: 'percent', percent }
}

const isRollout = (text: string): boolean => {
  try {
    parseRollout(text)
    return true
  } catch {
    return false
  }
}

const person = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(
    /^[^\s@]*@[^\s@]+\.[^\s@]+$/,
    'is an address such as ada@example.com, or a domain such as @example.com',
  )

/** An address, or `@domain` for everybody there. */
export const internalEntrySchema = person

/** The rollout as it is stored, and as `GET /api/stripe/rollout` carries it. */
export const rolloutSettingSchema = z.object({
  rollout: z.string().refine(isRollout),
  /** Who is internal: addresses, and `@domain` for everybody there. */
  internal: z.array(person).max(1000).default([]),
  changedBy: z.string().optional(),
  /** ISO 8601. */
  changedAt: z.string().optional(),
})

export type RolloutSetting = z.output<typeof rolloutSettingSchema>

/** Whether this verified address belongs to an internal person. */
export function isInternal(internal: string[], email: string | undefined): boolean {
  const address = email?.trim().toLowerCase()
  if (!address) return false
  return internal.includes(address) || internal.includes(address.slice(address.lastIndexOf('@')))
}

/** The visitor's own place between 0 and 99, the same on every visit and server; another draw has another. */
export const bucketOf = (visitorId: string, draw: 'rollout' | 'probe' = 'rollout'): number =>
  createHash('sha256').update(`${draw}:${visitorId}`).digest().readUInt32BE(0) % 100

/** Who is asked for: a visitor's id and, where the host verified it, whether they are an internal person. */
export type FlagVisitor = { id: string; internal: boolean }

/** Which flow this visitor is assigned. */
export function assign(rollout: Rollout, visitor: FlagVisitor): Variant {
  switch (rollout.mode) {
    case 'on':
      return 'session'
    case 'off':
      return 'payment-link'
    case 'internal':
      return visitor.internal ? 'session' : 'payment-link'
    case 'percent':
      return visitor.internal || bucketOf(visitor.id) < rollout.percent ? 'session' : 'payment-link'
  }
}
