import { execFile } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { childEnv, root } from '../../scripts/project.mjs'
import { say } from '../report'

/** Installs a folder's packages once, beside the bench: the product doesn't need them. Answers the folder. */
export async function installed(name: 'coursebuilder' | 'coursebuilder-widget'): Promise<string> {
  const folder = join(root, 'bench', name)
  const done = join(folder, 'node_modules/.package-lock.json')
  const locked = statSync(join(folder, 'package-lock.json')).mtimeMs
  if (existsSync(done) && statSync(done).mtimeMs >= locked) return folder
  say("Installing Course Builder's published packages for the bench …\n")
  await promisify(execFile)('npm', ['ci', '--legacy-peer-deps', '--ignore-scripts', '--no-audit'], {
    cwd: folder,
    env: childEnv(),
  })
  return folder
}
