import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { CheckoutStatus } from '@/lib/contract/types'
import { useClient } from '../query/use-client'
import { useOnline } from '../time/use-browser'
import { fetchStatus } from './fetch-status'

/** What the buyer is told. Its `status` is the `data-state` of the component. */
export type StatusState =
  | { status: 'verifying' | 'slow' | 'late' | 'processing' | 'failed' | 'expired' }
  | { status: 'not-found' | 'offline' | 'no-session' }
  | { status: 'confirmed' | 'refunded'; checkout: CheckoutStatus }

export type StatusOptions = {
  sessionId: string | undefined
  initial?: CheckoutStatus | undefined
  endpoint?: string | undefined
  onConfirmed?: ((checkout: CheckoutStatus) => void) | undefined
}

/** One look at the checkout: what was seen, and how many looks there have been. */
type Look = { count: number; checkout?: CheckoutStatus | undefined; unknown?: boolean }

/** When to look again, in ms after the last look, and how: reading first, then with Stripe asked; then it stops. */
const looks: [number, 'GET' | 'POST'][] = [
  [0, 'GET'],
  [1_000, 'GET'],
  [1_500, 'POST'],
  [2_000, 'GET'],
  [3_500, 'POST'],
  [5_000, 'GET'],
  [7_000, 'POST'],
  [10_000, 'POST'],
  [15_000, 'POST'],
  [20_000, 'POST'],
  [30_000, 'POST'],
]
const firstThatAsks = 2
const slowAfter = 4
const lateAfter = 7

/** Everything that `<CheckoutStatus>` does, without its looks: looks again with growing pauses until there is an end. */
export function useCheckoutStatus({ sessionId, initial, onConfirmed, ...options }: StatusOptions) {
  const endpoint = options.endpoint ?? '/api/workshop/checkout'
  const online = useOnline()
  const [round, setRound] = useState(0)
  const count = useRef(0)

  const look = async (signal: AbortSignal): Promise<Look> => {
    const [, method] = looks[count.current] ?? [0, 'POST']
    count.current++
    try {
      const checkout = await fetchStatus(endpoint, sessionId ?? '', method, signal)
      return { count: count.current, checkout, unknown: !checkout }
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
      ...(initial && round === 0 && { initialData: { count: 0, checkout: initial } }),
      staleTime: ({ state }) => (isOver(state.data) ? Number.POSITIVE_INFINITY : 0),
      refetchInterval: ({ state }) => !isOver(state.data) && (looks[count.current]?.[0] ?? false),
      refetchIntervalInBackground: true,
      retry: false,
    },
    useClient(),
  )

  const state: StatusState = sessionId ? stateOf(data, online) : { status: 'no-session' }
  const confirmed = state.status === 'confirmed' ? state.checkout : undefined
  const told = useRef(false)
  useEffect(() => {
    if (!confirmed || told.current) return
    told.current = true
    onConfirmed?.(confirmed)
  }, [confirmed, onConfirmed])

  /** Begins to look again, with Stripe asked at once. */
  const again = () => {
    count.current = firstThatAsks
    setRound(round + 1)
  }
  return { state, again }
}

/** Whether another look can't change anything. A failed payment can still be tried again on Stripe's page. */
const isOver = (data: Look | undefined): boolean =>
  data?.unknown === true || !/^(open|processing)$/.test(data?.checkout?.status ?? 'open')

function stateOf(data: Look | undefined, online: boolean): StatusState {
  const checkout = data?.checkout
  if (data?.unknown) return { status: 'not-found' }
  if (checkout?.status === 'complete') return { status: 'confirmed', checkout }
  if (checkout?.status === 'refunded') return { status: 'refunded', checkout }
  if (checkout && checkout.status !== 'open') return { status: checkout.status }
  if (!online) return { status: 'offline' }
  const count = data?.count ?? 0
  return { status: count >= lateAfter ? 'late' : count >= slowAfter ? 'slow' : 'verifying' }
}
