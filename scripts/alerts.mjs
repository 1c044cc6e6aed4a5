// @ts-check
// Behind `npm run test:alerts`: promtool on the alert rules and their tests.
import { spawnSync } from 'node:child_process'
import { root } from './project.mjs'
import { findPrometheus } from './prometheus.mjs'

const promtool = findPrometheus('promtool')
if (!promtool) {
  console.error('promtool is missing. `npm test alerts` fetches it, or install Prometheus.')
  process.exit(1)
}
for (const args of [
  ['check', 'rules', 'ops/alerts.yml'],
  ['test', 'rules', 'ops/alerts.test.yml', 'ops/alerts-weeks.test.yml'],
]) {
  const { status } = spawnSync(promtool, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
