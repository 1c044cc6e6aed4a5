import { formatDate, formatMoment, formatOffset } from '../time/format-time'
import { useVisitorZone } from '../time/use-browser'
import type { RegisterViewProps } from './register-props'
import { saleLabels } from './sale-labels'

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
  const options = { timeZone, locale }
  if (!opens) return labels.closed.replaceAll('{date}', formatDate(at, options))
  return labels.notOpen.replaceAll('{date}', `${formatMoment(at, options)} (${formatOffset(at, options)})`)
}
