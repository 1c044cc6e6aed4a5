import { formatMoment, formatOffset } from '../time/format-time'
import { useNow, useVisitorZone } from '../time/use-browser'
import { fill } from '../tokens/fill'
import type { OfferLabels } from './labels'

type Props = { endsAt: string; timeZone: string; locale: string | undefined; labels: OfferLabels }

/** Until when the price holds: in the workshop's zone on the server, in the visitor's own once that is known. */
export function OfferEnd({ endsAt, timeZone, locale, labels }: Props) {
  const visitorZone = useVisitorZone()
  const now = useNow()
  const date = formatMoment(endsAt, { timeZone: visitorZone ?? timeZone, locale })
  const left = now === undefined ? undefined : timeLeft(Date.parse(endsAt) - now, locale)
  const text = visitorZone
    ? fill(labels.untilYours, { date, left: left && fill(labels.left, { left }) })
    : fill(labels.until, { date: `${date} (${formatOffset(endsAt, { timeZone })})` })
  return (
    <p data-slot="offer-until">
      <time dateTime={endsAt}>{text}</time>
    </p>
  )
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** "11 days" with a no-break space, rounded down; nothing within the last minute, or once it is over. */
function timeLeft(ms: number, locale = 'en-GB'): string | undefined {
  for (const [unit, length] of units) {
    const count = Math.floor(ms / length)
    if (count >= 1)
      return count.toLocaleString(locale, { style: 'unit', unit, unitDisplay: 'long' }).replace(' ', '\u00a0')
  }
  return undefined
}
