import type { Counted } from './guard'
import type { SecondCount } from './report'

/** What was counted since a moment, from the seconds in which it was. */
export const countsOf =
  (rows: Iterable<SecondCount>): Counted =>
  (since) => {
    const counts = { attempts: 0, failures: 0 }
    for (const { second, attempts, failures } of rows) {
      if (second * 1000 < since) continue
      counts.attempts += attempts
      counts.failures += failures
    }
    return counts
  }
