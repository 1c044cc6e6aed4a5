import { type Command, InvalidArgumentError, Option } from 'commander'
import { isValid, parseISO } from 'date-fns'

/** The command was called in a way that it can't be carried out. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** An option's moment: ISO 8601, a date alone being midnight UTC. */
export function moment(text: string): Date {
  const since = parseISO(text.length === 10 ? `${text}T00:00:00Z` : text)
  if (!/^\d{4}-\d{2}-\d{2}(T.*)?$/.test(text) || !isValid(since))
    throw new InvalidArgumentError('Not an ISO date: write it as 2026-01-31 or 2026-01-31T12:00:00Z.')
  return since
}

/** The same, of what has been: from a moment that is yet to come on there is nothing, and nothing would be found wrong. */
export function past(text: string): Date {
  const since = moment(text)
  if (since.getTime() > Date.now()) throw new InvalidArgumentError('It is yet to come.')
  return since
}

/** An option's whole number from 1. */
export function count(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Not a whole number from 1, e.g. 20.')
  return Number(text)
}

/** An option's e-mail address, in lower case, as our own rows have it. */
export function address(text: string): string {
  const trimmed = text.trim()
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(trimmed) || trimmed.length > 254)
    throw new InvalidArgumentError('Not an e-mail address, e.g. ada@example.com.')
  return trimmed.toLowerCase()
}

/** Ids in a sentence: an empty one (a variable that was not set) is shown as such. */
export const named = (ids: string[]) => ids.map((id) => id || '""').join(', ')

/** The options of a command that writes: nothing is written unless somebody says so. */
export const writes = (command: Command): Command =>
  command
    .addOption(new Option('--yes', 'writes without asking').conflicts('dryRun'))
    .option('--dry-run', 'only says what would be written (what happens anyway without a terminal)')
