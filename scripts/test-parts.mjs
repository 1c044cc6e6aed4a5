// @ts-check
import { playwrightCounts, vitestCounts } from './test-counts.mjs'

/**
 * One part of `npm test`: the npm script of the same name (or `test:` and the name), what it needs, and how its
 * tests are counted.
 *
 * @typedef {object} Part
 * @property {string} name
 * @property {string} script
 * @property {boolean} [database] needs a MySQL-compatible server, which is started for it
 * @property {boolean} [stack] starts a whole stack of its own: needs the server's binaries
 * @property {boolean} [browser] needs Chromium
 * @property {boolean} [prometheus] needs Prometheus and its promtool
 * @property {(reportFile: string) => { args: string[], env?: Record<string, string> }} [report] makes its runner write a JSON report
 * @property {(reportFile: string) => import('./test-counts.mjs').Counts} [counts] reads that report
 */

/** @param {string} reportFile */
const vitestReport = (reportFile) => ({
  args: ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`],
})

/** @param {string} reportFile */
const playwrightReport = (reportFile) => ({
  args: ['--reporter=list,json'],
  env: { PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile },
})

/** @type {Part[]} in the order in which they run: what fails fastest goes first */
export const parts = [
  { name: 'lint', script: 'lint' },
  { name: 'typecheck', script: 'typecheck' },
  { name: 'size', script: 'size' },
  { name: 'unit', script: 'test:unit', report: vitestReport, counts: vitestCounts },
  { name: 'alerts', script: 'test:alerts', prometheus: true },
  {
    name: 'integration',
    script: 'test:integration',
    database: true,
    prometheus: true,
    report: vitestReport,
    counts: vitestCounts,
  },
  { name: 'chaos', script: 'test:chaos:sample', stack: true },
  { name: 'drill', script: 'test:drill', stack: true, prometheus: true },
  { name: 'stories', script: 'test:stories', browser: true, report: vitestReport, counts: vitestCounts },
  {
    name: 'e2e',
    script: 'test:e2e',
    stack: true,
    browser: true,
    report: playwrightReport,
    counts: playwrightCounts,
  },
  { name: 'adopt', script: 'test:adopt:short', stack: true, browser: true },
]
