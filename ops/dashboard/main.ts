import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readArguments } from '@/scripts/arguments.mjs'
import { childEnv, root } from '@/scripts/project.mjs'
import { buildDashboard } from './build'

readArguments('npm run dashboard    writes ops/dashboard.json from ops/dashboard/panels.ts')

/** `npm run dashboard`: writes what `panels.ts` says as Grafana's JSON. */
writeFileSync(join(root, 'ops/dashboard.json'), `${JSON.stringify(buildDashboard(), null, 2)}\n`)
const formatted = spawnSync('biome', ['format', '--write', 'ops/dashboard.json'], {
  cwd: root,
  env: childEnv(),
  stdio: 'inherit',
})
process.exitCode = formatted.status ?? 1
