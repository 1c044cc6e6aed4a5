import 'server-only'
import type { RowDataPacket } from 'mysql2/promise'
import { commerce } from '@/lib/commerce'
import { env } from '@/lib/env'

/** Where Course Builder lives in this database, what a buyer gets to see hangs on its events. */
async function warnOfMissingEvents(): Promise<void> {
  const { deps, handle } = commerce()
  if (deps.inngest) return
  const courseBuilders = `${env().TABLE_PREFIX}Account`
  const [rows] = await handle.pool
    .query<RowDataPacket[]>(
      'select 1 from information_schema.TABLES where TABLE_SCHEMA = database() and TABLE_NAME = ?',
      [courseBuilders],
    )
    .catch(() => [[]])
  if (rows.length === 0) return
  deps.log.warn(
    { event: 'start.no_inngest', variable: 'INNGEST_EVENT_KEY' },
    "Course Builder's calendar invitations, roles and welcome mail wait for its events, and INNGEST_EVENT_KEY is missing: none are sent",
  )
}

/** A server sells without them, and somebody waits in vain. */
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

/** What the first buyer would wait for: the commerce side of this process. */
export async function warm(): Promise<void> {
  const { deps, handle } = commerce()
  warnOfMissingVariables()
  await handle.pool
    .query('select 1')
    .catch((error: unknown) => deps.log.warn({ err: error }, 'the database does not answer yet'))
  await warnOfMissingEvents()
}
