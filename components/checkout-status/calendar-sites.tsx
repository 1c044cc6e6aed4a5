import type { Workshop } from '@/lib/contract/types'
import { googleCalendarUrl, outlookCalendarUrl } from './calendar-links'
import type { StatusLabels } from './labels'

export type CalendarSitesProps = { workshop: Workshop; labels: StatusLabels }

/** The workshop, to be added to calendars on the web. They learn nothing of this page's address, which carries the session. */
export default function CalendarSites({ workshop, labels }: CalendarSitesProps) {
  return (
    <>
      <a href={googleCalendarUrl(workshop)} target="_blank" rel="noopener noreferrer">
        {labels.google}
      </a>
      <a href={outlookCalendarUrl(workshop)} target="_blank" rel="noopener noreferrer">
        {labels.outlook}
      </a>
    </>
  )
}
