import { expect, test } from 'vitest'
import { Seen } from './seen'

test('knows what it met, and nothing else, however much that was', () => {
  const seen = new Seen()
  expect(seen.has('cs_1')).toBe(false)
  for (let at = 0; at < 5000; at++) seen.add(`cs_${at}`)
  expect(Array.from({ length: 5000 }, (_, at) => seen.has(`cs_${at}`))).not.toContain(false)
  expect(Array.from({ length: 5000 }, (_, at) => seen.has(`cs_${at + 5000}`))).not.toContain(true)
  seen.add('cs_late')
  expect(seen.has('cs_late')).toBe(true)
})
