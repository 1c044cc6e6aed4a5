import { expect, it } from 'vitest'
import { formatOffset, formatRange } from './format-time'

const year = new Date().getUTCFullYear()
const timeZone = 'America/Los_Angeles'
const range = (of: number) =>
  formatRange(`${of}-12-15T18:00:00.000Z`, `${of}-12-15T23:00:00.000Z`, { timeZone })

it('names the year of what takes place in another one', () => {
  expect(range(year)).toMatch(/^\w+ 15 December, 10:00–15:00$/)
  expect(range(year + 1)).toMatch(RegExp(`^\\w+ 15 December ${year + 1}, 10:00–15:00$`))
})

it.each([
  ['UTC', 'UTC+0'],
  ['Europe/Berlin', 'UTC+1'],
  ['America/Los_Angeles', 'UTC−8'],
  ['Asia/Kolkata', 'UTC+5:30'],
])('tells how far %s is from UTC', (timeZone, offset) => {
  expect(formatOffset('2026-12-15T18:00:00.000Z', { timeZone })).toBe(offset)
})
