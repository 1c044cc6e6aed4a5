import type { Workshop } from '@/lib/contract/types'

const basic = (iso: string) => new Date(iso).toISOString().replace(/[-:]|\.\d{3}/g, '')

/** A space as `%20`: Outlook shows a `+` as it stands. */
const link = (address: string, query: Record<string, string>) =>
  `${address}?${new URLSearchParams(query)}`.replaceAll('+', '%20')

/** Opens Google Calendar with the workshop filled in. */
export function googleCalendarUrl({ title, startsAt, endsAt }: Workshop): string {
  return link('https://calendar.google.com/calendar/render', {
    action: 'TEMPLATE',
    text: title,
    dates: `${basic(startsAt)}/${basic(endsAt)}`,
  })
}

/** Opens Outlook on the web with the workshop filled in. */
export function outlookCalendarUrl({ title, startsAt, endsAt }: Workshop): string {
  return link('https://outlook.live.com/calendar/0/deeplink/compose', {
    path: '/calendar/action/compose',
    rru: 'addevent',
    subject: title,
    startdt: new Date(startsAt).toISOString(),
    enddt: new Date(endsAt).toISOString(),
  })
}
