import { z } from 'zod'
import { isErrorCode } from './errors'
import type { CheckoutResponse, CheckoutStatus, ErrorBody, ErrorCode, Money, Offer, Workshop } from './types'

/**
 * What the commerce side answers, as a storefront on another server checks it. Keys that it doesn't know are left out: the
 * other side may be newer.
 */

const money: z.ZodType<Money> = z.object({ amount: z.int(), currency: z.string() })
const text = z.string()
const maybe = text.exactOptional()

/** A workshop, as answers name it. */
export const workshopSchema: z.ZodType<Workshop> = z.object({
  slug: text,
  productId: text,
  title: text,
  startsAt: text,
  endsAt: text,
  timeZone: text,
  paymentLink: maybe,
  price: money.exactOptional(),
})

const code = z.custom<ErrorCode>(isErrorCode)

/** An offer as the commerce side makes it; the storefront adds what the rollout says. */
export const offerSchema: z.ZodType<Omit<Offer, 'checkout'>> = z.object({
  base: money,
  discount: money,
  total: money,
  tier: z.enum(['standard', 'early-bird', 'member', 'early-bird-member', 'ppp', 'code']),
  couponCode: maybe,
  reason: text,
  endsAt: maybe,
  seatsLeft: z.int().exactOptional(),
  sale: z.enum(['not-open', 'open', 'sold-out', 'closed']),
  saleChangesAt: maybe,
  withoutCode: money.exactOptional(),
  ppp: z.object({ country: text, couponCode: text, percentOff: z.number() }).exactOptional(),
  problem: z.object({ code, error: text }).exactOptional(),
  fallbackUrl: maybe,
})

export const offerAnswerSchema = z.object({
  workshop: workshopSchema,
  offer: offerSchema,
  ownSeats: z.int().exactOptional(),
})

export const checkoutResponseSchema: z.ZodType<CheckoutResponse> = z.union([
  z.object({ checkoutUrl: z.url({ protocol: /^https?$/ }), sessionId: text }),
  z.object({ clientSecret: text, sessionId: text }),
])

export const checkoutStatusSchema: z.ZodType<CheckoutStatus> = z.object({
  status: z.enum(['open', 'processing', 'complete', 'expired', 'failed', 'refunded']),
  purchase: z
    .object({
      id: text,
      emailMasked: text,
      total: money,
      refunded: money,
      quantity: z.int(),
      createdAt: text,
      receiptUrl: maybe,
    })
    .exactOptional(),
  workshop: z.intersection(workshopSchema, z.object({ calendarUrl: text })).exactOptional(),
})

export const errorBodySchema: z.ZodType<ErrorBody> = z.object({
  error: text,
  code,
  requestId: text,
  issues: z.array(z.object({ path: text, message: text })).exactOptional(),
  fallbackUrl: maybe,
  confirmationUrl: maybe,
  reason: z.literal('rollout').exactOptional(),
  retryAfter: z.number().exactOptional(),
})

/** `GET /api/health`; `deep` says how it is, and what of it to operators alone. */
export const healthSchema = z.object({
  status: z.enum(['ok', 'failing']),
  role: z.enum(['commerce', 'storefront']).exactOptional(),
  checkedAt: maybe,
  checks: z
    .record(z.string(), z.object({ status: z.enum(['ok', 'failing', 'unknown', 'off']), detail: maybe }))
    .exactOptional(),
})
