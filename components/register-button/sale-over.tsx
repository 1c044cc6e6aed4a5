import { useVisitorZone } from '../time/use-browser'
import type { RegisterViewProps } from './register-props'
import { saleLabels } from './sale-labels'

const dayOnly: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long' }
const toTheMinute: Intl.DateTimeFormatOptions = {
  ...dayOnly,
  weekday: 'long',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
}

/** Why nobody can register now, and from or until when. */
export default function SaleOver({ state, offer, workshop, locale, ...props }: RegisterViewProps) {
  const timeZone = useVisitorZone() ?? workshop.timeZone
  const labels = { ...saleLabels, ...props.labels }
  if (state.status === 'sold-out')
    return workshop.capacity
      ? labels.soldOut.replaceAll('{seats}', String(workshop.capacity))
      : labels.soldOutUncounted

  const opens = state.status === 'not-open'
  const at = offer?.saleChangesAt
  if (!at) return opens ? labels.notOpenUndated : labels.closedUndated
  const style = opens ? toTheMinute : dayOnly
  const date = new Date(at).toLocaleString(locale ?? 'en-GB', { timeZone, ...style })
  return (opens ? labels.notOpen : labels.closed).replaceAll('{date}', date)
}
