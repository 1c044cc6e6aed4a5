import 'server-only'
import type { Database } from '@/db/client'
import type { CommerceDeps } from '@/lib/checkout/deps'

/** What recording a sale works with. */
export type FulfillmentDeps = Pick<
  CommerceDeps,
  'db' | 'stripe' | 'catalogue' | 'now' | 'log' | 'appUrl' | 'after'
> & {
  /** Where sales are recorded: see `DatabaseHandle`. */
  sales: Database
  /** Whether our Stripe key is of live mode. */
  livemode: boolean
  /** Course Builder's events are sent, because there is a key for them. */
  inngest: boolean
  /** Money taken after the last seat goes back by itself. */
  refundOversold: boolean
  /** Whether we mail the buyers of payment links, or another system still does. */
  mailLinkSales: boolean
  /** The inbox's event that is worked on. */
  eventId?: string
  /** Writes to no buyer: sales of the past are brought in. @default false */
  quiet?: boolean
}
