import { formatMoney } from '../money/format-money'
import { useVisitorZone } from '../time/use-browser'
import { fill } from '../tokens/fill'
import styles from './register-button.module.css'
import type { RegisterViewProps } from './register-props'

/** The words under the button: what happens next, what is happening, or what happened and the way on. */
export function RegisterMessage(props: RegisterViewProps & { id: string }) {
  const zone = useVisitorZone() ?? props.workshop.timeZone
  const { state, labels } = props
  const { status } = state
  return (
    <div className={styles.message} data-slot="register-message">
      <p id={props.id} role="status" data-slot="register-status">
        {status === 'error' && <span className={styles.problem} />}
        {status === 'already-registered' && <span className={styles.success} />}
        {words(props, zone)}
      </p>
      {state.status === 'falling-back' && (
        <p className={styles.ways}>
          <a href={state.url}>{labels.goNow}</a>{' '}
          <button type="button" onClick={props.onReset}>
            {labels.stay}
          </button>
        </p>
      )}
    </div>
  )
}

function words({ state, labels, offer, workshop, locale }: RegisterViewProps, timeZone: string) {
  const on = (label: string, undated: string, style: Intl.DateTimeFormatOptions) => {
    const at = offer?.saleChangesAt
    const date =
      at &&
      new Date(at).toLocaleString(locale ?? 'en-GB', { timeZone, day: 'numeric', month: 'long', ...style })
    return date ? fill(label, { date }) : undated
  }
  switch (state.status) {
    case 'submitting':
      if (state.retryIn) return fill(labels.retrying, { seconds: state.retryIn })
      return state.slow ? labels.slow : <span className={styles.unseen}>{labels.submitting}</span>
    case 'falling-back':
      return `${labels.fallingBack} ${
        state.price
          ? fill(labels.fallbackPrice, { price: formatMoney(state.price, locale) })
          : state.price === null
            ? labels.fallbackPriceUnknown
            : ''
      }`
    case 'error':
    case 'already-registered':
      return state.message
    case 'sold-out':
      return workshop.capacity ? fill(labels.soldOut, { seats: workshop.capacity }) : labels.soldOutUncounted
    case 'closed':
      return on(labels.closed, labels.closedUndated, {})
    case 'not-open':
      return on(labels.notOpen, labels.notOpenUndated, {
        weekday: 'long',
        hour: '2-digit',
        minute: '2-digit',
      })
    default:
      return labels.note
  }
}
