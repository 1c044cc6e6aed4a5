import { onStop } from '@/scripts/stop-signals.mjs'

/** Ctrl-C, or a scheduler's SIGTERM, ended the command before it was done. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
  constructor() {
    super('Stopped. What was done so far stands; the same command goes on from there.')
  }
}

const controller = new AbortController()

/** Aborted, with the reason `Stopped`, by the first signal. */
export const stopSignal: AbortSignal = controller.signal

/** The first signal lets what is under way come to its end; the second one does not wait. */
export function listenForSignals(): void {
  onStop(
    () => controller.abort(new Stopped()),
    () => process.exit(130),
    { signals: ['SIGINT', 'SIGTERM'] },
  )
  // `… | head` closes our output: nobody reads on, so there is nothing to say.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
}
