/** So many of so many. */
export type Proportion = { successes: number; of: number }
export type Interval = { low: number; high: number }

/** The 97.5th percentile of the normal distribution: 95 %, two-sided. */
const Z = 1.959963984540054

const rate = ({ successes, of }: Proportion): number => (of === 0 ? 0 : successes / of)

/** Wilson's score interval, 95 %: right for small numbers and for none at all. Nothing seen says nothing. */
export function wilson({ successes, of }: Proportion): Interval {
  if (of === 0) return { low: 0, high: 1 }
  const p = successes / of
  const spread = Z * Math.sqrt((p * (1 - p)) / of + (Z * Z) / (4 * of * of))
  const middle = p + (Z * Z) / (2 * of)
  const scale = 1 + (Z * Z) / of
  return { low: Math.max(0, (middle - spread) / scale), high: Math.min(1, (middle + spread) / scale) }
}

/**
 * The difference of two proportions, `a` minus `b`, with Newcombe's hybrid score interval, 95 %.
 * R. G. Newcombe, Statistics in Medicine 17 (1998), 873–890, method 10.
 */
export function newcombe(a: Proportion, b: Proportion): Interval & { difference: number } {
  const [pa, pb, wa, wb] = [rate(a), rate(b), wilson(a), wilson(b)]
  const difference = pa - pb
  return {
    difference,
    low: difference - Math.hypot(pa - wa.low, wb.high - pb),
    high: difference + Math.hypot(wa.high - pa, pb - wb.low),
  }
}
