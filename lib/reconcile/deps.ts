import 'server-only'
import type { FulfillmentDeps } from '@/lib/fulfillment/deps'

/** What comparing works with. `signal` ends a walk between two pages, with its own reason. */
export type ReconcileDeps = FulfillmentDeps & { signal?: AbortSignal }
