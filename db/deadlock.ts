import { isDeadlock } from './errors'

/** Says a statement again, a moment later each time, where the server gave it up so that another could go on. */
export async function despiteDeadlocks<T>(say: () => Promise<T>, tries = 8): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await say()
    } catch (error) {
      if (!isDeadlock(error) || attempt >= tries) throw error
      await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20 * attempt))
    }
  }
}
