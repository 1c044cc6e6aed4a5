import 'server-only'
import { CheckoutError, isFault } from '@/lib/contract/errors'
import type { Log } from '@/lib/telemetry/log'
import type { CheckoutGateway } from './gateway'
import { createLastOffers } from './last-offers'

/** The commerce side, and what it said last for when it can't be asked: offers, and the payment link that a checkout ends at. */
export function remembering(gateway: CheckoutGateway, log: Log): CheckoutGateway {
  const last = createLastOffers(() => new Date())
  return {
    ...gateway,
    async create(intent, buyer, context) {
      try {
        return await gateway.create(intent, buyer, context)
      } catch (error) {
        const told = last.withFallback(error, intent, buyer)
        if (isFault(error) && !isFault(told))
          log.error(
            { event: 'checkout.recalled', requestId: context.requestId, err: error },
            'a checkout is refused by what was last heard of the workshop',
          )
        throw told
      }
    },
    async offer(request, buyer, context) {
      try {
        const answer = await gateway.offer(request, buyer, context)
        last.remember(request, buyer, answer)
        return answer
      } catch (error) {
        // A price that Stripe doesn't sell at is no outage: it has to alarm.
        const passes = !(error instanceof CheckoutError && error.code === 'misconfigured')
        const known = isFault(error) && passes ? last.recall(request, buyer) : undefined
        if (!known) throw error
        const { requestId } = context
        log.error({ event: 'offer.recalled', requestId, err: error }, 'an offer is told as it last was')
        return known
      }
    },
  }
}
