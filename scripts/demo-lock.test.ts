import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claim } from './demo-lock.mjs'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a second demo on the same data is refused until the first gives it back', () => {
  const release = claim(folder, 'http://localhost:4000')
  expect(() => claim(folder, 'http://localhost:3000')).toThrow(
    `A demo is already running on this data: http://localhost:4000 (process ${process.pid})`,
  )
  release()
  expect(existsSync(join(folder, 'demo.lock'))).toBe(false)
  claim(folder, '')()
})

test.each(['', 'no json', '{"pid":1,"start":"long ago"}', '{"pid":2147483646}'])(
  'a claim that nobody stands behind any more is taken over: %s',
  (left) => {
    writeFileSync(join(folder, 'demo.lock'), left)
    expect(() => claim(folder, '')()).not.toThrow()
  },
)
