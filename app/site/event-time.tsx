'use client'

import { formatDay, formatMoment, formatOffset, formatRange, placeOf } from '@/components/time/format-time'
import { useVisitorZone } from '@/components/time/use-browser'
import type { Workshop } from '@/lib/contract/types'

const inWords = (iso: string, endsAt: string, timeZone: string) => {
  const options = { timeZone }
  const sameDay = formatDay(iso, options) === formatDay(endsAt, options)
  return sameDay
    ? `${formatDay(iso, options)}, ${formatRange(iso, endsAt, options)}`
    : `${formatMoment(iso, options)} – ${formatMoment(endsAt, options)}`
}

/** When it takes place: where it does, and in the visitor's own time once that is known. */
export function EventTime({
  startsAt,
  endsAt,
  timeZone,
}: Pick<Workshop, 'startsAt' | 'endsAt' | 'timeZone'>) {
  const own = useVisitorZone()
  const offset = formatOffset(startsAt, { timeZone })
  const differs = own !== undefined && formatOffset(startsAt, { timeZone: own }) !== offset
  return (
    <>
      <time dateTime={startsAt}>
        {inWords(startsAt, endsAt, timeZone)} in {placeOf(timeZone)} ({offset})
      </time>
      <br />
      {differs
        ? `${inWords(startsAt, endsAt, own)} your time (${formatOffset(startsAt, { timeZone: own })})`
        : own
          ? 'which is your own time'
          : '\u00a0'}
    </>
  )
}
