import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { playwrightCounts, settle, vitestCounts } from './test-counts.mjs'

const folder = mkdtempSync(join(tmpdir(), 'counts-'))
afterAll(() => rmSync(folder, { recursive: true }))

let made = 0
function report(content: unknown) {
  const file = join(folder, `${made++}.json`)
  writeFileSync(file, JSON.stringify(content))
  return file
}

test('counts the tests of a Vitest report, and a file that would not load as one failure, and names them', () => {
  const file = report({
    numPassedTests: 4,
    numFailedTests: 1,
    testResults: [
      { name: 'a.test.ts', status: 'passed', assertionResults: [{ status: 'passed', fullName: 'is fine' }] },
      {
        name: 'b.test.ts',
        status: 'failed',
        assertionResults: [
          {
            status: 'failed',
            fullName: 'sells twice',
            failureMessages: ['\u001b[31mError: 2 rows\u001b[39m\n at b'],
          },
        ],
      },
      { name: 'c.test.ts', status: 'failed', message: 'No such module', assertionResults: [] },
    ],
  })
  expect(vitestCounts(file)).toEqual({
    passed: 4,
    failed: 2,
    failures: ['b.test.ts › sells twice: Error: 2 rows', 'c.test.ts › the file itself: No such module'],
  })
})

test('counts a Playwright test that needed a retry as failed, and names what failed', () => {
  const spec = (title: string, status: string, ...results: unknown[]) => ({
    file: 'e2e/a.spec.ts',
    title,
    tests: [{ status, results }],
  })
  const file = report({
    stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 2 },
    suites: [
      {
        specs: [spec('fine', 'expected', {})],
        suites: [{ specs: [spec('late', 'flaky', { error: { message: 'Too late' } }, {})] }],
      },
      { specs: [spec('broken', 'unexpected', { error: { message: 'Gone\n\nat line 3' } })] },
    ],
  })
  expect(playwrightCounts(file)).toEqual({
    passed: 3,
    failed: 2,
    failures: ['e2e/a.spec.ts › late: Too late', 'e2e/a.spec.ts › broken: Gone'],
  })
})

test('a part that failed without a failing test, or without a report, counts as one failure', () => {
  expect(settle(vitestCounts('/nowhere.json'), 1)).toEqual({ passed: 0, failed: 1, failures: [] })
  expect(settle({ passed: 5, failed: 0, failures: [] }, 1)).toEqual({ passed: 5, failed: 1, failures: [] })
  expect(settle({ passed: 5, failed: 2, failures: ['a', 'b'] }, 1)).toEqual({
    passed: 5,
    failed: 2,
    failures: ['a', 'b'],
  })
})

test('a part that is a single check counts as one', () => {
  expect(settle(undefined, 0)).toEqual({ passed: 1, failed: 0, failures: [] })
  expect(settle(undefined, 2)).toEqual({ passed: 0, failed: 1, failures: [] })
})
