import { once } from 'node:events'
import { expect, test } from 'vitest'
import { exitCode, spawnGroup } from './processes.mjs'

test('a test run that is stopped begins no further part, and leaves no process behind', async () => {
  const run = spawnGroup(process.execPath, ['scripts/test.mjs', 'lint', 'size'], { output: 'pipe' })
  let output = ''
  run.stdout?.on('data', (chunk) => {
    output += chunk
    if (`${chunk}`.includes('── lint ──')) run.kill('SIGINT')
  })
  const closed = once(run, 'close')
  expect(await exitCode(run)).toBe(1)
  // What it has started holds on to its output.
  await closed
  expect(output).toContain('Stopped by SIGINT.')
  expect(output).not.toContain('── size ──')
}, 30_000)
