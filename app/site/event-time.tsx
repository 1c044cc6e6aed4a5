'use client'

import { formatDay, formatMoment, formatOffset, formatTime, placeOf } from '@/components/time/format-time'
import { useVisitorZone } from '@/components/time/use-browser'
import type { Workshop } from '@/lib/contract/types'
import styles from './site.module.css'

const dayMs = 86_400_000

/** An evening that ends after midnight is one evening; what takes longer than a day names both. */
const inWords = (iso: string, endsAt: string, timeZone: string) => {
  const options = { timeZone }
  return Date.parse(endsAt) - Date.parse(iso) < dayMs
    ? `${formatDay(iso, options)}, ${formatTime(iso, options)}–${formatTime(endsAt, options)}`
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
      <span className={styles.own}>
        {differs
          ? `${inWords(startsAt, endsAt, own)} your time (${formatOffset(startsAt, { timeZone: own })})`
          : own && 'which is your own time'}
      </span>
    </>
  )
}
