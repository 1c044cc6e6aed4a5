import type { Offer, Workshop } from '@/lib/contract/types'
import { formatMoney } from '../money/format-money'
import { formatDate, formatMoment } from '../time/format-time'
import { useVisitorZone } from '../time/use-browser'
import { fill } from '../tokens/fill'
import { Icon } from '../tokens/icon'
import type { RegisterLabels } from './labels'
import styles from './register-button.module.css'
import type { RegisterChange, RegisterState } from './register-state'

type Props = {
  id: string
  workshop: Workshop & { capacity?: number }
  state: RegisterState
  labels: RegisterLabels
  offer: Offer | undefined
  locale: string | undefined
  onRegister: (change?: RegisterChange) => void
  onReset: () => void
}

/** The words under the button: what happens next, what is happening, or what happened and the way on. */
export function RegisterMessage({ id, ...props }: Props) {
  const zone = useVisitorZone() ?? props.workshop.timeZone
  const { state, labels } = props
  const icon =
    state.status === 'error' ? 'problem' : state.status === 'already-registered' ? 'success' : undefined
  return (
    <div className={styles.message} data-slot="register-message">
      <p id={id} role="status" data-slot="register-status">
        {icon && <Icon shape={icon} className={styles[icon]} />}
        {state.status === 'submitting' && !state.slow && state.retryIn === undefined && (
          <span className={styles.unseen}>{labels.submitting}</span>
        )}
        {words(props, zone)}
      </p>
      <WaysOut {...props} />
    </div>
  )
}

function words({ state, labels, offer, workshop, locale }: Omit<Props, 'id'>, timeZone: string): string {
  const date = offer?.saleChangesAt
  switch (state.status) {
    case 'submitting':
      if (state.retryIn !== undefined) return fill(labels.retrying, { seconds: state.retryIn })
      return state.slow ? labels.slow : ''
    case 'falling-back': {
      if (state.price === undefined) return labels.fallingBack
      if (state.price === null) return `${labels.fallingBack} ${labels.fallbackPriceUnknown}`
      const price = formatMoney(state.price, locale)
      return `${labels.fallingBack} ${fill(labels.fallbackPrice, { price })}`
    }
    case 'error':
      return state.code === 'invalid_coupon' && state.couponCode
        ? fill(labels.invalidCoupon, { code: state.couponCode })
        : state.message
    case 'already-registered':
      return state.message || labels.alreadyRegistered
    case 'sold-out':
      return workshop.capacity ? fill(labels.soldOut, { seats: workshop.capacity }) : labels.soldOutUncounted
    case 'closed':
      if (!date) return labels.closedUndated
      return fill(labels.closed, { date: formatDate(date, { timeZone, locale }) })
    case 'not-open':
      if (!date) return labels.notOpenUndated
      return fill(labels.notOpen, { date: formatMoment(date, { timeZone, locale }) })
    default:
      return labels.note
  }
}

/** What the buyer can do now, besides pressing the button. */
function WaysOut({ state, labels, onRegister, onReset }: Omit<Props, 'id'>) {
  if (state.status === 'falling-back')
    return (
      <p className={styles.ways}>
        <a href={state.url}>{labels.goNow}</a>{' '}
        <button type="button" onClick={onReset}>
          {labels.stay}
        </button>
      </p>
    )
  if (state.status === 'already-registered')
    return (
      <p className={styles.ways}>
        {state.confirmationUrl && <a href={state.confirmationUrl}>{labels.seeRegistration}</a>}{' '}
        <button type="button" onClick={() => onRegister({ allowDuplicate: true })}>
          {labels.buyAnother}
        </button>
      </p>
    )
  if (state.status === 'error' && (state.code === 'invalid_coupon' || state.code === 'coupon_not_eligible'))
    return (
      <p className={styles.ways}>
        <button type="button" onClick={() => onRegister({ couponCode: null })}>
          {labels.withoutCode}
        </button>
      </p>
    )
  return null
}
