import 'server-only'
import { LRUCache } from 'lru-cache'
import type { OfferAnswer } from '@/lib/checkout/gateway'
import { orStale, readThrough } from '@/lib/or-stale'

const FRESH_MS = 10_000
const stays = { graceMs: () => 60_000 }

/**
 * What anybody would pay for each workshop, for a page that lists them: asked for at most once in ten seconds for each,
 * however many visitors come, and meanwhile as it was last told. It is nobody's own price, and no promise of a seat:
 * both are looked up when the workshop's page is opened.
 *
 * @param ask one workshop's answer, without a visitor; rejects where nobody can be asked
 */
export function createListedOffers(
  ask: (slug: string) => Promise<OfferAnswer>,
  now: () => number = Date.now,
) {
  const answers = new LRUCache<string, OfferAnswer>({
    max: 1000,
    ttl: FRESH_MS,
    ttlResolution: 0,
    perf: { now },
    allowStale: true,
    fetchMethod: orStale(ask, stays),
  })
  /** Rejects where nobody can be asked and nothing was told before. */
  return async (slug: string): Promise<OfferAnswer> => {
    const answer = await readThrough(answers, slug, stays)
    if (!answer) throw new Error(`No answer about ${slug}`)
    return answer
  }
}
