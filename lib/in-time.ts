/** Nobody answered in time. Whether the work was done all the same can't be told. */
export class TooLate extends Error {
  override readonly name = 'TooLate'
}

/**
 * What the work answers, if it does within so many milliseconds. Late work goes on, and nobody hears of it any more.
 * @throws TooLate saying `late` where it does not
 */
export async function inTime<T>(work: Promise<T>, milliseconds: number, late: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate(late)), milliseconds)
  })
  work.catch(() => undefined)
  try {
    return await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
  }
}

/** The same by a signal: rejects with its reason as soon as it goes off, and the work goes on. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason)
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp))
  })
}
