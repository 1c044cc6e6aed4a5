import { format } from 'node:util'
import { afterEach, beforeEach, expect, vi } from 'vitest'

/**
 * A test during which something was reported as an error fails, unless it expected that: one that replaces
 * `console.error` by a spy of its own sees to its calls itself.
 */
const reported: string[] = []

beforeEach(() => {
  reported.length = 0
  vi.spyOn(console, 'error').mockImplementation((...args: unknown[]) => {
    reported.push(format(...args))
  })
})

afterEach(() => {
  const messages = reported.splice(0)
  vi.restoreAllMocks()
  expect(messages, 'console.error was called; a test that expects it spies on it').toEqual([])
})
