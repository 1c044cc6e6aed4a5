import 'server-only'
import Stripe from 'stripe'

export type OversoldCharge = { chargeId: string; sessionId: string; purchaseId: string }

export type RefundSender = {
  /** Gives back all that is left of a charge, once, and records it. @throws RefundRefused where trying again can't help */
  refund: (charge: OversoldCharge, idempotencyKey: string) => Promise<void>
}

/** Stripe won't give this money back; a person has to. */
export class RefundRefused extends Error {
  override readonly name = 'RefundRefused'
}

/**
 * Each try has a key of its own, because Stripe replays a stored failure for the same one; that it is one refund all the same rests on
 * Stripe, which gives back a charge's money once, and on asking it first.
 * @param fulfill brings the sale up to date, so that the buyer is told though no webhook comes
 */
export function createRefundSender(
  stripe: Stripe,
  fulfill: (sessionId: string) => Promise<unknown>,
): RefundSender {
  return {
    async refund({ chargeId, sessionId, purchaseId }, idempotencyKey) {
      await giveBack(stripe, chargeId, purchaseId, idempotencyKey)
      await fulfill(sessionId)
    },
  }
}

async function giveBack(stripe: Stripe, charge: string, purchaseId: string, idempotencyKey: string) {
  try {
    if ((await stripe.charges.retrieve(charge)).refunded) return
    const { status, failure_reason: why } = await stripe.refunds.create(
      { charge, metadata: { source: 'egghead-next', reason: 'oversold', purchaseId } },
      { idempotencyKey },
    )
    if (status === 'failed' || status === 'canceled')
      throw new RefundRefused(`the refund is ${status}: ${why ?? 'no reason given'}`)
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error
    if (error.code === 'charge_already_refunded') return
    // There may be money in the account tomorrow.
    if (error.code === 'balance_insufficient') throw error
    throw new RefundRefused(`${error.code ?? error.type}: ${error.message}`)
  }
}
