import { z } from 'zod'

/** Snapshots of a sale, taken inside its transaction: what a message needs, whatever becomes of the rows later. */

export const moneySchema = z.object({ amount: z.int(), currency: z.string().regex(/^[a-z]{3}$/) })

const instant = z.string().refine((value) => !Number.isNaN(Date.parse(value)), 'must be an ISO 8601 instant')

const workshopSchema = z.object({
  slug: z.string().min(1),
  title: z.string().min(1),
  startsAt: instant,
  endsAt: instant,
  /** IANA zone. */
  timeZone: z.string().min(1),
  /** Nobody set a date: the instants are only there to be something. */
  undated: z.literal(true).optional(),
  /** The workshop's page. */
  url: z.string().min(1),
  howToJoin: z.string().optional(),
  replyTo: z.string().optional(),
})

export const saleSchema = z.object({
  purchaseId: z.string().min(1),
  /** Stripe's checkout session. */
  sessionId: z.string().min(1),
  email: z.string().min(1),
  name: z.string().optional(),
  quantity: z.int().min(1),
  /** What Stripe took, minor units. */
  total: moneySchema,
  /** What the code took off, minor units, positive. */
  discount: moneySchema.optional(),
  couponCode: z.string().optional(),
  receiptUrl: z.string().optional(),
  /** The confirmation page of this sale. */
  registrationUrl: z.string().optional(),
  /** ISO 8601. */
  createdAt: instant,
  productId: z.string().min(1),
  /** Course Builder's `Product.type`. */
  productType: z.string().min(1),
  /** With a quantity above 1: the coupon that hands out the seats. */
  bulkCouponId: z.string().optional(),
  /** Where that coupon is redeemed, if anywhere. */
  bulkCouponUrl: z.string().optional(),
  workshop: workshopSchema,
})

export const refundSchema = z.object({
  sale: saleSchema,
  /** What this refund gives back, minor units. */
  amount: moneySchema,
  /** What has been given back in all, this one included: Stripe's `amount_refunded`. */
  refunded: moneySchema,
  /** Whether the whole payment went back, and the seat with it. */
  full: z.boolean(),
  /** ISO 8601. */
  refundedAt: instant,
  /** `oversold`: paid after the last seat was gone. */
  reason: z.literal('oversold').optional(),
})

/** A delayed payment (a bank debit, a transfer) that came to nothing: nothing was taken, and there is no purchase. */
export const failedPaymentSchema = z.object({
  /** Stripe's checkout session. */
  sessionId: z.string().min(1),
  email: z.string().min(1),
  name: z.string().optional(),
  quantity: z.int().min(1),
  /** What was to be paid, minor units. */
  total: moneySchema,
  /** When the checkout began, ISO 8601. */
  createdAt: instant,
  workshop: workshopSchema,
})

/** A recorded sale as its e-mail tells it. */
export type Sale = z.infer<typeof saleSchema>
/** A refund of one, as its e-mail tells it. */
export type Refund = z.infer<typeof refundSchema>
/** A delayed payment that failed, as its e-mail tells it. */
export type FailedPayment = z.infer<typeof failedPaymentSchema>
