import { Command, CommanderError } from 'commander'
import { EnvError } from '@/lib/env'
import { backfillCommand } from './commands/backfill'
import { reconcileCommand } from './commands/reconcile'
import { reportCommand } from './commands/report'
import { rolloutCommand } from './commands/rollout'
import { say } from './say'
import { UsageError } from './usage'

/** `npm run ops -- <command>`. Exit codes: 0 fine, 1 differences found or failed, 2 wrong usage. */
const program = new Command('ops')
  .description('What an operator does by hand. Nothing is written without --fix or --yes.')
  .exitOverride()

for (const command of [reconcileCommand(), backfillCommand(), rolloutCommand(), reportCommand()])
  program.addCommand(command.exitOverride())

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
}

function exitCodeOf(error: unknown): number {
  // Commander has said already what is wrong; asking for help is no mistake.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  say(error instanceof Error ? error.message : 'It failed without saying why.', process.stderr)
  return error instanceof UsageError || error instanceof EnvError ? 2 : 1
}
