import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeBinary, root } from './project.mjs'

/** What each of them would do otherwise takes minutes, or rewrites files. */
const commands: [file: string, written?: string][] = [
  ['scripts/demo.mjs'],
  ['scripts/test.mjs'],
  ['scripts/screenshots.mjs'],
  ['scripts/size.mjs'],
  ['scripts/adopt/main.ts'],
  ['scripts/docs/main.ts', 'docs/errors.md'],
  ['scripts/registry/main.ts', 'registry.json'],
  ['scripts/env/write-example.ts', '.env.example'],
  ['ops/dashboard/main.ts', 'ops/dashboard.json'],
  ['bench/main.ts'],
  ['e2e/drill/main.ts'],
  ['e2e/chaos/main.ts'],
  ['db/migrate.ts'],
  ['db/seed.ts'],
]

type Ran = { status: number | null; stdout: string; stderr: string }

const run = (file: string, ...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const child = execFile(
      nodeBinary(),
      ['--import', './scripts/register.mjs', file, ...args],
      { cwd: root, env: { PATH: process.env.PATH, NODE_ENV: 'test' } },
      (_error, stdout, stderr) => resolve({ status: child.exitCode, stdout, stderr }),
    )
  })

const content = (written?: string) => (written ? readFileSync(join(root, written), 'base64') : '')

test.concurrent.each(commands)(
  '%s refuses what it does not know, and says how it is used',
  {
    timeout: 120_000,
  },
  async (file, written) => {
    const before = content(written)
    const { status, stderr } = await run(file, '--nonsense')
    expect(stderr).toMatch(/^Unknown option '--nonsense'[^\n]*\n\nnpm (run|test) ?/)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(status).toBe(2)
    expect(content(written)).toBe(before)
  },
)

test('whoever asks for help changes nothing', { timeout: 120_000 }, async () => {
  const before = content('ops/dashboard.json')
  const { status, stdout, stderr } = await run('ops/dashboard/main.ts', '--help')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(/^npm run dashboard /)
  expect(content('ops/dashboard.json')).toBe(before)
})

test.concurrent.each<[string, string[], RegExp]>([
  ['bench/main.ts', ['--database', 'localhost'], /^--database is no address of a MySQL server/],
  ['e2e/chaos/main.ts', ['--visits', 'many'], /^--visits is not a whole number above 0: many/],
  ['scripts/size.mjs', ['nothing.tsx'], /^There is no file nothing\.tsx/],
  ['scripts/test.mjs', ['nothing'], /^There is no part called nothing\. The parts are: /],
])('%s %j says what is wrong', { timeout: 120_000 }, async (file, args, words) => {
  const { status, stderr } = await run(file, ...args)
  expect(stderr).toMatch(words)
  expect(status).toBe(2)
})
