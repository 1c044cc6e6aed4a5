import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildDashboard } from './build'

/** `npm run dashboard`: writes what `panels.ts` says as Grafana's JSON. */
writeFileSync(
  join(import.meta.dirname, '../dashboard.json'),
  `${JSON.stringify(buildDashboard(), null, 2)}\n`,
)
