import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

const root = join(import.meta.dirname, '..')
const text = (path: string) => readFileSync(join(root, path), 'utf8')

const rule = z.object({
  alert: z.string(),
  expr: z.string(),
  labels: z.object({ severity: z.enum(['page', 'ticket']) }),
  annotations: z.object({ summary: z.string().min(10), runbook_url: z.string() }),
})
const { groups } = z
  .object({ groups: z.array(z.object({ rules: z.array(rule) })) })
  .parse(parse(text('ops/alerts.yml')))
const alerts = groups.flatMap(({ rules }) => rules)

/** Headings as GitHub turns them into anchors. */
const anchors = [...text('docs/runbook.md').matchAll(/^## (.+)$/gm)].map(([, heading = '']) =>
  heading.toLowerCase().replaceAll(' ', '-'),
)
const cases = text('ops/alerts.test.yml') + text('ops/alerts-weeks.test.yml')
const metrics = text('lib/telemetry/metrics.ts') + text('lib/telemetry/backlog.ts')

describe.each(alerts)('$alert', ({ alert, expr, annotations }) => {
  test('leads to its own paragraph of the runbook', () => {
    expect(annotations.runbook_url).toBe(`docs/runbook.md#${alert.toLowerCase()}`)
    expect(anchors).toContain(alert.toLowerCase())
  })

  test('is tested both ways', () => {
    const own = cases.split('  - name: ').filter((one) => one.includes(`alertname="${alert}"`))
    expect(own.some((one) => one.includes('exp_samples'))).toBe(true)
    expect(own.some((one) => !one.includes('exp_samples'))).toBe(true)
  })

  test('asks for metrics that there are', () => {
    for (const [name] of expr.matchAll(/workshop_\w+/g))
      expect(metrics).toContain(`'${name.replace(/(_seconds)_(count|bucket|sum)$/, '$1')}'`)
  })
})

test('the runbook has no paragraph that no alert leads to', () => {
  expect(anchors.toSorted()).toEqual(alerts.map(({ alert }) => alert.toLowerCase()).toSorted())
})
