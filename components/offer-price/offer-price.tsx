'use client'

import type { ComponentProps } from 'react'
import type { Money, Offer, Workshop } from '@/lib/contract/types'
import { formatMoney } from '../money/format-money'
import { type OfferLabels, offerLabels } from './labels'
import { OfferView } from './offer-view'
import { useOffer } from './use-offer'

export type OfferPriceProps = Omit<ComponentProps<'section'>, 'children'> & {
  /** What is sold. Its `price` is shown until the visitor's own is known. */
  workshop: Workshop
  /** What this visitor would pay, rendered on the server: then nothing loads and nothing shifts. */
  offer?: Offer | null | undefined
  /** The code to begin with, e.g. from the page's address. */
  couponCode?: string | undefined
  /** Seats, 1 to 100. @default 1 */
  quantity?: number | undefined
  /** @default '/api/workshop/{slug}/offer' */
  endpoint?: string | undefined
  /** Seats left stand out when there are this many or fewer. @default 5 */
  fewSeats?: number | undefined
  /** When seats left are named at all. @default 'few' */
  showSeats?: 'few' | 'always' | undefined
  /** Whether a code can be typed. @default true */
  codeField?: boolean | undefined
  /** The name under which the code is sent where no script runs: the page reads it from its own address. @default 'coupon' */
  codeParam?: string | undefined
  /** Where visitors who are not signed in can do so; shown where a code is refused that is not for everybody. */
  signInUrl?: string | undefined
  /** BCP 47, for prices and dates. @default 'en-US' for prices, 'en-GB' for dates */
  locale?: string | undefined
  /** Writes every price. @default Intl's currency format */
  formatPrice?: ((price: Money) => string) | undefined
  /** Texts of your own, as far as you want them. */
  labels?: Partial<OfferLabels> | undefined
}

/**
 * What this visitor would pay and why: the price, the one it replaces, until when it holds, seats left when they are
 * few, a field for a code and the offer of a country price. What is chosen here is what `<RegisterButton>` on the same
 * page charges. On its root, `data-state` is `loading`, `ready` or `stale`, `data-tier` the offer's tier.
 */
export function OfferPrice(props: OfferPriceProps) {
  const {
    workshop,
    offer,
    couponCode,
    quantity = 1,
    endpoint,
    fewSeats = 5,
    showSeats = 'few',
    codeField = true,
    codeParam = 'coupon',
    signInUrl,
    locale,
    formatPrice = (price) => formatMoney(price, locale),
    labels,
    ...rootProps
  } = props
  const { state, apply, remove } = useOffer({ workshop, offer, couponCode, quantity, endpoint })
  return (
    <OfferView
      workshop={workshop}
      state={state}
      quantity={quantity}
      fewSeats={fewSeats}
      showSeats={showSeats}
      codeField={codeField}
      codeParam={codeParam}
      signInUrl={signInUrl}
      reserve={!offer}
      locale={locale}
      formatPrice={formatPrice}
      labels={{ ...offerLabels, ...labels }}
      rootProps={rootProps}
      onApply={apply}
      onRemove={remove}
    />
  )
}
