import { type ChildProcess, execFile } from 'node:child_process'
import { variables } from '@/lib/env'
import { nodeBinary, root } from '@/scripts/project.mjs'

export type Ran = { code: number; out: string; err: string }

/** Whatever an .env file says, a command knows only what its test gave it. */
const shield = Object.fromEntries(Object.keys(variables).map((name) => [name, '']))

/** Runs a command as an operator would. `started` gets the process, to end it early. */
export function runOps(
  args: string[],
  env: Record<string, string>,
  started?: (child: ChildProcess) => void,
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      nodeBinary(),
      ['scripts/run.mjs', 'ops', ...args],
      {
        cwd: root,
        env: { PATH: process.env.PATH, NODE_ENV: 'production', ...shield, ...env },
        maxBuffer: 64 * 1024 * 1024,
      },
      (_error, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    )
    started?.(child)
  })
}

/** What a command said with `--json`, line by line. */
export const jsonLines = (out: string): Record<string, unknown>[] =>
  out
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
