/** One thing that setting up would write, in words for a person, and how. */
export type Change = {
  action: 'create' | 'change' | 'deactivate'
  where: 'stripe' | 'database'
  /** `price`, `promotion code`, `Product` … */
  what: string
  /** Its id or code, where it has one before it is there. */
  id: string
  /** What becomes of it: `499.00 usd`, or `title: "a" → "b"`. */
  detail: string
  apply: () => Promise<unknown>
  /** What Stripe would not take of it, once it was applied. */
  refused?: Problem
}

/** What setting up can't put right by itself: what is wrong, and what a person can do. */
export type Problem = { what: string; id: string; detail: string; fix: string }

export type Plan = { changes: Change[]; problems: Problem[] }

const show = (value: unknown): string =>
  value === undefined || value === null
    ? 'none'
    : typeof value === 'string'
      ? `"${value}"`
      : JSON.stringify(value)

/** `name: "a" → "b"` for each field that differs; an empty string where none does. */
export function difference(now: Record<string, unknown>, wanted: Record<string, unknown>): string {
  return Object.entries(wanted)
    .filter(([key, value]) => !isSame(now[key], value))
    .map(([key, value]) => `${key}: ${show(now[key])} → ${show(value)}`)
    .join(', ')
}

/** Whether two values of a column say the same: decimals by their number, JSON whatever the order of its keys. */
export function isSame(left: unknown, right: unknown): boolean {
  if (left === right || ((left ?? null) === null && (right ?? null) === null)) return true
  if (typeof left === 'string' && typeof right === 'string')
    return /^-?\d+(\.\d+)?$/.test(left) && /^-?\d+(\.\d+)?$/.test(right) && Number(left) === Number(right)
  if (typeof left !== 'object' || typeof right !== 'object' || !left || !right) return false
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  const [a, b] = [new Map(Object.entries(left)), new Map(Object.entries(right))]
  return [...keys].every((key) => isSame(a.get(key), b.get(key)))
}
