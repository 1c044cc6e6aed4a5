import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { playwrightCounts, settle, vitestCounts } from './test-counts.mjs'

function report(content: unknown) {
  const file = join(mkdtempSync(join(tmpdir(), 'counts-')), 'report.json')
  writeFileSync(file, JSON.stringify(content))
  return file
}

test('counts the tests of a Vitest report, and a file that would not load as one failure', () => {
  const file = report({
    numPassedTests: 4,
    numFailedTests: 1,
    testResults: [
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
      { status: 'failed', assertionResults: [] },
    ],
  })
  expect(vitestCounts(file)).toEqual({ passed: 4, failed: 2 })
})

test('counts a Playwright test that needed a retry as failed', () => {
  const file = report({ stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 2 } })
  expect(playwrightCounts(file)).toEqual({ passed: 3, failed: 2 })
})

test('a part that failed without a failing test, or without a report, counts as one failure', () => {
  expect(settle(vitestCounts('/nowhere.json'), 1)).toEqual({ passed: 0, failed: 1 })
  expect(settle({ passed: 5, failed: 0 }, 1)).toEqual({ passed: 5, failed: 1 })
  expect(settle({ passed: 5, failed: 2 }, 1)).toEqual({ passed: 5, failed: 2 })
})

test('a part that is a single check counts as one', () => {
  expect(settle(undefined, 0)).toEqual({ passed: 1, failed: 0 })
  expect(settle(undefined, 2)).toEqual({ passed: 0, failed: 1 })
})
