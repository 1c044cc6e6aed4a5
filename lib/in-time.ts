/**
 * What the work answers, if it does within so many milliseconds. Late work goes on, and nobody hears of it any more.
 * @throws Error saying `late` where it does not
 */
export async function inTime<T>(work: Promise<T>, milliseconds: number, late: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(late)), milliseconds)
  })
  work.catch(() => undefined)
  try {
    return await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
  }
}
