import { isDeadlock } from './errors'

/** Runs a statement again, each time after a longer pause, when the server gave it up because of a deadlock or a lock it waited too long for. */
export async function despiteDeadlocks<T>(run: () => Promise<T>, tries = 8): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      if (!isDeadlock(error) || attempt >= tries) throw error
      await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20 * attempt))
    }
  }
}
