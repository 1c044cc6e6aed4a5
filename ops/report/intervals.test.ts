import { describe, expect, test } from 'vitest'
import { newcombe, wilson } from './intervals'

describe('Wilson, as Newcombe (1998, Statistics in Medicine 17, 857–872) tables it', () => {
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i', (successes, of, low, high) => {
    const interval = wilson({ successes, of })
    expect(interval.low).toBeCloseTo(low, 4)
    expect(interval.high).toBeCloseTo(high, 4)
  })

  test('of none, everything is possible', () => {
    expect(wilson({ successes: 0, of: 0 })).toEqual({ low: 0, high: 1 })
  })
})

describe('the difference, as Newcombe (1998, 873–890) tables method 10', () => {
  test.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [10, 10, 0, 20, 0.6791, 1],
    [0, 10, 0, 20, -0.1611, 0.2775],
  ])('%i/%i - %i/%i', (a, ofA, b, ofB, low, high) => {
    const interval = newcombe({ successes: a, of: ofA }, { successes: b, of: ofB })
    expect(interval.low).toBeCloseTo(low, 4)
    expect(interval.high).toBeCloseTo(high, 4)
  })
})
