import { SingleBar } from 'cli-progress'

export type Progress = {
  /** So many more are done; `at` is how far along that is, between `from` and `to`. */
  step: (count: number, at?: number) => void
  end: () => void
}

const silent: Progress = { step: () => undefined, end: () => undefined }

/**
 * A bar with rate and remaining time on standard error, where a person looks at it; else nothing.
 * @param span what the work runs along (a count, or time), where its end is known
 */
export function showProgress(what: string, span?: { from: number; to: number }): Progress {
  if (!process.stderr.isTTY) return silent
  const length = span ? Math.max(1, Math.abs(span.to - span.from)) : 0
  const tail = `{count} ${what} | {perSecond}/s`
  const bar = new SingleBar({
    format: span ? `{bar} {percentage}% | ${tail} | ETA {eta_formatted}` : tail,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    barsize: 24,
    etaBuffer: 50,
    gracefulExit: false,
  })
  const started = performance.now()
  let done = 0
  bar.start(length, 0, { count: 0, perSecond: '0' })
  return {
    step(count, at) {
      done += count
      const perSecond = (done / Math.max(0.001, (performance.now() - started) / 1000)).toFixed(0)
      const position = span && at !== undefined ? Math.min(length, Math.abs(at - span.from)) : done
      bar.update(span ? position : 0, { count: done, perSecond })
    },
    end: () => bar.stop(),
  }
}
