import 'server-only'
import type Stripe from 'stripe'
import type { FulfillmentDeps } from '@/lib/fulfillment/deps'

/**
 * What comparing works with. `signal` ends a walk between two pages, with its own reason; `patience` is for a page of sessions, where
 * Stripe's client is one that buyers wait for.
 */
export type ReconcileDeps = FulfillmentDeps & {
  signal?: AbortSignal
  patience?: Pick<Stripe.RequestOptions, 'timeout' | 'maxNetworkRetries'>
}
