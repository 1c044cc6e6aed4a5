/** Runs once when the server starts: an incomplete environment stops it here, with every variable's name. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { start } = await import('./lib/start')
  await start()
}
