import 'server-only'
import type { FulfillmentDeps } from '../deps'
import { fulfillCharge } from '../fulfill-charge'
import type { DueEvent } from '../inbox'
import type { Outcome } from '../outcome'

/** The buyer's bank sent the money back to us: what was refunded is not, and the seat is theirs again. The event is of the refund. */
export async function handle(deps: FulfillmentDeps, { object }: DueEvent): Promise<Outcome> {
  const outcome = await fulfillCharge(deps, object.charge, object.intent)
  if (outcome.kind === 'recorded')
    deps.log.error(
      { event: 'sale.refund_failed', refundId: object.id, purchaseId: outcome.purchaseId },
      'a refund failed: the buyer does not have the money that was promised to them',
    )
  return outcome
}
