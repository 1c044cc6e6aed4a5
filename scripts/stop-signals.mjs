// @ts-check

/**
 * Under npm one Ctrl-C arrives twice: the terminal signals all of its processes, and npm passes its own on. What comes this soon
 * after a press, in milliseconds, is the same press.
 */
const ONE_PRESS_MS = 1000

/**
 * Tells a first wish to stop from a second, more urgent one.
 *
 * @param {(signal: NodeJS.Signals) => void} first stops in good order
 * @param {(signal: NodeJS.Signals) => void} again no longer waits for that
 * @param {{ signals?: NodeJS.Signals[], source?: Pick<NodeJS.Process, 'on'>, now?: () => number }} [options] `now` in milliseconds
 */
export function onStop(
  first,
  again,
  { signals = ['SIGINT', 'SIGTERM', 'SIGHUP'], source = process, now = () => performance.now() } = {},
) {
  /** @type {number | undefined} */
  let pressedAt
  for (const signal of signals) {
    source.on(signal, () => {
      const isFirst = pressedAt === undefined
      if (pressedAt !== undefined && now() - pressedAt < ONE_PRESS_MS) return
      pressedAt = now()
      if (isFirst) first(signal)
      else again(signal)
    })
  }
}
