import type { ReactNode } from 'react'
import type { CheckoutStatus, Money, Workshop } from '@/lib/contract/types'
import { formatDay, formatMoment, formatOffset, formatRange, placeOf } from '../time/format-time'
import { useVisitorZone } from '../time/use-browser'
import { fill } from '../tokens/fill'
import { googleCalendarUrl, outlookCalendarUrl } from './calendar-links'
import type { StatusLabels } from './labels'

type Props = {
  sale: CheckoutStatus
  withCalendar: boolean
  labels: StatusLabels
  locale: string | undefined
  formatPrice: (price: Money) => string
}

/** What was bought, when it takes place, what was paid. */
export function StatusPurchase({ sale, withCalendar, labels, locale, formatPrice }: Props) {
  const { purchase, workshop } = sale
  return (
    <>
      {workshop && <p data-slot="status-workshop">{workshop.title}</p>}
      <dl data-slot="status-facts">
        {workshop && <When workshop={workshop} labels={labels} locale={locale} />}
        {purchase && (
          <>
            {purchase.quantity > 1 && <Fact name={labels.seats}>{purchase.quantity}</Fact>}
            <Fact name={labels.paid}>
              {purchase.total.amount === 0 ? labels.nothingPaid : formatPrice(purchase.total)}
            </Fact>
            {purchase.refunded.amount > 0 && (
              <Fact name={labels.refundedAmount}>{formatPrice(purchase.refunded)}</Fact>
            )}
            {purchase.emailMasked && <Fact name={labels.sentTo}>{purchase.emailMasked}</Fact>}
          </>
        )}
      </dl>
      {workshop && withCalendar && (
        <div data-slot="status-calendar">
          <p>{labels.addToCalendar}</p>
          <p data-slot="status-ways">
            <a href={workshop.calendarUrl} download>
              {labels.calendarFile}
            </a>
            <Outside href={googleCalendarUrl(workshop)}>{labels.google}</Outside>
            <Outside href={outlookCalendarUrl(workshop)}>{labels.outlook}</Outside>
          </p>
        </div>
      )}
      {purchase?.receiptUrl && (
        <p data-slot="status-ways">
          <Outside href={purchase.receiptUrl}>{labels.receipt}</Outside>
        </p>
      )}
    </>
  )
}

/** In the visitor's zone once that is known, and in the workshop's where the two differ. */
function When({
  workshop,
  labels,
  locale,
}: {
  workshop: Workshop
  labels: StatusLabels
  locale: string | undefined
}) {
  const { startsAt, endsAt, timeZone } = workshop
  const own = useVisitorZone()
  const there = { timeZone, locale }
  const moment = `${formatDay(startsAt, there)}, ${formatRange(startsAt, endsAt, there)}`
  const place = fill(labels.workshopTime, {
    moment,
    place: placeOf(timeZone),
    offset: formatOffset(startsAt, there),
  })
  const here = own ? { timeZone: own, locale } : undefined
  const differs = here !== undefined && formatOffset(startsAt, here) !== formatOffset(startsAt, there)
  return (
    <Fact name={labels.when}>
      <time dateTime={startsAt}>
        {here
          ? fill(labels.yourTime, {
              moment: formatMoment(startsAt, here),
              offset: formatOffset(startsAt, here),
            })
          : place}
      </time>
      {differs && <span data-slot="status-there">{place}</span>}
    </Fact>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

/** Another site learns nothing of this page's address, which carries the session. */
const Outside = ({ href, children }: { href: string; children: ReactNode }) => (
  <a href={href} target="_blank" rel="noopener noreferrer" referrerPolicy="no-referrer">
    {children}
  </a>
)
