import { tzOffset } from '@date-fns/tz'
import { isValid, parseISO } from 'date-fns'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** Whether the runtime knows this IANA zone. */
export const isTimeZone = (timeZone: string): boolean => !Number.isNaN(tzOffset(timeZone, new Date(0)))

/** Midnight after `date`, written as if the zone were UTC. */
function nextMidnight(date: string): number {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !isValid(parseISO(date))) {
    throw new RangeError(`Not a calendar date (yyyy-mm-dd): ${date}`)
  }
  return Date.parse(`${date}T00:00:00Z`) + DAY_MS
}

/**
 * The instant at which `date` is over in `timeZone`: just after 23:59:59.999 there. Where the clocks jump over midnight
 * it is the jump; where they go back and the date's last hour comes twice, it is the end of the second.
 * Throws `RangeError` on a date (`yyyy-mm-dd`) or an IANA zone that doesn't exist.
 */
export function earlyBirdEnd(date: string, timeZone: string): Date {
  const midnight = nextMidnight(date)
  if (!isTimeZone(timeZone)) throw new RangeError(`Not a time zone: ${timeZone}`)
  const offsetMs = (at: number) => tzOffset(timeZone, new Date(at)) * MINUTE_MS
  // No zone is further from UTC than a day: the end lies between these, and so does any change of offset that matters.
  const from = midnight - DAY_MS
  const to = midnight + DAY_MS
  const ends = [offsetMs(from), offsetMs(to)]
    .filter((offset) => offsetMs(midnight - offset - 1) === offset)
    .map((offset) => midnight - offset)
  const end =
    ends.length > 0 ? Math.max(...ends) : firstAfter(from, to, (at) => at + offsetMs(at) >= midnight)
  return new Date(end)
}

/** The date's last moments don't exist there: the first millisecond of the next one, by bisection. */
function firstAfter(from: number, to: number, isOver: (at: number) => boolean): number {
  let [before, after] = [from, to]
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (isOver(middle)) after = middle
    else before = middle
  }
  return after
}
