import type { ComponentProps, ReactNode } from 'react'
import type { Money } from '@/lib/contract/types'
import { fill } from '../tokens/fill'
import styles from './checkout-status.module.css'
import type { StatusLabels } from './labels'
import { StatusPurchase } from './status-purchase'
import type { StatusState } from './use-checkout-status'

export type StatusViewProps = {
  state: StatusState
  workshopUrl: string | undefined
  headingLevel: 1 | 2 | 3
  locale: string | undefined
  formatPrice: (price: Money) => string
  labels: StatusLabels
  rootProps: ComponentProps<'section'>
  next: ReactNode
  onAgain: () => void
}

type Status = StatusState['status']

const tones: Partial<Record<Status, 'success' | 'problem' | 'waiting'>> = {
  confirmed: 'success',
  failed: 'problem',
  expired: 'problem',
  'not-found': 'problem',
}

/** The confirmation in one given state: no state of its own, no network. */
export function StatusView(props: StatusViewProps) {
  const { state, labels, headingLevel, rootProps, next } = props
  const Heading = `h${headingLevel}` as const
  const [title, text] = words(props)
  const tone = tones[state.status] ?? 'waiting'
  const waiting = state.status === 'verifying' || state.status === 'slow'
  const className = [styles.root, rootProps.className].filter(Boolean).join(' ')
  const sale = 'checkout' in state ? state.checkout : undefined
  return (
    <section {...rootProps} className={className} data-slot="status" data-state={state.status}>
      <div role="status" className={styles.said} data-slot="status-message">
        <Heading className={styles.title}>
          {waiting ? (
            <span className={styles.spinner} data-slot="status-spinner" />
          ) : (
            <span className={styles[tone]} />
          )}
          {title}
        </Heading>
        {text && <p className={styles.text}>{text}</p>}
      </div>
      {sale && <StatusPurchase {...props} sale={sale} withCalendar={state.status === 'confirmed'} />}
      {state.status === 'confirmed' && next && (
        <div className={styles.next} data-slot="status-next">
          {next}
        </div>
      )}
      <WaysOn {...props} labels={labels} />
    </section>
  )
}

/** What happened, and what it means for the buyer. */
function words({ state, labels, formatPrice }: StatusViewProps): [string, string] {
  switch (state.status) {
    case 'verifying':
      return [labels.verifying, labels.verifyingText]
    case 'slow':
      return [labels.slow, labels.slowText]
    case 'late':
      return [labels.late, labels.lateText]
    case 'processing':
      return [labels.processing, labels.processingText]
    case 'failed':
      return [labels.failed, labels.failedText]
    case 'expired':
      return [labels.expired, labels.expiredText]
    case 'not-found':
      return [labels.notFound, labels.notFoundText]
    case 'offline':
      return [labels.offline, labels.offlineText]
    case 'no-session':
      return [labels.noSession, labels.noSessionText]
    case 'confirmed': {
      const email = state.checkout.purchase?.emailMasked
      return [labels.confirmed, email ? fill(labels.confirmedText, { email }) : '']
    }
    case 'refunded': {
      const { purchase } = state.checkout
      const amount =
        purchase && formatPrice(purchase.refunded.amount > 0 ? purchase.refunded : purchase.total)
      return [labels.refundedTitle, amount ? fill(labels.refundedText, { amount }) : '']
    }
  }
}

/** The one next step. */
function WaysOn({ state, labels, workshopUrl, onAgain }: StatusViewProps) {
  const back = (label: string, className: string | undefined) =>
    workshopUrl && (
      <a className={className} href={workshopUrl}>
        {label}
      </a>
    )
  switch (state.status) {
    case 'late':
    case 'processing':
      return (
        <p className={styles.ways}>
          <button type="button" className={styles.way} onClick={onAgain}>
            {labels.checkAgain}
          </button>
          {back(labels.backToWorkshop, styles.way)}
        </p>
      )
    case 'failed':
    case 'expired':
      return <p className={styles.ways}>{back(labels.tryAgain, styles.primary)}</p>
    case 'not-found':
      return (
        <p className={styles.ways}>
          <button type="button" className={styles.way} onClick={onAgain}>
            {labels.checkAgain}
          </button>
          {back(labels.backToWorkshop, styles.way)}
        </p>
      )
    case 'no-session':
    case 'refunded':
      return <p className={styles.ways}>{back(labels.backToWorkshop, styles.way)}</p>
    default:
      return null
  }
}
