import { describe, expect, test } from 'vitest'
import { assign, bucketOf, internalEntrySchema, isInternal, parseRollout } from './setting'

const ids = Array.from({ length: 4000 }, (_, index) => index.toString(16).padStart(32, '0'))
const shareAt = (text: string, internal = false) =>
  ids.filter((id) => assign(parseRollout(text), { id, internal }) === 'session').length / ids.length

describe('who is assigned what', () => {
  test.each([
    ['off', false, 0],
    ['off', true, 0],
    ['internal', false, 0],
    ['internal', true, 1],
    ['0%', false, 0],
    ['0%', true, 1],
    ['100%', false, 1],
    ['on', false, 1],
  ])('%s, internal %s: %d', (text, internal, share) => {
    expect(shareAt(text, internal)).toBe(share)
  })

  test('a percentage is that share of the visitors, and the same ones as it grows', () => {
    for (const percent of [1, 10, 25, 50, 99]) expect(shareAt(`${percent}%`)).toBeCloseTo(percent / 100, 1)
    const before = ids.filter((id) => assign(parseRollout('10%'), { id, internal: false }) === 'session')
    const after = new Set(
      ids.filter((id) => assign(parseRollout('25%'), { id, internal: false }) === 'session'),
    )
    expect(before.every((id) => after.has(id))).toBe(true)
  })

  test('whom the guard tries first has nothing to do with whom the rollout took', () => {
    const rolled = ids.filter((id) => bucketOf(id) < 25)
    const tried = rolled.filter((id) => bucketOf(id, 'probe') < 10)
    expect(tried.length / rolled.length).toBeCloseTo(0.1, 1)
  })
})

test.each(['', '101%', '-1%', '25', 'ON', 'on ', '2.5%', '1000%'])('%j is no rollout', (text) => {
  expect(() => parseRollout(text)).toThrow('a rollout is off, internal, on or a percentage such as 25%')
})

describe('internal people', () => {
  const internal = ['ada@example.com', '@egghead.io']
  test.each([
    ['ada@example.com', true],
    [' Ada@Example.com ', true],
    ['joel@egghead.io', true],
    ['joel@notegghead.io', false],
    ['joel@egghead.io.example.com', false],
    ['"@egghead.io"@example.com', false],
    ['grace@example.com', false],
    ['', false],
    [undefined, false],
  ])('%j: %s', (email, expected) => {
    expect(isInternal(internal, email)).toBe(expected)
  })

  test.each(['ada', '@', '@localhost', 'a b@c.de', 'ada@@example.com'])('%j is nobody', (entry) => {
    expect(internalEntrySchema.safeParse(entry).success).toBe(false)
  })
})
