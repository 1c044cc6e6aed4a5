import { workshopCalendar, workshopUid } from './workshop-calendar'

/** What the e-mail and the confirmation page both know of a workshop. */
export type CalendarWorkshop = {
  slug: string
  title: string
  startsAt: string
  endsAt: string
  timeZone: string
  url: string
  howToJoin?: string | undefined
  replyTo?: string | undefined
}

/** The calendar file of a workshop on sale, the same wherever a buyer takes it from. `stampedAt`: ISO 8601. */
export function calendarForWorkshop(workshop: CalendarWorkshop, stampedAt?: string): string {
  return workshopCalendar({
    uid: workshopUid(workshop),
    title: workshop.title,
    startsAt: workshop.startsAt,
    endsAt: workshop.endsAt,
    timeZone: workshop.timeZone,
    url: workshop.url,
    description: workshop.howToJoin ?? '',
    ...(workshop.replyTo ? { organizer: { name: workshop.title, email: workshop.replyTo } } : {}),
    ...(stampedAt === undefined ? {} : { stampedAt }),
  })
}

/** `typescript-at-scale.ics` */
export const calendarFileName = (workshop: { slug: string }) =>
  `${workshop.slug.replace(/[^\w-]+/g, '-') || 'workshop'}.ics`
