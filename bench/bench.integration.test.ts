import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findMysqlBinaries } from '@/sandbox/mysql/binaries.mjs'
import { testServerUrl } from '@/sandbox/testing/database'
import { commandLine, exitCode } from '@/scripts/processes.mjs'
import { childEnv, nodeBinary, root } from '@/scripts/project.mjs'

/** Runs parts of the bench with the smallest numbers: whether they work, and hold what is counted. Times mean nothing here. */
async function quickly(parts: string[]): Promise<string> {
  const args = ['--import', './scripts/register.mjs', 'bench/main.ts', '--quick']
  const child = spawn(nodeBinary(), [...args, '--database', testServerUrl().href, ...parts], {
    cwd: root,
    env: childEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  const code = await exitCode(child)
  expect(code, said).toBe(0)
  return said
}

test('load, webhook, deliveries: nobody refused, every sale once', { timeout: 300_000 }, async () => {
  const said = await quickly(['load', 'webhook', 'deliveries'])
  expect(said).toMatch(/yes {2}200 buyers at once, Stripe at 300 ms: refused: 0, at most 0/)
  expect(said).toMatch(/20 sales to new buyers: p50 /)
  expect(said).toMatch(/yes {2}deliveries: sales recorded otherwise than once: 0, at most 0/)
})

test('growth and cold: each with a figure', { timeout: 300_000 }, async () => {
  const said = await quickly(['growth', 'cold'])
  for (const work of ['checkout', 'webhook', 'reconcile', 'metrics'])
    expect(said).toMatch(new RegExp(`^ {2}${work} +[\\d.]+ / [\\d.]+ `, 'm'))
  expect(said).toMatch(/^ {2}POST \/api\/workshop\/checkout +\d+ /m)
  expect(said).toMatch(/^ {2}api\/stripe\/webhook\/route +\d+ /m)
})

test('a part that there is not', async () => {
  const child = spawn(
    nodeBinary(),
    ['--import', './scripts/register.mjs', 'bench/main.ts', 'compare', 'all'],
    {
      cwd: root,
      env: childEnv(),
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  expect(await exitCode(child)).toBe(2)
  expect(said).toMatch(/There is no part all\. There are: compare, load, webhook/)
})

test.runIf(findMysqlBinaries())(
  'one that is stopped ends its database and puts its folder away',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-stopped-'))
    const child = spawn(
      nodeBinary(),
      ['--import', './scripts/register.mjs', 'bench/main.ts', '--quick', 'load'],
      {
        cwd: root,
        env: childEnv({ TMPDIR: folder, BENCH_DATABASE_URL: undefined }),
        stdio: 'ignore',
      },
    )
    const pidFiles = () => globSync('workshop-bench-*/mysql/workshop.pid', { cwd: folder })
    await expect.poll(pidFiles, { timeout: 100_000 }).toHaveLength(1)
    const pid = Number(readFileSync(join(folder, pidFiles()[0] ?? ''), 'utf8'))
    expect(commandLine(pid)).toContain('--datadir')
    child.kill('SIGTERM')
    expect(await exitCode(child)).toBe(130)
    expect(commandLine(pid)).toBe('')
    expect(readdirSync(folder).filter((name) => name.startsWith('workshop-bench-'))).toEqual([])
    rmSync(folder, { recursive: true, force: true })
  },
)
