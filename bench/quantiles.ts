/** Times in milliseconds. */
export type Quantiles = { p50: number; p95: number; p99: number }

export function quantiles(times: number[]): Quantiles {
  const sorted = [...times].sort((left, right) => left - right)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

/** To a tenth below ten milliseconds. */
export const ms = (value: number) => (value < 10 ? value.toFixed(1) : String(Math.round(value)))

export const inWords = ({ p50, p95, p99 }: Quantiles) => `p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)} ms`
