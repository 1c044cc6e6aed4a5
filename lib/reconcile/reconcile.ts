import 'server-only'
import { lostPriceColumns, recordedOnly, strays } from './backward'
import type { ReconcileDeps } from './deps'
import type { Difference } from './difference'
import { comparePage } from './forward'
import { Seen } from './seen'
import { sessionPages } from './sessions'

/** How far the walk along Stripe's sessions has come: one page more. */
export type Walked = {
  sessions: number
  /** Those of them that are paid sales of ours. */
  sales: number
  /** When the oldest of them was made, Unix milliseconds; none of them, none. */
  at?: number | undefined
}

/**
 * Compares Stripe with the database, both ways, a page at a time: Stripe's sessions against our rows, then our rows against what was seen
 * of Stripe. It writes nothing; whoever takes the differences may repair each before the next is looked for.
 */
export async function* differences(
  deps: ReconcileDeps,
  since: Date | undefined,
  step: (page: Walked) => void = () => undefined,
): AsyncGenerator<Difference[]> {
  const seen = new Seen()
  const judged = new Set<string>()
  for await (const { sessions } of sessionPages(deps, { since })) {
    for (const { id, payment_status: payment } of sessions) if (payment !== 'unpaid') seen.add(id)
    const { sales, found } = await comparePage(deps, sessions)
    for (const { purchaseId } of found) if (purchaseId) judged.add(purchaseId)
    yield* bySession(found)
    const oldest = sessions.at(-1)
    step({ sessions: sessions.length, sales, at: oldest && oldest.created * 1000 })
  }
  for await (const difference of recordedOnly(deps, since, seen)) yield [difference]
  for await (const difference of strays(deps, since, seen, judged)) yield [difference]
  for (const difference of await lostPriceColumns(deps)) yield [difference]
}

function bySession(found: Difference[]): Iterable<Difference[]> {
  const groups = new Map<string, Difference[]>()
  for (const difference of found)
    groups.set(difference.id, [...(groups.get(difference.id) ?? []), difference])
  return groups.values()
}
