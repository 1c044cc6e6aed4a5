import { describe, expect, it } from 'vitest'
import { describeWhen, utcOffset } from './when'

describe('describeWhen', () => {
  it.each([
    [
      'before the clocks go back',
      '2026-10-31T17:00:00Z',
      '10:00–13:00 Pacific Daylight Time (Los Angeles, UTC−7)',
    ],
    ['after it', '2026-11-01T18:00:00Z', '10:00–13:00 Pacific Standard Time (Los Angeles, UTC−8)'],
    [
      'before the clocks go forward',
      '2027-03-13T18:00:00Z',
      '10:00–13:00 Pacific Standard Time (Los Angeles, UTC−8)',
    ],
    ['after that', '2027-03-14T17:00:00Z', '10:00–13:00 Pacific Daylight Time (Los Angeles, UTC−7)'],
  ])('tells ten in the morning as ten in the morning %s', (_, startsAt, local) => {
    const endsAt = new Date(Date.parse(startsAt) + 3 * 3_600_000).toISOString()
    expect(describeWhen({ startsAt, endsAt, timeZone: 'America/Los_Angeles' }).local).toBe(local)
  })

  it('tells both offsets where the clocks change on the way', () => {
    const night = {
      startsAt: '2026-10-25T00:30:00Z',
      endsAt: '2026-10-25T03:00:00Z',
      timeZone: 'Europe/Berlin',
    }
    expect(describeWhen(night)).toMatchObject({
      date: 'Sunday 25 October 2026',
      local:
        '02:30–04:00 Central European Summer Time (Berlin, UTC+2), ending in Central European Standard Time (Berlin, UTC+1)',
      utc: '00:30–03:00 UTC',
    })
  })

  it('gives the date again where it is another one in UTC', () => {
    const evening = {
      startsAt: '2026-12-15T02:00:00Z',
      endsAt: '2026-12-15T04:00:00Z',
      timeZone: 'America/New_York',
    }
    expect(describeWhen(evening)).toMatchObject({
      date: 'Monday 14 December 2026',
      local: '21:00–23:00 Eastern Standard Time (New York, UTC−5)',
      utc: 'Tuesday 15 December 2026, 02:00–04:00 UTC',
      short: '14 December',
    })
  })

  it('tells both days of a workshop that ends on another one', () => {
    const twoDays = {
      startsAt: '2026-12-31T14:00:00Z',
      endsAt: '2027-01-01T18:00:00Z',
      timeZone: 'Europe/Berlin',
    }
    expect(describeWhen(twoDays)).toMatchObject({
      date: 'Thursday 31 December 2026 to Friday 1 January 2027',
      local: 'Thursday 15:00 to Friday 19:00, Central European Standard Time (Berlin, UTC+1)',
      utc: 'Thursday 14:00 to Friday 18:00, UTC',
    })
  })

  it('says UTC once', () => {
    const utc = { startsAt: '2026-12-15T18:00:00Z', endsAt: '2026-12-15T20:00:00Z', timeZone: 'UTC' }
    expect(describeWhen(utc).text).toBe('Tuesday 15 December 2026\n18:00–20:00 UTC')
  })

  it.each([
    ['Asia/Kolkata', 'UTC+5:30'],
    ['Asia/Kathmandu', 'UTC+5:45'],
    ['Europe/London', 'UTC'],
    ['America/St_Johns', 'UTC−3:30'],
  ])('%s is %s in December', (timeZone, offset) => {
    expect(utcOffset(new Date('2026-12-15T12:00:00Z'), timeZone)).toBe(offset)
  })

  it('tells a zone that nobody knows in UTC', () => {
    const lost = { startsAt: '2026-12-15T18:00:00Z', endsAt: '2026-12-15T20:00:00Z', timeZone: 'Mars/Base' }
    expect(describeWhen(lost).local).toBe('18:00–20:00 UTC')
  })
})
