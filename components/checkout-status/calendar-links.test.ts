import { expect, it } from 'vitest'
import { workshop } from '../stories.testing'
import { googleCalendarUrl, outlookCalendarUrl } from './calendar-links'

it.each([
  [googleCalendarUrl, 'text'],
  [outlookCalendarUrl, 'subject'],
] as const)('writes a title as every calendar reads it', (link, name) => {
  const title = 'C++ & Rust from A to Z'
  const url = link({ ...workshop, title })
  // Outlook shows a plus as it stands.
  expect(url).not.toContain('+')
  expect(new URL(url).searchParams.get(name)).toBe(title)
})
