import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundled } from './bundle.mjs'

let folder: string
const name = `test-${randomUUID()}`
const made = join(process.cwd(), 'node_modules/.cache/workshop-checkout', name)
let written = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-'))
})
afterAll(async () => {
  for (const path of [folder, `${made}.mjs`, `${made}.json`]) await rm(path, { recursive: true, force: true })
})

/** Written some time ago, each time at another moment. */
async function write(file: string, text: string): Promise<void> {
  await writeFile(join(folder, file), text)
  const then = new Date(Date.now() - 3_600_000 + ++written * 1000)
  await utimes(join(folder, file), then, then)
}

/** What the bundle says, and when it was made. */
async function run(): Promise<{ says: unknown; at: number }> {
  const url = await bundled(join(folder, 'main.ts'), name)
  const { default: says } = await import(/* @vite-ignore */ `${url}?${randomUUID()}`)
  return { says, at: (await stat(fileURLToPath(url))).mtimeMs }
}

test('is made once, and again when a source has changed, its list is broken or it is gone', async () => {
  await write('main.ts', "import 'server-only'\nexport { default } from './word'")
  await write('word.ts', "const word: string = 'one'\nexport default word")
  const first = await run()
  expect(first.says).toBe('one')
  expect(await run()).toEqual(first)

  await write('word.ts', "const word: string = 'two'\nexport default word")
  const second = await run()
  expect(second.says).toBe('two')
  expect(await run()).toEqual(second)

  await writeFile(`${made}.json`, '{"entry":')
  expect((await run()).says).toBe('two')
  await rm(`${made}.mjs`)
  expect((await run()).says).toBe('two')
})

test('what is written to while it is made is made anew', async () => {
  await write('main.ts', "export default 'before'")
  const ahead = new Date(Date.now() + 60_000)
  await utimes(join(folder, 'main.ts'), ahead, ahead)
  const first = await run()
  const second = await run()
  expect(second.at).toBeGreaterThan(first.at)
})
