// @ts-check
import { vitestCounts } from './test-counts.mjs'

/**
 * One part of `npm test`: the npm script of the same name (or `test:` and the name), what it needs, and how its
 * tests are counted.
 *
 * @typedef {object} Part
 * @property {string} name
 * @property {string} script
 * @property {boolean} [database] needs a MySQL-compatible server
 * @property {(reportFile: string) => { args: string[], env?: Record<string, string> }} [report] makes its runner write a JSON report
 * @property {(reportFile: string) => import('./test-counts.mjs').Counts} [counts] reads that report
 */

/** @param {string} reportFile */
const vitestReport = (reportFile) => ({
  args: ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`],
})

/** @type {Part[]} in the order in which they run: what fails fastest goes first */
export const parts = [
  { name: 'lint', script: 'lint' },
  { name: 'typecheck', script: 'typecheck' },
  { name: 'unit', script: 'test:unit', report: vitestReport, counts: vitestCounts },
  {
    name: 'integration',
    script: 'test:integration',
    database: true,
    report: vitestReport,
    counts: vitestCounts,
  },
]
