import type { CheckoutSessionRow, purchase } from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import type { SaleFacts } from '../stripe-session'

/** The purchase, as its row says it. */
export type Owner = typeof purchase.$inferSelect

/** A sale that was recorded: what Stripe says of it now, and the checkout that names its purchase. */
export type Recorded = {
  facts: SaleFacts
  product: CatalogueProduct
  checkout: CheckoutSessionRow & { purchaseId: string }
}
