/** So many requests in so many seconds. */
export type Rate = { points: number; seconds: number }

/** `30/60` as `RATE_LIMIT` says it; null for `off`. */
export function parseRate(setting: string): Rate | null {
  const [points, seconds] = setting.split('/').map(Number)
  return points && seconds ? { points, seconds } : null
}
