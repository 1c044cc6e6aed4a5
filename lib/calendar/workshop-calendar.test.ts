import { describe, expect, it } from 'vitest'
import { calendarFileName, calendarForWorkshop } from './for-workshop'
import { workshopCalendar, workshopUid } from './workshop-calendar'

const workshop = {
  uid: 'workshop-claude-code@shop.example.com',
  title: 'Claude Code from First Prompt to Production',
  startsAt: '2026-12-15T18:00:00Z',
  endsAt: '2026-12-15T23:00:00Z',
  timeZone: 'America/Los_Angeles',
  url: 'https://shop.example.com/workshop/claude-code',
  description: 'We meet on Zoom.',
  stampedAt: '2026-11-24T09:30:00Z',
}

/** As a calendar reads it: unfolded (RFC 5545 3.1), names apart from values, text unescaped (3.3.11). */
function parse(calendar: string): Record<string, string> {
  const lines = calendar
    .replace(/\r\n[ \t]/g, '')
    .split('\r\n')
    .filter(Boolean)
  const properties: Record<string, string> = {}
  for (const line of lines) {
    const [, name, value] = /^([A-Z-]+(?:;[A-Z-]+="[^"]*")*):(.*)$/s.exec(line) ?? []
    if (name === undefined || value === undefined) throw new Error(`not a property: ${line}`)
    const [key = name] = name.split(';')
    if (key === 'BEGIN' || key === 'END') continue
    if (key in properties) throw new Error(`twice: ${key}`)
    properties[key] = value.replace(/\\([\\;,nN])/g, (_, escaped: string) =>
      /n/i.test(escaped) ? '\n' : escaped,
    )
  }
  return properties
}

describe('workshopCalendar', () => {
  it('says what, when and where, in UTC, to whoever reads it', () => {
    const properties = parse(workshopCalendar(workshop))
    expect(properties).toMatchObject({
      VERSION: '2.0',
      METHOD: 'PUBLISH',
      UID: 'workshop-claude-code@shop.example.com',
      SUMMARY: workshop.title,
      DTSTAMP: '20261124T093000Z',
      DTSTART: '20261215T180000Z',
      DTEND: '20261215T230000Z',
      SEQUENCE: '0',
      STATUS: 'CONFIRMED',
      URL: workshop.url,
    })
    expect(properties.DESCRIPTION).toBe(
      [
        'We meet on Zoom.',
        'Tuesday 15 December 2026\n10:00–15:00 Pacific Standard Time (Los Angeles, UTC−8)\n18:00–23:00 UTC',
        workshop.url,
      ].join('\n\n'),
    )
  })

  it('brings any text through unharmed, in lines of 75 octets at the most', () => {
    const title = 'Commas, semicolons; \\backslashes\\ and “quotes” — 日本語のワークショップ, '
      .repeat(4)
      .trim()
    const description = 'One\nTwo; three, four\\n\n<script>alert(1)</script> 👩‍💻'.repeat(3)
    const calendar = workshopCalendar({ ...workshop, title, description, location: 'Room 1, Berlin; Mitte' })
    const properties = parse(calendar)
    expect(properties.SUMMARY).toBe(title)
    expect(properties.DESCRIPTION).toContain(description)
    expect(properties.LOCATION).toBe('Room 1, Berlin; Mitte')
    for (const line of calendar.split('\r\n'))
      expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75)
    expect(calendar.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(calendar.endsWith('END:VCALENDAR\r\n')).toBe(true)
  })

  it('lets nothing that came in add a property', () => {
    const calendar = workshopCalendar({
      ...workshop,
      uid: 'a@b\r\nATTENDEE:mailto:x@evil.example',
      title: 'A\r\nATTENDEE:mailto:x@evil.example\rATTENDEE:y',
      description: 'B\r\nEND:VEVENT\rATTENDEE:z',
      url: 'javascript:alert(1)',
      location: 'C\nATTENDEE:w',
      organizer: { name: 'D"\r\nATTENDEE:v', email: 'a@b.co\r\nATTENDEE:u' },
    })
    expect(calendar).not.toMatch(/(^|\r|\n)ATTENDEE/)
    expect(calendar.match(/END:VEVENT\r\n/g)).toHaveLength(1)
    expect(calendar).not.toContain('javascript:')
    expect(calendar).not.toContain('ORGANIZER')
  })

  it('is the same bytes for the same workshop and stamp', () => {
    expect(workshopCalendar(workshop)).toBe(workshopCalendar({ ...workshop }))
  })

  it('keeps its name and counts up when the date moves', () => {
    const moved = {
      ...workshop,
      startsAt: '2026-12-16T18:00:00Z',
      endsAt: '2026-12-16T23:00:00Z',
      sequence: 1,
    }
    expect(parse(workshopCalendar(moved))).toMatchObject({
      UID: workshop.uid,
      SEQUENCE: '1',
      DTSTART: '20261216T180000Z',
    })
  })

  it.each([
    ['the end before the start', { endsAt: '2026-12-15T17:00:00Z' }],
    ['no date', { startsAt: 'soon' }],
  ])('refuses %s', (_, change) => {
    expect(() => workshopCalendar({ ...workshop, ...change })).toThrow(RangeError)
  })
})

describe('calendarForWorkshop', () => {
  it('names the event by the workshop, not by the purchase', () => {
    const sold = { ...workshop, slug: 'claude-code', howToJoin: 'Zoom', replyTo: 'workshops@example.com' }
    const properties = parse(calendarForWorkshop(sold, '2026-11-24T00:00:00Z'))
    expect(properties.UID).toBe(workshopUid(sold))
    expect(properties.ORGANIZER).toBe('MAILTO:workshops@example.com')
  })

  it('makes a file name out of any slug', () => {
    expect(calendarFileName({ slug: 'typescript-at-scale' })).toBe('typescript-at-scale.ics')
    expect(calendarFileName({ slug: '../"x"\r\n' })).toBe('-x-.ics')
  })
})
