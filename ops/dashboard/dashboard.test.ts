import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildDashboard } from './build'
import { rows } from './panels'

const root = join(import.meta.dirname, '../..')
const text = (path: string) => readFileSync(join(root, path), 'utf8')
const queries = rows.flatMap(({ panels }) => panels.flatMap((panel) => panel.queries))
const asked = queries.map(({ expr }) => expr).join('\n')
const metrics = [
  ...(text('lib/telemetry/metrics.ts') + text('lib/telemetry/backlog.ts')).matchAll(/'(workshop_\w+)'/g),
].map(([, name = '']) => name)

test('ops/dashboard.json is what the panels say', () => {
  const written = JSON.parse(text('ops/dashboard.json'))
  expect(written, 'out of date: run `npm run dashboard`').toEqual(
    JSON.parse(JSON.stringify(buildDashboard())),
  )
})

test('every metric that we count is on it, and none that we do not', () => {
  expect(metrics.length).toBeGreaterThan(20)
  for (const name of metrics) expect(asked, `nothing shows ${name}`).toContain(name)
  for (const [name] of asked.matchAll(/workshop_\w+/g))
    expect(metrics).toContain(name.replace(/(_seconds)_(count|bucket|sum)$/, '$1'))
})

test('no two panels share an id or a place, and each says what it shows', () => {
  const { panels = [] } = buildDashboard()
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const taken = new Set<string>()
  for (const { gridPos, title } of panels) {
    if (!gridPos) throw new Error(`${title} has no place`)
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(taken, `${title} lies on another panel`).not.toContain(`${x} ${y}`)
        taken.add(`${x} ${y}`)
      }
  }
  for (const { panels: specs } of rows)
    for (const { title, about, queries: own } of specs) {
      expect(about, title).toMatch(/\.$/)
      expect(own.length).toBeGreaterThan(0)
    }
})
