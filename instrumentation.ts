import type { Instrumentation } from 'next'

/** Runs once when the server starts: an incomplete environment stops it here, with every variable's name. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { start } = await import('./lib/start')
  await start()
}

/** Errors that no code of ours caught: those of pages. */
export const onRequestError: Instrumentation.onRequestError = async (error, { path }, { routerKind }) => {
  if (process.env.NEXT_RUNTIME !== 'nodejs' || routerKind !== 'App Router') return
  const { logPageError } = await import('./lib/start')
  logPageError(error, path)
}
