import type { CheckoutSessionRow } from '@/db/schema'
import type { CatalogueProduct } from '@/lib/checkout/catalogue'
import { confirmationUrl, workshopUrl } from '@/lib/checkout/session-params'
import type { FailedPayment, Sale } from '@/lib/email/sale'
import type { SaleFacts } from '../stripe-session'

type Recorded = { purchaseId: string; bulkCouponId: string | null; createdAt: Date; email: string }

/** The sale as its e-mail tells it, whatever becomes of the rows later. */
export function saleSnapshot(
  facts: SaleFacts,
  product: CatalogueProduct,
  checkout: Pick<CheckoutSessionRow, 'couponCode'>,
  { purchaseId, bulkCouponId, createdAt, email }: Recorded,
  appUrl: string,
): Sale {
  const couponCode = checkout.couponCode ?? facts.couponId
  return {
    purchaseId,
    sessionId: facts.id,
    email,
    ...(facts.name && { name: facts.name }),
    quantity: facts.quantity,
    total: facts.total,
    ...(facts.discount.amount > 0 && { discount: facts.discount }),
    ...(couponCode && { couponCode }),
    ...(facts.charge?.receiptUrl && { receiptUrl: facts.charge.receiptUrl }),
    registrationUrl: confirmationUrl(appUrl, product.workshop.slug, facts.id),
    createdAt: createdAt.toISOString(),
    productId: product.id,
    productType: product.type,
    ...(bulkCouponId && { bulkCouponId }),
    ...(bulkCouponId && redeemAt(product.redeemUrl, bulkCouponId)),
    workshop: workshopSnapshot(product, appUrl),
  }
}

/** The payment that failed, as its e-mail tells it. */
export const failedPaymentSnapshot = (
  facts: SaleFacts,
  product: CatalogueProduct,
  email: string,
  appUrl: string,
): FailedPayment => ({
  sessionId: facts.id,
  email,
  ...(facts.name && { name: facts.name }),
  quantity: facts.quantity,
  total: facts.total,
  createdAt: facts.createdAt.toISOString(),
  workshop: workshopSnapshot(product, appUrl),
})

function workshopSnapshot(product: CatalogueProduct, appUrl: string): Sale['workshop'] {
  const { slug, title, startsAt, endsAt, timeZone } = product.workshop
  return {
    slug,
    title,
    startsAt,
    endsAt,
    timeZone,
    url: workshopUrl(appUrl, slug),
    ...(product.undated && { undated: true as const }),
    ...(product.howToJoin && { howToJoin: product.howToJoin }),
    ...(product.replyTo && { replyTo: product.replyTo }),
  }
}

/** A declared address that is none keeps no sale from being recorded. */
export function redeemAt(page: string | undefined, couponId: string): Pick<Sale, 'bulkCouponUrl'> {
  if (!page || !URL.canParse(page)) return {}
  const url = new URL(page)
  url.searchParams.set('coupon', couponId)
  return { bulkCouponUrl: url.href }
}
