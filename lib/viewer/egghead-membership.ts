import 'server-only'
import { LRUCache } from 'lru-cache'
import type Stripe from 'stripe'
import { orMissing } from '@/lib/stripe/missing'
import type { EggheadUser } from './egghead-user'

/** What is read of a Stripe subscription. */
export type Subscription = {
  status: string
  items: { data: { price: { recurring: { interval: string } | null } }[] }
}

/** Null where there is no Stripe to ask. */
export type FetchSubscription = (subscriptionId: string) => Promise<Subscription | null>

/** A subscription hardly ever changes. One that ends counts for this long at most. */
const SUBSCRIPTION_TTL_MS = 60 * 60 * 1000
const MAX_SUBSCRIPTIONS = 5

/** Over, or not paid for; what is past due Stripe still tries to collect. */
const ENDED = ['canceled', 'unpaid', 'incomplete', 'incomplete_expired', 'paused']

/** Yearly or lifetime. Rejects where it depends on a subscription that can't be learned. */
export type IsMember = (user: EggheadUser) => Promise<boolean>

/** One that Stripe doesn't know is another account's, or another mode's: it makes nobody a member. */
export async function readSubscription(stripe: Stripe, id: string): Promise<Subscription | null> {
  return orMissing(stripe.subscriptions.retrieve(id, {}, { timeout: 500 }))
}

export function createMembership(fetchSubscription: FetchSubscription): IsMember {
  const subscriptions = new LRUCache<string, { yearly: boolean }>({
    max: 10_000,
    ttl: SUBSCRIPTION_TTL_MS,
    perf: { now: () => Date.now() },
    fetchMethod: async (id) => ({ yearly: isCurrentYearly(await fetchSubscription(id)) }),
  })
  const isYearly = async (id: string) => (await subscriptions.fetch(id))?.yearly ?? false
  return async (user) => {
    if (user.roles.includes('lifetime_subscriber')) return true
    // Ended subscriptions stay in the list.
    if (user.is_pro === false) return false
    return anyTrue(subscriptionsOf(user).map(isYearly))
  }
}

function isCurrentYearly(subscription: Subscription | null): boolean {
  if (!subscription || ENDED.includes(subscription.status)) return false
  return subscription.items.data[0]?.price.recurring?.interval === 'year'
}

/** True as soon as one answer is: another that fails, or is still awaited, can't change that. Rejects where it could. */
function anyTrue(answers: Promise<boolean>[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const resolveIfTrue = (answer: boolean) => answer && resolve(true)
    const settled = Promise.allSettled(answers.map((answer) => answer.then(resolveIfTrue)))
    settled.then((results) => {
      const failure = results.find((result) => result.status === 'rejected')
      if (failure) reject(failure.reason)
      else resolve(false)
    })
  })
}

const subscriptionsOf = ({ accounts }: EggheadUser): string[] => {
  const ids = accounts.flatMap(({ subscriptions }) =>
    subscriptions.flatMap(({ stripe_subscription_id: id }) => id ?? []),
  )
  return [...new Set(ids)].slice(0, MAX_SUBSCRIPTIONS)
}
