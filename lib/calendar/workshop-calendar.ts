import { createEvents } from 'ics'
import { describeWhen } from './when'

export type WorkshopCalendar = {
  /** See `workshopUid`: the same event under the same name, so that importing it twice is once. */
  uid: string
  title: string
  /** ISO 8601 instants. */
  startsAt: string
  endsAt: string
  /** IANA zone in which the workshop takes place. */
  timeZone: string
  /** The workshop's page; left out unless it is http(s). */
  url: string
  description: string
  location?: string
  organizer?: { name: string; email: string }
  /** Raised when a date moves, so that calendars replace what they have. */
  sequence?: number
  /** When this was written, ISO 8601. A message that may be repeated gives a fixed one. @default now */
  stampedAt?: string
}

/** Line breaks stay, every other control character (a lone CR is one) would break the format. */
const clean = (text: string) => text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n\t]/gu, '')
const line = (text: string) => clean(text).replace(/\s+/g, ' ').trim()

const httpUrl = (value: string) => {
  const url = URL.canParse(value) ? new URL(value) : undefined
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : undefined
}

const plainAddress = (value: string) => /^[^\s@<>,;:"\\]+@[^\s@<>,;:"\\]+$/.test(value)

/** RFC 5545 3.1 counts octets where `ics` counts characters. */
function refold(calendar: string): string {
  const encoder = new TextEncoder()
  return calendar
    .replaceAll('\r\n\t', '')
    .split('\r\n')
    .map((content) => {
      let folded = ''
      let octets = 0
      for (const character of content) {
        const size = encoder.encode(character).length
        if (octets + size > 75) {
          folded += '\r\n '
          octets = 1
        }
        folded += character
        octets += size
      }
      return folded
    })
    .join('\r\n')
}

/**
 * One workshop as an iCalendar file (RFC 5545) to publish: instants in UTC, CRLF, escaped text.
 * @throws where a date can't be read or the end is not after the start.
 */
export function workshopCalendar(workshop: WorkshopCalendar): string {
  const start = Date.parse(workshop.startsAt)
  const end = Date.parse(workshop.endsAt)
  if (!(end > start)) throw new RangeError('A workshop ends after it starts')
  const title = line(workshop.title)
  const url = httpUrl(workshop.url)
  const description = [clean(workshop.description).trim(), describeWhen(workshop).text, url]
  const organizer = workshop.organizer
  const { error, value } = createEvents(
    [
      {
        uid: line(workshop.uid),
        title,
        start,
        startOutputType: 'utc',
        end,
        endOutputType: 'utc',
        description: description.filter(Boolean).join('\n\n'),
        status: 'CONFIRMED',
        busyStatus: 'BUSY',
        transp: 'OPAQUE',
        sequence: workshop.sequence ?? 0,
        ...(url ? { url } : {}),
        ...(workshop.location ? { location: line(workshop.location) } : {}),
        ...(organizer && plainAddress(organizer.email)
          ? // A quoted parameter has no way to hold a quote (RFC 5545 3.2).
            { organizer: { name: line(organizer.name).replaceAll('"', "'"), email: organizer.email } }
          : {}),
        ...stamp(workshop.stampedAt),
      },
    ],
    { productId: '-//Workshop Checkout//EN', method: 'PUBLISH' },
  )
  if (error || !value) throw new Error('The calendar file could not be written', { cause: error })
  return refold(value)
}

/** `ics` takes a `timestamp` (its DTSTAMP) that its types don't name. */
const stamp = (at: string | undefined): object => (at === undefined ? {} : { timestamp: Date.parse(at) })

/**
 * The name of a workshop's calendar event, the same in the e-mail, on the confirmation page and for every purchase of
 * one buyer, so that whoever adds it twice has it once.
 */
export function workshopUid(workshop: { slug: string; url: string }): string {
  const host = URL.canParse(workshop.url) ? new URL(workshop.url).hostname : 'localhost'
  return `workshop-${encodeURIComponent(workshop.slug)}@${host}`
}
