import 'server-only'
import { CheckoutError } from '@/lib/contract/errors'
import { rollout } from '.'

const OURS = new Set(['stripe_error', 'misconfigured', 'unavailable', 'internal'])

/** Tries a checkout, and tells the guard what came of it. What a buyer has to answer for, or the rollout decided, is no attempt. */
export async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    const answer = await work()
    rollout().noteAttempt(false)
    return answer
  } catch (error) {
    const known = error instanceof CheckoutError ? error : undefined
    const failed = !known || (OURS.has(known.code) && known.details.reason !== 'rollout')
    if (failed) rollout().noteAttempt(true)
    throw error
  }
}
