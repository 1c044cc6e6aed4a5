/**
 * Calls a callback of the host's, and answers what it returns. One that throws is reported as an uncaught error is,
 * to the console and to whatever the host collects errors with: nobody loses a seat over it.
 */
export function tellHost<Told extends unknown[]>(
  callback: ((...told: Told) => unknown) | undefined,
  ...told: Told
): unknown {
  try {
    return callback?.(...told)
  } catch (error) {
    reportError(error)
  }
}
