import type { Workshop } from '@/lib/contract/types'

const basic = (iso: string) => new Date(iso).toISOString().replace(/[-:]|\.\d{3}/g, '')

/** Opens Google Calendar with the workshop filled in. */
export function googleCalendarUrl({ title, startsAt, endsAt }: Workshop): string {
  const query = new URLSearchParams({
    action: 'TEMPLATE',
    text: title,
    dates: `${basic(startsAt)}/${basic(endsAt)}`,
  })
  return `https://calendar.google.com/calendar/render?${query}`
}

/** Opens Outlook on the web with the workshop filled in. */
export function outlookCalendarUrl({ title, startsAt, endsAt }: Workshop): string {
  const query = new URLSearchParams({
    path: '/calendar/action/compose',
    rru: 'addevent',
    subject: title,
    startdt: new Date(startsAt).toISOString(),
    enddt: new Date(endsAt).toISOString(),
  })
  return `https://outlook.live.com/calendar/0/deeplink/compose?${query}`
}
