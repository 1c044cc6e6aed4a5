import { parseArgs } from 'node:util'
import { EnvError, readEnv } from '@/lib/env'
import { explainDatabase } from './explain'

/**
 * What `db:migrate` and `db:seed` have in common: they take no arguments, and say in a sentence what is wrong. Ends with 2 where
 * they were called in a way that can't be carried out, with 1 where they failed.
 */
export async function runCommand(usage: string, work: () => Promise<void>): Promise<void> {
  try {
    const { values } = parseArgs({ options: { help: { type: 'boolean' } } })
    if (values.help) return console.log(usage)
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${usage}`)
    process.exitCode = 2
    return
  }
  try {
    await work()
  } catch (error) {
    console.error(explainDatabase(error) ?? messageOf(error))
    process.exitCode = error instanceof EnvError ? 2 : 1
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** Stands in for whatever a command does not need, so that only what it needs is complained of. */
const ENOUGH = {
  DATABASE_URL: 'mysql://root@127.0.0.1/none',
  STRIPE_SECRET_KEY: 'sk_test_none',
  STRIPE_WEBHOOK_SECRET: 'whsec_none',
  NEXT_PUBLIC_APP_URL: 'http://localhost:3000',
}

/**
 * The variables that a command needs, checked as the server does it.
 * @throws EnvError naming each that is missing or malformed, with what it is for and an example
 */
export function need<Name extends keyof typeof ENOUGH>(
  source: Record<string, string | undefined>,
  ...names: Name[]
): Record<Name, string> {
  const given = Object.fromEntries(names.map((name) => [name, source[name]]))
  readEnv({ ...ENOUGH, ...given })
  return Object.fromEntries(names.map((name) => [name, source[name]?.trim() ?? ''])) as Record<Name, string>
}
