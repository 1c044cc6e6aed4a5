import './load-env'
import { Command, CommanderError, Help, type Option } from 'commander'
import { explainDatabase } from '@/db/explain'
import { EnvError } from '@/lib/env'
import { backfillCommand } from './commands/backfill'
import { doctorCommand } from './commands/doctor'
import { eventsCommand } from './commands/events'
import { exportCommand } from './commands/export'
import { outboxCommand } from './commands/outbox'
import { forgetCommand, moveCommand } from './commands/person'
import { reconcileCommand } from './commands/reconcile'
import { reportCommand } from './commands/report'
import { rolloutCommand } from './commands/rollout'
import { setupCommand } from './commands/setup'
import { explainStripe } from './explain-stripe'
import { say } from './say'
import { listenForSignals, Stopped } from './stop'
import { UsageError } from './usage'

/** `npm run ops -- <command>`. Exit codes: 0 fine, 1 something is wrong or failed, 2 wrong usage, 130 stopped by Ctrl-C. */
const program = new Command('ops')
  .description(
    'What an operator does by hand. Nothing is written without --yes, --fix or a person who agrees.',
  )
  .showHelpAfterError('(--help lists the options)')

const commands = [
  setupCommand(),
  doctorCommand(),
  backfillCommand(),
  reconcileCommand(),
  eventsCommand(),
  outboxCommand(),
  exportCommand(),
  forgetCommand(),
  moveCommand(),
  rolloutCommand(),
  reportCommand(),
]
for (const command of commands) program.addCommand(command)

const optionDescription = (option: Option) =>
  `${Help.prototype.optionDescription(option)}${option.mandatory ? ' (required)' : ''}`

/** Commander would end the process by itself, with a code of its own, and not say which options must be given. */
function adapt(command: Command): void {
  command
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ optionDescription })
    .configureOutput({ writeErr: (text) => say(text.trimEnd(), process.stderr) })
  for (const sub of command.commands) adapt(sub)
}
adapt(program)

listenForSignals()
try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
}

function exitCodeOf(error: unknown): number {
  // Commander has said already what is wrong; asking for help is no mistake.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  say(messageOf(error), process.stderr)
  if (error instanceof Stopped) return 130
  return error instanceof UsageError || error instanceof EnvError ? 2 : 1
}

function messageOf(error: unknown): string {
  const known = explainStripe(error) ?? explainDatabase(error)
  if (known) return known
  return error instanceof Error ? error.message : 'It failed without saying why.'
}
