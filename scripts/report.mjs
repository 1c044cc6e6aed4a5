// @ts-check

/** @param {number} milliseconds */
export function seconds(milliseconds) {
  return milliseconds < 10_000
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : `${Math.round(milliseconds / 1000)} s`
}

/** @param {string} [line] */
export function say(line = '') {
  process.stdout.write(`${line}\n`)
}

/**
 * Says what is about to happen, does it, and says how long it took. A step that returns a string has it said
 * instead of "done".
 *
 * @template T
 * @param {string} title
 * @param {() => T | Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const started = Date.now()
  process.stdout.write(`▸ ${title}… `)
  try {
    const result = await work()
    const outcome = typeof result === 'string' ? result : 'done'
    say(`${outcome} in ${seconds(Date.now() - started)}`)
    return result
  } catch (error) {
    say('failed')
    throw error
  }
}

/** A failure that is explained by its message alone: no stack is shown for it. */
export class Explained extends Error {
  /** @override */
  name = 'Explained'
}

/** @param {unknown} error */
export function explain(error) {
  if (error instanceof Explained) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
