import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { CheckoutStatus } from '@/lib/contract/types'
import { tellHost } from '../host/tell-host'
import { useClient } from '../query/use-client'
import { useOnline } from '../time/use-browser'
import { fetchStatus } from './fetch-status'

/** What the buyer is told. Its `status` is the `data-state` of the component; `checkout` is what is known of the sale. */
export type StatusState = {
  status:
    | ('verifying' | 'slow' | 'late' | 'confirmed' | 'processing' | 'failed' | 'expired' | 'refunded')
    | ('not-found' | 'offline' | 'no-session')
  checkout?: CheckoutStatus | undefined
}

export type StatusOptions = {
  sessionId: string | undefined
  initial?: CheckoutStatus | null | undefined
  endpoint?: string | undefined
  onConfirmed?: ((checkout: CheckoutStatus) => void) | undefined
}

/** One look at the checkout: what was seen (`null`: there is none), and how many looks there have been. */
type Look = { count: number; checkout?: CheckoutStatus | null }

/** When to look again, in ms after the last look; then it stops. */
const pauses = [0, 1_000, 1_500, 2_000, 3_500, 5_000, 7_000, 10_000, 15_000, 20_000, 30_000]
const firstThatAsks = 2
/** Looks read what is recorded; every other one of the early ones, and each late one, has Stripe asked as well. */
const asks = (count: number) => count > 5 || (count >= firstThatAsks && count % 2 === 0)
const slowAfter = 4
const lateAfter = 7

/** Everything that `<CheckoutStatus>` does, without its looks: looks again with growing pauses until there is an end. */
export function useCheckoutStatus({
  sessionId,
  initial,
  endpoint = '/api/workshop/checkout',
  onConfirmed,
}: StatusOptions) {
  const online = useOnline()
  const [round, setRound] = useState(0)
  const count = useRef(0)

  const look = async (signal: AbortSignal): Promise<Look> => {
    const method = asks(count.current) ? 'POST' : 'GET'
    count.current++
    try {
      return { checkout: await fetchStatus(endpoint, sessionId ?? '', method, signal), count: count.current }
    } catch {
      signal.throwIfAborted()
      // What went wrong may be over at the next look.
      return { count: count.current }
    }
  }
  const { data } = useQuery(
    {
      queryKey: ['workshop-checkout', endpoint, sessionId, round],
      queryFn: ({ signal }) => look(signal),
      enabled: sessionId !== undefined,
      ...(initial !== undefined && round === 0 && { initialData: { count: 0, checkout: initial } }),
      staleTime: ({ state }) => (isOver(state.data) ? Number.POSITIVE_INFINITY : 0),
      refetchInterval: ({ state }) => !isOver(state.data) && (pauses[count.current] ?? false),
      refetchIntervalInBackground: true,
      // Whoever comes back when all looks are used up gets another; before that coming back would only use them up.
      refetchOnWindowFocus: () => !pauses[count.current],
      retry: false,
    },
    useClient(),
  )

  const state: StatusState = sessionId ? stateOf(data, online) : { status: 'no-session' }
  const confirmed = state.status === 'confirmed' && state.checkout
  const told = useRef(false)
  useEffect(() => {
    if (!confirmed || told.current) return
    told.current = true
    tellHost(onConfirmed, confirmed)
  }, [confirmed, onConfirmed])

  /** Begins to look again, with Stripe asked at once. */
  const again = () => {
    count.current = firstThatAsks
    setRound(round + 1)
  }
  return { state, again }
}

/** Where nothing is known yet, the checkout counts as open. */
const statusOf = (data: Look | undefined) => data?.checkout?.status ?? 'open'

/** Whether another look can't change anything. A failed payment can still be tried again on Stripe's page. */
const isOver = (data: Look | undefined): boolean =>
  data?.checkout === null || !/^(open|processing)$/.test(statusOf(data))

function stateOf(data: Look | undefined, online: boolean): StatusState {
  const { count = 0, checkout } = data ?? {}
  if (checkout === null) return { status: 'not-found' }
  const status = statusOf(data)
  if (status !== 'open') return { status: status === 'complete' ? 'confirmed' : status, checkout }
  if (!online) return { status: 'offline' }
  return { status: count >= lateAfter ? 'late' : count >= slowAfter ? 'slow' : 'verifying' }
}
