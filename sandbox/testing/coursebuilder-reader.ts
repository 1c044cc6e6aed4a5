import { execFile } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { childEnv, nodeBinary, root } from '@/scripts/project.mjs'

const run = promisify(execFile)
const folder = join(root, 'sandbox/coursebuilder-reader')

/** Installs Course Builder's published packages beside ours, once: when they are missing, or older than their lock file. */
export async function installReader(): Promise<void> {
  const installed = join(folder, 'node_modules/.package-lock.json')
  const locked = statSync(join(folder, 'package-lock.json')).mtimeMs
  if (existsSync(installed) && statSync(installed).mtimeMs >= locked) return
  process.stdout.write(
    "Installing Course Builder's published packages for the test that reads with them (about 15 s) …\n",
  )
  // One download that stands still must not take the whole test's time: npm waits five minutes for it by itself.
  const patience = ['--fetch-timeout=20000', '--fetch-retries=4', '--fetch-retry-mintimeout=1000']
  const args = ['ci', '--legacy-peer-deps', '--ignore-scripts', ...patience]
  const install = () => run('npm', args, { cwd: folder, env: childEnv(), timeout: 100_000 })
  await install().catch(install)
}

export type ReaderCall = [
  name: 'getPurchaseForStripeCharge' | 'getPurchasesForUser' | 'getPurchaseDetails' | 'getPurchaseWithUser',
  args: string[],
]

/** What functions of Course Builder's adapter answer, in a process of its own, with its own versions of everything. */
export async function readAsCourseBuilder(databaseUrl: string, calls: ReaderCall[]): Promise<unknown[]> {
  const { stdout } = await run(nodeBinary(), ['read.mjs', databaseUrl, JSON.stringify(calls)], {
    cwd: folder,
  })
  // Its logger writes to the same place; the answer is the last line.
  const answers: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  if (!Array.isArray(answers)) throw new Error(`The reader answered ${stdout}`)
  return answers
}
