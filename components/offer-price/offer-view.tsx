import type { ComponentProps } from 'react'
import type { Money, Offer, Workshop } from '@/lib/contract/types'
import { fill } from '../tokens/fill'
import { CodeField } from './code-field'
import { CountryPrice } from './country-price'
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
  /** Whether what only an offer can tell gets its room before there is one. */
  reserve: boolean
  locale: string | undefined
  formatPrice: (price: Money) => string
  labels: OfferLabels
  rootProps: ComponentProps<'section'>
  onApply: (code: string) => void
  onRemove: () => void
}

/** The price in one given state: no state of its own but what is typed, no network. */
export function OfferView(props: OfferViewProps) {
  const { workshop, state, labels, quantity, reserve, rootProps } = props
  const { offer } = state
  const onSale = !offer || offer.sale === 'open'
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
      aria-busy={state.status === 'loading' || !!state.applying}
    >
      <Price {...props} />
      <p data-slot="offer-reason">
        {offer && offer.discount.amount > 0 ? (
          <>
            {offer.reason}. {fill(labels.saving, { amount: props.formatPrice(offer.discount) })}
          </>
        ) : (
          quantity > 1 && fill(labels.seats, { quantity })
        )}
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
      {onSale && offer?.ppp && <CountryPrice {...props} ppp={offer.ppp} />}
      {onSale && props.codeField && <CodeField {...props} />}
    </section>
  )
}

function Price({ workshop, state, labels, quantity, formatPrice }: OfferViewProps) {
  const { offer } = state
  const total =
    offer?.total ?? (workshop.price && { ...workshop.price, amount: workshop.price.amount * quantity })
  if (!total) return <p data-slot="offer-price">{labels.unpriced}</p>
  const reduced = offer && offer.discount.amount > 0
  return (
    <p data-slot="offer-price">
      {reduced && (
        <>
          <span data-slot="offer-unseen">{labels.regularPrice} </span>
          <s data-slot="offer-base">{formatPrice(offer.base)}</s>{' '}
          <span data-slot="offer-unseen">{labels.priceNow} </span>
        </>
      )}
      {/* What is told beside another price is another part, not one that has moved. */}
      <strong key={String(reduced)} data-slot="offer-total">
        {total.amount === 0 ? labels.free : formatPrice(total)}
      </strong>
      {quantity > 1 && reduced && <span data-slot="offer-quantity"> {fill(labels.seats, { quantity })}</span>}
    </p>
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
