import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Offer, Workshop } from '@/lib/contract/types'
import { useClient } from '../query/use-client'
import { chosenCode, select, useSelection } from '../selection/selection'
import { fetchOffer, type OfferError } from './fetch-offer'

export type UseOfferOptions = {
  workshop: Workshop
  offer?: Offer | null | undefined
  couponCode?: string | undefined
  quantity?: number | undefined
  endpoint?: string | undefined
}

/** What is known of the visitor's price. Its `status` is the `data-state` of the component. */
export type OfferState = {
  status: 'loading' | 'ready' | 'stale'
  offer: Offer | undefined
  /** The code in use. */
  couponCode: string | undefined
  /** Whether it is not known yet what is paid with that code, or now without one. */
  checking: boolean
  /** Why the code that was tried is not in use. */
  problem: { code: string; message: string; notEligible?: boolean } | undefined
  /** The visitor applied or removed a code here; the control that replaces it takes the focus. */
  acted: boolean
}

/** Everything that `<OfferPrice>` does, without its looks: fetches the offer, and shares it with the page's button. */
export function useOffer({ workshop, offer: initial, quantity = 1, ...options }: UseOfferOptions) {
  const { slug } = workshop
  const endpoint = options.endpoint ?? `/api/workshop/${encodeURIComponent(slug)}/offer`
  const selection = useSelection(slug)
  const { refusedAt } = selection
  const couponCode = chosenCode(selection, options.couponCode)
  // What the server has said of the page's own code stands from the first render on.
  const [checked, setChecked] = useState(initial ? options.couponCode : undefined)
  const [refused, setRefused] = useState(refusalOf(initial, options.couponCode))
  const [acted, setActed] = useState(false)

  const query = useQuery(
    {
      queryKey: ['workshop-offer', endpoint, quantity, couponCode ?? '', refusedAt],
      queryFn: ({ signal }) => fetchOffer({ endpoint, couponCode, quantity }, signal),
      // The server's own offer is as fresh as the page; a price that ends is asked for again when it has.
      ...(initial && couponCode === options.couponCode && !refusedAt && { initialData: initial }),
      placeholderData: (last: Offer | undefined) => last ?? initial ?? undefined,
      staleTime: 60_000,
      refetchInterval: ({ state }) => (refusedAt ? soldOutMs : msUntilNews(state.data)),
      // Each answer is news, even one that says what the last one said: the button may have been told otherwise since.
      structuralSharing: false,
      retry: (failures, error: OfferError) => failures < 2 && error.passes !== false,
    },
    useClient(),
  )
  const { data, isPlaceholderData } = query
  const settled = isPlaceholderData ? undefined : data

  useEffect(() => {
    if (!settled) return
    const problem = refusalOf(settled, couponCode)
    if (couponCode) setRefused(problem)
    if (!problem) setChecked(couponCode)
    // The offer of a code that is refused is the one without it, and so is what the button asks for.
    select(
      slug,
      couponCode ? { offer: settled, couponCode: problem ? null : couponCode } : { offer: settled },
    )
  }, [settled, couponCode, slug])

  const checking = couponCode !== checked && !refused
  const error: OfferError | null = query.error
  useEffect(() => {
    if (!error || !checking || !couponCode) return
    setRefused({ code: couponCode, message: error.passes === undefined ? '' : error.message })
    // A code of the page's own may well be good, and whoever sells the seat checks it again.
    if (acted) select(slug, { couponCode: null })
  }, [error, checking, couponCode, acted, slug])

  const state: OfferState = {
    status: query.isError ? 'stale' : data ? 'ready' : 'loading',
    offer: data,
    couponCode,
    checking,
    problem: refused,
    acted,
  }
  const apply = (code: string) => {
    setActed(true)
    setRefused(undefined)
    // The button sends it meanwhile, and is told where it does not work.
    select(slug, { couponCode: code })
  }
  const remove = () => {
    setActed(true)
    setRefused(undefined)
    select(slug, { couponCode: null })
  }
  return { state, apply, remove }
}

const refusalOf = (offer: Offer | null | undefined, code: string | undefined): OfferState['problem'] =>
  offer?.problem && code
    ? {
        code,
        message: offer.problem.error,
        notEligible: offer.problem.code === 'coupon_not_eligible',
      }
    : undefined

/** Seats come back when somebody leaves Stripe's page without paying. */
const soldOutMs = 60_000

/** Just after the price has ended or the sale has opened; no later than browsers can count, and never for what is past. */
function msUntilNews(offer: Offer | undefined): number | false {
  if (offer?.sale === 'sold-out') return soldOutMs
  const at = offer?.sale === 'not-open' ? offer.saleChangesAt : offer?.endsAt
  if (!at) return false
  const left = Date.parse(at) - Date.now() + 1_500
  return left > 0 && left < 2 ** 31 ? left : false
}
