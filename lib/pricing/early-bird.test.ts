import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { earlyBirdEnd, isTimeZone } from './early-bird'

/** The wall clock there, by another road than the code's. */
const wallClock = (at: number, timeZone: string) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(at)

const zones = Intl.supportedValuesOf('timeZone')
const date = fc
  .date({ min: new Date('2015-01-01T00:00:00Z'), max: new Date('2037-12-30T00:00:00Z'), noInvalidDate: true })
  .map((day) => day.toISOString().slice(0, 10))

describe('earlyBirdEnd', () => {
  it.each([
    ['an ordinary winter day', '2026-12-05', 'America/Los_Angeles', '2026-12-06T08:00:00.000Z'],
    ['the day the clocks go forward', '2026-03-08', 'America/Los_Angeles', '2026-03-09T07:00:00.000Z'],
    ['the eve of it', '2026-03-07', 'America/Los_Angeles', '2026-03-08T08:00:00.000Z'],
    ['the day the clocks go back', '2026-11-01', 'America/Los_Angeles', '2026-11-02T08:00:00.000Z'],
    ['a leap day', '2028-02-29', 'Asia/Kolkata', '2028-02-29T18:30:00.000Z'],
    ['the last day of a year, first zone', '2026-12-31', 'Pacific/Kiritimati', '2026-12-31T10:00:00.000Z'],
    ['the last day of a year, last zone', '2026-12-31', 'Pacific/Niue', '2027-01-01T11:00:00.000Z'],
    ['midnight itself skipped', '2026-04-23', 'Africa/Cairo', '2026-04-23T22:00:00.000Z'],
    ['the last hour twice', '2026-10-29', 'Africa/Cairo', '2026-10-29T22:00:00.000Z'],
    ['the first hour of the next day twice', '2026-10-31', 'America/Havana', '2026-11-01T04:00:00.000Z'],
    ['23:01 to 00:01 twice', '2006-10-28', 'America/St_Johns', '2006-10-29T03:30:00.000Z'],
    ['the last half hour skipped', '1919-03-30', 'America/Toronto', '1919-03-31T04:30:00.000Z'],
    ['a half-hour change', '2026-04-04', 'Australia/Lord_Howe', '2026-04-04T13:00:00.000Z'],
    ['the whole next day skipped', '2011-12-29', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
  ])('%s: %s in %s', (_, day, zone, end) => {
    expect(earlyBirdEnd(day, zone).toISOString()).toBe(end)
  })

  it('is the first moment that is no longer that date, in every zone', () => {
    fc.assert(
      fc.property(date, fc.constantFrom(...zones), (day, zone) => {
        const end = earlyBirdEnd(day, zone).getTime()
        expect(wallClock(end - 1, zone).slice(0, 10)).toBe(day)
        expect(wallClock(end, zone).slice(0, 10) > day).toBe(true)
      }),
      { numRuns: 2000 },
    )
    // Each zone makes a formatter of its own, and a busy machine takes its time.
  }, 60_000)

  it('does not care where the visitor, or this server, is', () => {
    const before = process.env.TZ
    try {
      const ends = ['Pacific/Kiritimati', 'Pacific/Niue', 'UTC', 'America/Los_Angeles'].map((here) => {
        process.env.TZ = here
        return earlyBirdEnd('2026-03-08', 'America/Los_Angeles').toISOString()
      })
      expect(new Set(ends)).toEqual(new Set(['2026-03-09T07:00:00.000Z']))
    } finally {
      if (before === undefined) delete process.env.TZ
      else process.env.TZ = before
    }
  })

  it.each(['2026-02-29', '2026-13-01', '2026-1-1', '5 December', '', '2026-12-05T00:00:00Z'])(
    'refuses %j',
    (day) => {
      expect(() => earlyBirdEnd(day, 'UTC')).toThrow(RangeError)
    },
  )

  it('refuses a zone that does not exist', () => {
    expect(isTimeZone('Mars/Olympus')).toBe(false)
    expect(() => earlyBirdEnd('2026-12-05', 'Mars/Olympus')).toThrow(RangeError)
  })
})
