import { z } from 'zod'
import {
  type FailedPayment,
  failedPaymentSchema,
  type Refund,
  refundSchema,
  type Sale,
  saleSchema,
} from '@/lib/email/sale'

/** Course Builder's events, their data as its own functions read it. */
const purchaseCreatedSchema = z.object({
  purchaseId: z.string(),
  checkoutSessionId: z.string(),
  productType: z.string(),
})
const purchaseStatusSchema = z.object({
  stripeChargeId: z.string(),
  status: z.enum(['Valid', 'Refunded', 'Disputed', 'Banned', 'Restricted']),
})

const oversoldSchema = z.object({ chargeId: z.string(), sessionId: z.string(), purchaseId: z.string() })

/**
 * A side effect and the snapshot that it is made from, so that its delivery depends on no later state of any row.
 * After 30 days the payload of a row that is sent is emptied, never of one that is pending or dead.
 */
export const effectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('email.confirmation'), payload: saleSchema }),
  z.object({ kind: z.literal('email.refund'), payload: refundSchema }),
  z.object({ kind: z.literal('email.payment-failed'), payload: failedPaymentSchema }),
  z.object({ kind: z.literal('stripe.refund'), payload: oversoldSchema }),
  z.object({ kind: z.literal('inngest.purchase-created'), payload: purchaseCreatedSchema }),
  z.object({ kind: z.literal('inngest.purchase-status'), payload: purchaseStatusSchema }),
])

export type EffectBody = z.infer<typeof effectSchema>
/** `id` names the effect, so that writing it twice is writing it once. */
export type Effect = { id: string } & EffectBody

export type PurchaseStatusChange = z.infer<typeof purchaseStatusSchema> & {
  /** Names the change, so that a state that comes back is told again. */
  cause: string
}

export type EffectOptions = {
  /** Whether `INNGEST_EVENT_KEY` is set. */
  inngest: boolean
  /** Whether the buyer is written to. @default true */
  email?: boolean
}

/** What a recorded sale sets off. */
export function purchaseEffects(sale: Sale, { inngest, email = true }: EffectOptions): Effect[] {
  const { purchaseId, sessionId, productType } = sale
  return [
    ...(email
      ? [{ id: `confirmation:${purchaseId}`, kind: 'email.confirmation' as const, payload: sale }]
      : []),
    ...(inngest
      ? [
          {
            id: `purchase-created:${purchaseId}`,
            kind: 'inngest.purchase-created' as const,
            payload: { purchaseId, checkoutSessionId: sessionId, productType },
          },
        ]
      : []),
  ]
}

/** What a sale beyond the last seat sets off: its money goes back, and the refund tells the buyer. Nobody is welcomed. */
export const oversoldEffects = ({ purchaseId, sessionId }: Sale, chargeId: string): Effect[] => [
  { id: `oversold:${purchaseId}`, kind: 'stripe.refund', payload: { chargeId, sessionId, purchaseId } },
]

/**
 * What a refund sets off. It is named by how much has gone back in all and by the change that recorded it: the same refund told
 * twice is one effect; a second refund is another, and so is one made again after it failed, though it comes to the same amount.
 */
export const refundEffects = (refund: Refund, change: string | number): Effect[] => [
  {
    id: `refund:${refund.sale.purchaseId}:${refund.refunded.amount}:${change}`,
    kind: 'email.refund',
    payload: refund,
  },
]

/** What a delayed payment sets off that came to nothing. */
export const paymentFailedEffects = (failed: FailedPayment): Effect[] => [
  { id: `payment-failed:${failed.sessionId}`, kind: 'email.payment-failed', payload: failed },
]

/** What a change of a purchase's status sets off: a full refund (a partial one changes none), a dispute opened, won or lost. */
export function purchaseStatusEffects(
  { stripeChargeId, status, cause }: PurchaseStatusChange,
  { inngest }: Pick<EffectOptions, 'inngest'>,
): Effect[] {
  if (!inngest) return []
  return [
    {
      id: `purchase-status:${stripeChargeId}:${status}:${cause}`,
      kind: 'inngest.purchase-status',
      payload: { stripeChargeId, status },
    },
  ]
}
