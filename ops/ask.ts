import { confirm, isCancel } from '@clack/prompts'
import { Stopped } from './stop'

/** Options of every command that writes. */
export type WriteOptions = { yes?: boolean; dryRun?: boolean; json?: boolean }

/**
 * Whether to write: `--yes` says so, `--dry-run` says no. With neither, a person at a terminal is asked, and nobody else's silence is
 * taken for consent.
 * @throws Stopped where they answer with Ctrl-C
 */
export async function mayWrite(question: string, { yes, dryRun, json }: WriteOptions): Promise<boolean> {
  if (yes) return true
  if (dryRun || json || !process.stdin.isTTY || !process.stderr.isTTY) return false
  const answer = await confirm({ message: question, initialValue: false, output: process.stderr })
  if (isCancel(answer)) throw new Stopped()
  return answer
}
