// @ts-check
import { existsSync, readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { root } from './project.mjs'

/** @typedef {{ passed: number, failed: number, failures: string[] }} Counts `failures` names what failed, and says why in a line */

/**
 * What Vitest's JSON report says. A file that could not even be loaded has no failed tests, and counts as one.
 *
 * @param {string} file
 * @returns {Counts}
 */
export function vitestCounts(file) {
  const report = read(file)
  if (!report) return none()
  /** @type {{ name: string, status: string, message?: string, assertionResults: { status: string, fullName: string, failureMessages: string[] }[] }[]} */
  const files = report.testResults
  const failures = files.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed')
    return failed.length === 0 && status === 'failed'
      ? [failure(name, 'the file itself', message)]
      : failed.map(({ fullName, failureMessages }) => failure(name, fullName, failureMessages[0]))
  })
  return { passed: report.numPassedTests, failed: failures.length, failures }
}

/**
 * What Playwright's JSON report says. A test that passed only on a retry counts as failed: it is not to be trusted.
 *
 * @param {string} file
 * @returns {Counts}
 */
export function playwrightCounts(file) {
  const report = read(file)
  if (!report) return none()
  const { expected, unexpected, flaky } = report.stats
  /** @type {(suite: any) => any[]} */
  const specsOf = ({ specs = [], suites = [] }) => [...specs, ...suites.flatMap(specsOf)]
  const failures = report.suites
    .flatMap(specsOf)
    .flatMap((/** @type {any} */ { file, title, tests }) =>
      tests
        .filter((/** @type {any} */ { status }) => status === 'unexpected' || status === 'flaky')
        .map((/** @type {any} */ { results }) =>
          failure(file, title, results.find((/** @type {any} */ { error }) => error)?.error.message),
        ),
    )
  return { passed: expected, failed: unexpected + flaky, failures }
}

/** @returns {Counts} */
const none = () => ({ passed: 0, failed: 0, failures: [] })

/**
 * @param {string} file
 * @param {string} test
 * @param {string} [message]
 */
function failure(file, test, message = '') {
  const [why = ''] = stripVTControlCharacters(message).trim().split('\n')
  return `${relative(root, resolve(root, file))} › ${test}${why && `: ${why}`}`
}

/** @param {string} file */
function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/**
 * A part's counts, given how it ended: what failed without a failing test (a crash, an unhandled error) counts as
 * one failure, so that the sum never says less than the exit code.
 *
 * @param {Counts | undefined} counts none for a part that is a single check
 * @param {number} code
 * @returns {Counts}
 */
export function settle(counts, code) {
  if (!counts) return code === 0 ? { ...none(), passed: 1 } : { ...none(), failed: 1 }
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}
