import 'server-only'
import { LRUCache } from 'lru-cache'
import type { EggheadUser } from './egghead-user'

type SubscriptionInterval = (subscriptionId: string) => Promise<string | null>

/** The billing interval of a subscription hardly ever changes. */
const INTERVAL_TTL_MS = 60 * 60 * 1000
const MAX_SUBSCRIPTIONS = 5

/** Yearly or lifetime. Rejects where a subscription's interval can't be learned. */
export type IsMember = (user: EggheadUser) => Promise<boolean>

export function createMembership(subscriptionInterval: SubscriptionInterval): IsMember {
  const intervals = new LRUCache<string, { interval: string | null }>({
    max: 10_000,
    ttl: INTERVAL_TTL_MS,
    fetchMethod: async (id) => ({ interval: await subscriptionInterval(id) }),
  })
  return async (user) => {
    if (user.roles.includes('lifetime_subscriber')) return true
    // Ended subscriptions stay in the list.
    if (user.is_pro === false) return false
    const known = await Promise.all(subscriptionsOf(user).map((id) => intervals.fetch(id)))
    return known.some((subscription) => subscription?.interval === 'year')
  }
}

const subscriptionsOf = ({ accounts }: EggheadUser): string[] => {
  const ids = accounts.flatMap(({ subscriptions }) =>
    subscriptions.flatMap(({ stripe_subscription_id: id }) => id ?? []),
  )
  return [...new Set(ids)].slice(0, MAX_SUBSCRIPTIONS)
}
