import 'server-only'
import type Stripe from 'stripe'
import { EXPAND_LIST } from '@/lib/fulfillment/stripe-session'
import type { ReconcileDeps } from './deps'

/** Stripe shows at most a hundred at once. */
const PAGE = 100

/** One page of Stripe's complete sessions, newest first, with all that recording one needs. */
export type SessionPage = {
  sessions: Stripe.Checkout.Session[]
  /** The last session's id: where the next page goes on. */
  last: string | undefined
}

/**
 * Walks every complete session of the account, a page at a time: one call to Stripe a hundred sessions. What is made meanwhile is newer
 * than the first page and is not seen.
 * @param after a session's id: goes on behind it
 */
export async function* sessionPages(
  { stripe, signal, patience }: Pick<ReconcileDeps, 'stripe' | 'signal' | 'patience'>,
  { since, after }: { since?: Date | undefined; after?: string | undefined },
): AsyncGenerator<SessionPage> {
  let last = after
  for (;;) {
    signal?.throwIfAborted()
    const params: Stripe.Checkout.SessionListParams = {
      status: 'complete',
      limit: PAGE,
      expand: EXPAND_LIST,
      ...(since && { created: { gte: Math.floor(since.getTime() / 1000) } }),
      ...(last !== undefined && { starting_after: last }),
    }
    const { data, has_more: more } = await stripe.checkout.sessions.list(params, patience)
    last = data.at(-1)?.id ?? last
    yield { sessions: data, last }
    if (!more || data.length === 0) return
  }
}

/** Whether a session may be ours at all; others' sessions on the same account cost nothing further. */
export const mayBeOurs = ({ metadata, payment_link: link }: Stripe.Checkout.Session): boolean =>
  metadata?.source === 'egghead-next' || Boolean(link)
