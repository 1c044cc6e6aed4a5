import { LRUCache } from 'lru-cache'

/** What a date needs to be told: ISO 8601 instants and the IANA zone in which the workshop takes place. */
export type Timing = { startsAt: string; endsAt: string; timeZone: string }

export type When = {
  /** `Tuesday 15 December 2026`, or both days where it ends on another one. In the workshop's zone. */
  date: string
  /** `10:00–15:00 Pacific Standard Time (Los Angeles, UTC−8)` */
  local: string
  /** `18:00–23:00 UTC`, with its date where that differs; absent where the workshop's zone is UTC. */
  utc?: string
  /** `15 December`, for a subject line. */
  short: string
  /** All of it in one text. */
  text: string
}

const part = (instant: Date, timeZone: string, options: Intl.DateTimeFormatOptions, type: string) =>
  new Intl.DateTimeFormat('en-GB', { timeZone, ...options })
    .formatToParts(instant)
    .find((each) => each.type === type)?.value ?? ''

const inZone = (instant: Date, timeZone: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format(instant)

const day = (instant: Date, timeZone: string, year = true) =>
  inZone(instant, timeZone, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(year ? { year: 'numeric' } : {}),
  }).replaceAll(',', '')

const weekday = (instant: Date, timeZone: string) => inZone(instant, timeZone, { weekday: 'long' })

const clock = (instant: Date, timeZone: string) =>
  inZone(instant, timeZone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

/** `UTC−8`, `UTC+5:30`, `UTC`: the offset at that instant, daylight saving time included. */
export function utcOffset(instant: Date, timeZone: string): string {
  const offset = part(instant, timeZone, { timeZoneName: 'shortOffset' }, 'timeZoneName')
  return offset
    .replace('GMT', 'UTC')
    .replace('-', '−')
    .replace(/^UTC[+−]0$/, 'UTC')
}

/** `Pacific Standard Time (Los Angeles, UTC−8)` */
function zoneName(instant: Date, timeZone: string): string {
  const offset = utcOffset(instant, timeZone)
  const name = part(instant, timeZone, { timeZoneName: 'long' }, 'timeZoneName')
  const city = timeZone.includes('/') ? timeZone.split('/').at(-1)?.replaceAll('_', ' ') : undefined
  if (offset === 'UTC' && !city) return 'UTC'
  // Zones without a name of their own are told by their offset alone.
  if (/^(GMT|UTC)/.test(name)) return `${city ?? timeZone} time (${offset})`
  return `${name} (${city ? `${city}, ` : ''}${offset})`
}

/** A zone that this server doesn't know is told as UTC, which is right everywhere. */
function known(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone }).resolvedOptions().timeZone && timeZone
  } catch {
    return 'UTC'
  }
}

/** A workshop is told to each of its buyers, and each of these formats costs as much as a statement. */
const told = new LRUCache<string, When>({ max: 200 })

/** A workshop's date and time in words, in its own zone and in UTC: the reader's zone is unknown. */
export function describeWhen({ startsAt, endsAt, timeZone }: Timing): When {
  const key = JSON.stringify([startsAt, endsAt, timeZone])
  const when = told.get(key) ?? inWords({ startsAt, endsAt, timeZone })
  told.set(key, when)
  return when
}

function inWords(timing: Timing): When {
  const timeZone = known(timing.timeZone)
  const start = new Date(timing.startsAt)
  const end = new Date(timing.endsAt)
  const span = (zone: string) => {
    const [from, to] = [day(start, zone), day(end, zone)]
    return from === to
      ? { date: from, time: `${clock(start, zone)}–${clock(end, zone)}` }
      : {
          date: `${day(start, zone, from.slice(-4) !== to.slice(-4))} to ${to}`,
          time: `${weekday(start, zone)} ${clock(start, zone)} to ${weekday(end, zone)} ${clock(end, zone)},`,
        }
  }
  const here = span(timeZone)
  const changes = utcOffset(start, timeZone) !== utcOffset(end, timeZone)
  const zone = changes
    ? `${zoneName(start, timeZone)}, ending in ${zoneName(end, timeZone)}`
    : zoneName(start, timeZone)
  const local = `${here.time} ${zone}`
  const short = inZone(start, timeZone, { day: 'numeric', month: 'long' })
  if (zone === 'UTC') return { date: here.date, local, short, text: `${here.date}\n${local}` }
  const there = span('UTC')
  const utc = `${there.date === here.date ? '' : `${there.date}, `}${there.time} UTC`
  return { date: here.date, local, utc, short, text: `${here.date}\n${local}\n${utc}` }
}
