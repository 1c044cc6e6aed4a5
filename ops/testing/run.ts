import { type ChildProcess, execFile } from 'node:child_process'
import { nodeBinary, root } from '@/scripts/project.mjs'

export type Ran = { code: number; out: string; err: string }

/** Runs a command as an operator would. `started` gets the process, to end it early. */
export function runOps(
  args: string[],
  env: Record<string, string>,
  started?: (child: ChildProcess) => void,
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      nodeBinary(),
      ['--import', './scripts/register.mjs', 'ops/main.ts', ...args],
      { cwd: root, env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env } },
      (_error, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    )
    started?.(child)
  })
}
