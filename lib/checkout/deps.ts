import 'server-only'
import type Stripe from 'stripe'
import type { Database } from '@/db/client'
import type { StripePrices } from '@/lib/stripe/prices'
import type { Log } from '@/lib/telemetry/log'
import type { Catalogue } from './catalogue'

/** What the commerce side works with; built once, on the first request. */
export type CommerceDeps = {
  db: Database
  stripe: Stripe
  prices: StripePrices
  catalogue: Catalogue
  now: () => Date
  log: Log
  /** The origin that success and cancel URLs are built from. */
  appUrl: string
  /** Runs after the answer has left; the process stays up for it. */
  after: (work: () => Promise<void>) => void
}
