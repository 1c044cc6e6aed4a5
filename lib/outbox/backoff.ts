const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** How long an effect is tried at the least before it is given up, in milliseconds. */
export const GIVE_UP_AFTER = 72 * HOUR
/** And how often: hours in which nobody could try don't count against it. */
export const FEWEST_TRIES = 10

const FIRST = 30_000
const LONGEST = 6 * HOUR

/**
 * How long to wait after the nth failure, in milliseconds: 30 s, doubling, six hours at the most, give or take a fifth,
 * so that what failed together doesn't come back together.
 */
export function backoff(attempts: number, random: () => number = Math.random): number {
  const wait = Math.min(LONGEST, FIRST * 2 ** Math.min(Math.max(attempts, 1) - 1, 20))
  return Math.round(wait * (0.8 + 0.4 * random()))
}

/** Whether an effect has had its three days and its tries. */
export const spent = (attempts: number, createdAt: Date, now: Date): boolean =>
  attempts >= FEWEST_TRIES && now.getTime() - createdAt.getTime() >= GIVE_UP_AFTER
