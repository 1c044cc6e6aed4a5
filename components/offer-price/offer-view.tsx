import { type ComponentProps, lazy, Suspense } from 'react'
import type { Money, Offer, Workshop } from '@/lib/contract/types'
import { fill } from '../tokens/fill'
import { CodeField } from './code-field'
import type { OfferLabels } from './labels'
import { OfferEnd } from './offer-end'
import styles from './offer-price.module.css'
import type { OfferState } from './use-offer'

export type OfferViewProps = {
  workshop: Workshop
  state: OfferState
  quantity: number
  fewSeats: number
  showSeats: 'few' | 'always'
  codeField: boolean
  codeParam: string
  signInUrl: string | undefined
  /** Whether what only an offer can tell gets its room before there is one. */
  reserve: boolean
  locale: string | undefined
  formatPrice: (price: Money) => string
  labels: OfferLabels
  rootProps: ComponentProps<'section'>
  onApply: (code: string) => void
  onRemove: () => void
}

/** For buyers of a few countries, so it comes when it is wanted. Without it they pay the regular price. */
const CountryPrice = lazy(() => import('./country-price').catch(() => ({ default: () => null })))

/** The price in one given state: no state of its own but what is typed, no network. */
export function OfferView(props: OfferViewProps) {
  const { workshop, state, labels, quantity, reserve, rootProps, formatPrice } = props
  const { offer } = state
  const onSale = !offer || offer.sale === 'open'
  const reduced = onSale && offer && offer.discount.amount > 0
  // What nobody can buy now has its regular price.
  const total =
    (onSale ? offer?.total : offer.base) ??
    (workshop.price && { ...workshop.price, amount: workshop.price.amount * quantity })
  const price = total && (total.amount === 0 ? labels.free : formatPrice(total))
  return (
    <section
      tabIndex={-1}
      {...rootProps}
      className={`${styles.root} ${rootProps.className ?? ''}`.trim()}
      data-slot="offer"
      data-state={state.status}
      data-tier={offer?.tier}
      data-sale={offer?.sale}
      data-reserve={reserve || undefined}
      aria-busy={state.status === 'loading' || state.checking}
    >
      <p data-slot="offer-price">
        {reduced && (
          <>
            <span data-slot="offer-unseen">{labels.regularPrice} </span>
            <s data-slot="offer-base">{formatPrice(offer.base)}</s>{' '}
            <span data-slot="offer-unseen">{labels.priceNow} </span>
          </>
        )}
        {price ? (
          // Remount beside another price so the browser doesn't count the move as layout shift.
          <strong key={String(reduced)} data-slot="offer-total">
            {price}
          </strong>
        ) : (
          labels.unpriced
        )}
        {quantity > 1 && reduced && (
          <span data-slot="offer-quantity"> {fill(labels.seats, { quantity })}</span>
        )}
      </p>
      <p data-slot="offer-reason">
        {!onSale
          ? labels[offer.sale as 'closed']
          : reduced
            ? offer.withoutCode
              ? offer.reason
              : `${offer.reason}. ${fill(labels.saving, { amount: formatPrice(offer.discount) })}`
            : quantity > 1 && fill(labels.seats, { quantity })}
      </p>
      {onSale &&
        (offer?.endsAt ? (
          <OfferEnd {...props} endsAt={offer.endsAt} timeZone={workshop.timeZone} />
        ) : (
          reserve && <p data-slot="offer-until" />
        ))}
      {offer?.sale !== 'closed' && <SeatsLeft {...props} offer={offer} />}
      {state.status === 'stale' && !state.problem && (
        <p role="status" data-slot="offer-stale">
          {labels.stale}
        </p>
      )}
      <Suspense>{onSale && offer?.ppp && <CountryPrice {...props} ppp={offer.ppp} />}</Suspense>
      {onSale && props.codeField && <CodeField {...props} price={price} />}
    </section>
  )
}

function SeatsLeft(props: OfferViewProps & { offer: Offer | undefined }) {
  const { labels } = props
  const seats = props.offer?.seatsLeft
  if (seats === undefined || seats < 1) return null
  const few = seats <= props.fewSeats
  if (!few && props.showSeats === 'few') return null
  return (
    <p data-slot="offer-seats" data-state={few ? 'few' : undefined}>
      {seats === 1 ? labels.seatLeft : fill(labels.seatsLeft, { seats })}
    </p>
  )
}
