import { useState } from 'react'
import type { Offer } from '@/lib/contract/types'
import { countryLabels } from './country-labels'
import type { OfferLabels } from './labels'

type Props = {
  ppp: NonNullable<Offer['ppp']>
  labels: OfferLabels
  codeParam: string
  locale: string | undefined
  onApply: (code: string) => void
}

/** A country price is offered and never assumed. */
export default function CountryPrice({ ppp, codeParam, locale = 'en', onApply, ...props }: Props) {
  const labels = { ...countryLabels, ...props.labels }
  const [declined, setDeclined] = useState(false)
  if (declined) return null
  const country = new Intl.DisplayNames(locale, { type: 'region' }).of(ppp.country) ?? ppp.country
  return (
    <form
      data-slot="offer-ppp"
      onSubmit={(event) => {
        event.preventDefault()
        onApply(ppp.couponCode)
      }}
    >
      <p>
        {labels.pppOffer.replaceAll('{country}', country).replaceAll('{percent}', String(ppp.percentOff))}
      </p>
      <input type="hidden" name={codeParam} value={ppp.couponCode} />
      <div data-slot="offer-ways">
        <button type="submit">{labels.pppAccept.replaceAll('{country}', country)}</button>
        <button
          type="button"
          onClick={(event) => {
            // This button unmounts; move focus first so keyboard users aren't sent to the top.
            event.currentTarget.closest('section')?.focus()
            setDeclined(true)
          }}
        >
          {labels.pppDecline}
        </button>
      </div>
    </form>
  )
}
