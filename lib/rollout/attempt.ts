import 'server-only'
import { isFault } from '@/lib/contract/errors'
import { rollout } from '.'

/** Tries a checkout, and tells the guard what came of it. What a buyer has to answer for, or the rollout decided, is no attempt. */
export async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    const answer = await work()
    rollout().noteAttempt(false)
    return answer
  } catch (error) {
    if (isFault(error)) rollout().noteAttempt(true)
    throw error
  }
}
