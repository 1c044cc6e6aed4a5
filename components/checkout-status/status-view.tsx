import { type ComponentProps, type ComponentType, lazy, type ReactNode, Suspense } from 'react'
import type { Money, Workshop } from '@/lib/contract/types'
import { formatOffset, formatRange, placeOf } from '../time/format-time'
import { useVisitorZone } from '../time/use-browser'
import { fill } from '../tokens/fill'
import type { CalendarSitesProps } from './calendar-sites'
import styles from './checkout-status.module.css'
import type { StatusLabels } from './labels'
import type { StatusState } from './use-checkout-status'

export type StatusViewProps = {
  state: StatusState
  workshop: Workshop | undefined
  workshopUrl: string | undefined
  headingLevel: 1 | 2 | 3
  locale: string | undefined
  formatPrice: (price: Money) => string
  labels: StatusLabels
  rootProps: ComponentProps<'section'>
  next: ReactNode
  onAgain: () => void
}

/** The way on from each state that has one: look again, start again, or only back to the workshop. */
const ways: Partial<Record<StatusState['status'], 'look' | 'start' | 'back'>> = {
  late: 'look',
  processing: 'look',
  'not-found': 'look',
  failed: 'start',
  expired: 'start',
  refunded: 'back',
  'no-session': 'back',
}

/** Comes once a sale is confirmed; its words keep its room until then. Without it there is still the calendar file. */
const CalendarSites = lazy<ComponentType<CalendarSitesProps>>(() =>
  import('./calendar-sites').catch(() => ({ default: () => null })),
)

/** The confirmation in one given state: no state of its own, no network. */
export function StatusView(props: StatusViewProps) {
  const { state, headingLevel, rootProps, next } = props
  const { status, checkout } = state
  const Heading = `h${headingLevel}` as const
  const [title, text] = words(props)
  const workshop = checkout?.workshop ?? props.workshop
  return (
    <section
      tabIndex={-1}
      {...rootProps}
      className={`${styles.root} ${rootProps.className ?? ''}`.trim()}
      data-slot="status"
      data-state={status}
    >
      <div role="status">
        {/* Remount on state change so the browser doesn't count the swap as layout shift. */}
        <div key={status} data-slot="status-message">
          <Heading data-slot="status-title" data-sign="">
            {(status === 'verifying' || status === 'slow') && <span data-slot="status-spinner" />}
            {title}
          </Heading>
          {text && <p data-slot="status-text">{text}</p>}
        </div>
      </div>
      <div key={status} data-slot="status-rest">
        {workshop && <p data-slot="status-workshop">{workshop.title}</p>}
        {(status === 'confirmed' || status === 'processing' || status === 'refunded') && <Facts {...props} />}
        {status === 'confirmed' && next && <div data-slot="status-next">{next}</div>}
        <WaysOn {...props} />
      </div>
    </section>
  )
}

/** What happened, and what it means for the buyer. */
function words({ state: { status, checkout }, labels, formatPrice }: StatusViewProps): [string, string] {
  const sale = checkout?.purchase
  // A sale that is recorded and not yet over is one beyond the last seat.
  const key = sale && status === 'processing' ? 'refunding' : status
  const text = labels[`${key}Text`]
  if (!sale?.emailMasked) return [labels[key], text.includes('{') ? '' : text]
  const back = sale.refunded.amount > 0 ? sale.refunded : sale.total
  return [labels[key], fill(text, { email: sale.emailMasked, amount: formatPrice(back) })]
}

/** When it takes place, and what was paid. */
function Facts({ state: { status, checkout }, labels, locale, formatPrice }: StatusViewProps) {
  const { purchase, workshop } = checkout ?? {}
  return (
    <dl data-slot="status-facts">
      {workshop && (
        <Fact name={labels.when}>
          <When workshop={workshop} labels={labels} locale={locale} />
        </Fact>
      )}
      {workshop && status === 'confirmed' && (
        <Fact name={labels.addToCalendar}>
          <a href={workshop.calendarUrl} download>
            {labels.calendarFile}
          </a>
          <Suspense fallback={[labels.google, labels.outlook].map((name) => <span key={name}>{name}</span>)}>
            <CalendarSites workshop={workshop} labels={labels} />
          </Suspense>
        </Fact>
      )}
      {purchase && (
        <>
          {purchase.quantity > 1 && <Fact name={labels.seats}>{purchase.quantity}</Fact>}
          <Fact name={labels.paid}>
            {purchase.total.amount === 0 ? labels.nothingPaid : formatPrice(purchase.total)}{' '}
            {purchase.receiptUrl && <Outside href={purchase.receiptUrl}>{labels.receipt}</Outside>}
          </Fact>
          {purchase.refunded.amount > 0 && (
            <Fact name={labels.refundedAmount}>{formatPrice(purchase.refunded)}</Fact>
          )}
        </>
      )}
    </dl>
  )
}

type WhenProps = { workshop: Workshop; labels: StatusLabels; locale: string | undefined }

/** In the visitor's zone once that is known, and in the workshop's where the two differ. */
function When({ workshop: { startsAt, endsAt, timeZone }, labels, locale }: WhenProps) {
  const own = useVisitorZone()
  const there = { timeZone, locale }
  const here = { timeZone: own ?? timeZone, locale }
  const offset = formatOffset(startsAt, there)
  const ownOffset = formatOffset(startsAt, here)
  const place = placeOf(timeZone)
  const atPlace = fill(labels.workshopTime, { moment: formatRange(startsAt, endsAt, there), place, offset })
  return (
    <>
      <time dateTime={startsAt}>
        {own
          ? fill(labels.yourTime, { moment: formatRange(startsAt, endsAt, here), offset: ownOffset })
          : atPlace}
      </time>
      {/* Empty on the server: its room is reserved, so that nothing moves when the visitor's zone is known. */}
      <span data-slot="status-there">
        {own && (ownOffset === offset ? fill(labels.sameTime, { place }) : atPlace)}
      </span>
    </>
  )
}

/** The one next step. */
function WaysOn({ state: { status }, labels, workshopUrl, onAgain }: StatusViewProps) {
  const way = ways[status]
  const over = way === 'start'
  if (!way) return null
  return (
    <p data-slot="status-ways">
      {way === 'look' && (
        <button
          type="button"
          onClick={(event) => {
            // This button unmounts; move focus first so keyboard users aren't sent to the top.
            event.currentTarget.closest('section')?.focus()
            onAgain()
          }}
        >
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

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

/** Another site learns nothing of this page's address, which carries the session. */
const Outside = (props: ComponentProps<'a'>) => <a {...props} target="_blank" rel="noopener noreferrer" />
