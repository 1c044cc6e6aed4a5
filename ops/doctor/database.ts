import { sql } from 'drizzle-orm'
import { calledAs } from '@/db/called-as'
import { hasCourseBuilder } from '@/db/course-builder'
import { schemaGaps } from '@/db/migrations/gaps'
import type { OpsDeps } from '../deps'
import { type Check, fine, warning, wrong } from './check'

const MIGRATE = `Run: ${calledAs('migrate')}. Then \`${calledAs('ops reconcile')} --fix\` fills columns that were lost.`

/** Tables, columns and indexes that we need and the database lacks: a migration that never ran, or one that another tool undid. */
export async function checkDatabase(deps: OpsDeps): Promise<Check[]> {
  const { tables, columns, indexes } = await schemaGaps(deps.pool)
  const checks = [
    ...tables.map((table) => wrong('database', `the table ${table} is missing`, MIGRATE)),
    ...columns.map(({ table, columns: lost }) =>
      wrong('database', `${table} lacks ${lost.join(', ')}`, MIGRATE),
    ),
    ...indexes.map(({ table, index }) => warning('database', `${table} lacks the index ${index}`, MIGRATE)),
  ]
  return [
    ...(checks.length > 0 ? checks : [fine('database', 'has every table, column and index')]),
    ...(await refusedSettings(deps)),
    ...(await missingEvents(deps)),
  ]
}

/** What a connection asks for and doesn't get: sales go on, with the server's own defaults. */
async function refusedSettings({ sales, refusedSettings }: OpsDeps): Promise<Check[]> {
  // What all the others say has been said by now; sales have connections of their own.
  await sales.execute(sql`do 0`)
  return [...refusedSettings].map((setting) =>
    warning(
      'database',
      `refuses SET ${setting}`,
      "Set the same as the server's default, or let this user set it: without it an amount or a time may be stored otherwise than it was meant.",
    ),
  )
}

/** Where Course Builder lives in this database, what a buyer gets to see hangs on its events. */
async function missingEvents({ pool, settings }: OpsDeps): Promise<Check[]> {
  if (settings.INNGEST_EVENT_KEY) return []
  if (!(await hasCourseBuilder(pool))) return []
  return [
    warning(
      'inngest',
      "INNGEST_EVENT_KEY is missing, and Course Builder's calendar, roles and welcome mail wait for its events",
      'Set the key of the Inngest environment that Course Builder runs in.',
    ),
  ]
}
