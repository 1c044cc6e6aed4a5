import 'server-only'
import { hasCourseBuilder } from '@/db/course-builder'
import { commerce } from '@/lib/commerce'
import { env } from '@/lib/env'

/** Course Builder gives buyers access, calendar and welcome mail when it hears of a sale, and it hears of one by its events alone. */
async function warnOfMissingEvents(): Promise<void> {
  const { deps, handle } = commerce()
  if (deps.inngest) return
  if (!(await hasCourseBuilder(handle.pool).catch(() => false))) return
  deps.log.warn(
    { event: 'start.no_inngest', variable: 'INNGEST_EVENT_KEY' },
    "Course Builder's calendar invitations, roles and welcome mail wait for its events, and INNGEST_EVENT_KEY is missing: none are sent",
  )
}

/** The server sells without these, but mail, or whatever failed at first, is never sent. */
function warnOfMissingVariables(): void {
  const { log } = commerce().deps
  const { RESEND_API_KEY, SMTP_URL, CRON_SECRET } = env()
  if (!RESEND_API_KEY && !SMTP_URL)
    log.warn(
      { event: 'start.no_mail', variable: 'SMTP_URL' },
      'Neither SMTP_URL nor RESEND_API_KEY is set: every confirmation waits until one of them is',
    )
  if (!CRON_SECRET)
    log.warn(
      { event: 'start.no_scheduler', variable: 'CRON_SECRET' },
      'CRON_SECRET is missing, so that api/cron/* is 404: what cannot be done at once is not tried again',
    )
}

/** Builds the commerce side and opens its first database connection before a buyer comes, and warns of what is not set up. */
export async function warm(): Promise<void> {
  const { deps, handle } = commerce()
  warnOfMissingVariables()
  await handle.pool
    .query('select 1')
    .catch((error: unknown) => deps.log.warn({ err: error }, 'the database does not answer yet'))
  await warnOfMissingEvents()
}
