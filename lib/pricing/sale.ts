import type { SaleState } from '@/lib/contract/types'
import { isTimeZone } from './early-bird'

export type SaleInput = {
  now: Date
  /** ISO 8601: Course Builder's `openEnrollment` and `closeEnrollment`. */
  openEnrollment?: string | undefined
  closeEnrollment?: string | undefined
  /** ISO 8601: the end of the event. */
  endsAt?: string | undefined
  /** Course Builder's `state`: draft, published, archived, deleted. Older rows have none. */
  state?: string | undefined
  /** Seats in all; negative means unlimited. */
  capacity?: number | undefined
  /** Seats neither sold nor held; absent where they are unlimited, or not known here. */
  seatsLeft?: number | undefined
}

export type Sale = {
  state: SaleState
  /** When the sale opens (`not-open`) or closed (`closed`), where a date says so. */
  changesAt?: Date
  /** When the sale ends; nothing may be sold from this instant on. */
  closesAt?: Date
}

/** A date that can't be read is no date: a typo in an editor closes no sale and opens none. */
function instant(text: string | undefined): Date | undefined {
  const date = text === undefined ? undefined : new Date(text)
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date
}

const earlier = (left: Date | undefined, right: Date | undefined) =>
  left && right ? (left < right ? left : right) : (left ?? right)

/**
 * Whether seats are on sale. The sale ends with `closeEnrollment` or with the event, whichever comes first: without a
 * closing date a workshop that has begun still sells, one that is over never does. Open at the very instant of
 * `openEnrollment`, closed at the very instant of its end. Closed counts more than not yet open, and both more than sold out.
 */
export function decideSale(input: SaleInput): Sale {
  const { now } = input
  const opensAt = instant(input.openEnrollment)
  const closesAt = earlier(instant(input.closeEnrollment), instant(input.endsAt))
  const end = closesAt && { closesAt }
  if (closesAt && closesAt <= now) return { state: 'closed', changesAt: closesAt, closesAt }
  if (input.state === 'draft') return { state: 'not-open', ...end }
  if (input.state !== undefined && input.state !== 'published') return { state: 'closed', ...end }
  if (opensAt && now < opensAt) return { state: 'not-open', changesAt: opensAt, ...end }
  const unlimited = input.capacity !== undefined && input.capacity < 0
  const none = input.capacity === 0 || (input.seatsLeft !== undefined && input.seatsLeft <= 0)
  return { state: none && !unlimited ? 'sold-out' : 'open', ...end }
}

/** The state as a person reads it; days are those of the workshop's own zone. */
export function saleSentence(sale: Sale, timeZone: string, capacity?: number): string {
  const day = sale.changesAt && dayIn(sale.changesAt, timeZone)
  switch (sale.state) {
    case 'open':
      return 'Registration is open.'
    case 'sold-out':
      return capacity === undefined || capacity < 2
        ? 'All seats are taken.'
        : `All ${capacity} seats are taken.`
    case 'not-open':
      return day ? `Registration opens on ${day}.` : 'Registration is not open yet.'
    case 'closed':
      return day ? `Registration closed on ${day}.` : 'Registration is closed.'
  }
}

function dayIn(instant: Date, timeZone: string): string {
  const zone = isTimeZone(timeZone) ? timeZone : 'UTC'
  return instant.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', timeZone: zone })
}
