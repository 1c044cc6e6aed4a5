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

/** The confirmation in one given state: no state of its own, no network. */
export function StatusView(props: StatusViewProps) {
  const { state, headingLevel, rootProps, next } = props
  const Heading = `h${headingLevel}` as const
  const [title, text] = words(props)
  const waiting = state.status === 'verifying' || state.status === 'slow'
  const className = [styles.root, rootProps.className].filter(Boolean).join(' ')
  const sale = 'checkout' in state ? state.checkout : undefined
  return (
    <section {...rootProps} className={className} data-slot="status" data-state={state.status}>
      <div role="status" data-slot="status-message">
        <Heading data-slot="status-title" data-sign="">
          {waiting && <span data-slot="status-spinner" />}
          {title}
        </Heading>
        {text && <p data-slot="status-text">{text}</p>}
      </div>
      {sale && <StatusPurchase {...props} sale={sale} withCalendar={state.status === 'confirmed'} />}
      {state.status === 'confirmed' && next && <div data-slot="status-next">{next}</div>}
      <WaysOn {...props} />
    </section>
  )
}

/** What happened, and what it means for the buyer. */
function words({ state, labels, formatPrice }: StatusViewProps): [string, string] {
  const sale = 'checkout' in state ? state.checkout.purchase : undefined
  const text = labels[`${state.status}Text`]
  if (!sale) return [labels[state.status], text.includes('{') ? '' : text]
  const back = sale.refunded.amount > 0 ? sale.refunded : sale.total
  return [labels[state.status], fill(text, { email: sale.emailMasked, amount: formatPrice(back) })]
}

/** The one next step. */
function WaysOn({ state: { status }, labels, workshopUrl, onAgain }: StatusViewProps) {
  if (/^(verifying|slow|confirmed|offline)$/.test(status)) return null
  const again = /^(late|processing|not-found)$/.test(status)
  const over = /^(failed|expired)$/.test(status)
  return (
    <p data-slot="status-ways">
      {again && (
        <button type="button" onClick={onAgain}>
          {labels.checkAgain}
        </button>
      )}
      {workshopUrl && (
        <a data-slot={over ? 'status-primary' : undefined} href={workshopUrl}>
          {over ? labels.tryAgain : labels.backToWorkshop}
        </a>
      )}
    </p>
  )
}
