/** The command was called in a way that it can't be carried out. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Reads an option's moment: ISO 8601, a date alone being midnight UTC. @throws UsageError */
export function readSince(text: string | undefined, option = '--since'): Date | undefined {
  if (text === undefined) return undefined
  const since = new Date(text)
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(since.getTime()))
    throw new UsageError(`${option} is an ISO date, e.g. 2026-01-31 or 2026-01-31T12:00:00Z`)
  return since
}
