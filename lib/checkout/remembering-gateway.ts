import 'server-only'
import { isFault } from '@/lib/contract/errors'
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
        throw last.withFallback(error, intent, buyer)
      }
    },
    async offer(request, buyer, context) {
      try {
        const answer = await gateway.offer(request, buyer, context)
        last.remember(request, buyer, answer)
        return answer
      } catch (error) {
        const known = isFault(error) ? last.recall(request, buyer) : undefined
        if (!known) throw error
        const { requestId } = context
        log.error({ event: 'offer.recalled', requestId, err: error }, 'an offer is told as it last was')
        return known
      }
    },
  }
}
