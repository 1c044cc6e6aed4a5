'use client'

import { formatOffset, formatRange, placeOf } from '@/components/time/format-time'
import { useVisitorZone } from '@/components/time/use-browser'
import type { Workshop } from '@/lib/contract/types'
import styles from './site.module.css'

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
        {formatRange(startsAt, endsAt, { timeZone })} in {placeOf(timeZone)} ({offset})
      </time>
      <span className={styles.own}>
        {differs
          ? `${formatRange(startsAt, endsAt, { timeZone: own })} your time (${formatOffset(startsAt, { timeZone: own })})`
          : own && 'which is your own time'}
      </span>
    </>
  )
}
