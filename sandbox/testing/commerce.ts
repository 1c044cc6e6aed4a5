import type { DatabaseHandle } from '@/db/client'
import { createCatalogue } from '@/lib/checkout/catalogue'
import type { LocalDeps } from '@/lib/checkout/local-gateway'
import type { FulfillmentDeps } from '@/lib/fulfillment/deps'
import { fulfill } from '@/lib/fulfillment/fulfill'
import { createStripe } from '@/lib/stripe/client'
import { createStripePrices } from '@/lib/stripe/prices'
import { createLog } from '@/lib/telemetry/log'

export type CommerceUnderTest = LocalDeps & FulfillmentDeps

/** The commerce side in the test's own process, on a real database and the sandbox: for what needs thousands of runs or another clock. */
export function commerceOn(
  { db, sales }: Pick<DatabaseHandle, 'db' | 'sales'>,
  { secretKey, baseUrl, ...change }: { secretKey: string; baseUrl: string } & Partial<CommerceUnderTest>,
): CommerceUnderTest {
  const stripe = createStripe({ secretKey, baseUrl })
  const deps: CommerceUnderTest = {
    db,
    sales,
    stripe,
    prices: createStripePrices(() => stripe),
    catalogue: createCatalogue(db, []),
    now: () => new Date(),
    log: createLog('silent'),
    appUrl: 'https://shop.example.com',
    livemode: false,
    inngest: false,
    refundOversold: false,
    mailLinkSales: true,
    after: () => undefined,
    fulfill: (sessionId) => fulfill(deps, sessionId),
    ...change,
  }
  return deps
}
