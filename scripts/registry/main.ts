import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { readArguments } from '../arguments.mjs'
import { childEnv, root } from '../project.mjs'
import { emitRegistry } from './emit'

readArguments('npm run registry    writes registry.json, and in public/r what other apps install')

/** `npm run registry`: registry.json from the tree, and from that, by `shadcn build`, what hosts install. */
emitRegistry(root)
rmSync(join(root, 'public/r'), { recursive: true, force: true })
const built = spawnSync('shadcn', ['build', 'registry.json', '--output', 'public/r'], {
  cwd: root,
  env: childEnv(),
  stdio: 'inherit',
})
process.exitCode = built.status ?? 1
