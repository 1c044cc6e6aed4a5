import { is } from 'drizzle-orm'
import { getTableConfig, MySqlTable } from 'drizzle-orm/mysql-core'
import type { RowDataPacket } from 'mysql2/promise'
import * as schema from '@/db/schema'
import { tablePrefix } from '@/db/schema/prefix'
import type { OpsDeps } from '../deps'
import { type Check, fine, warning, wrong } from './check'

const MIGRATE = 'Run: npm run db:migrate. Then `ops reconcile --fix` fills columns that were lost.'

/** Tables, columns and indexes that we need and the database lacks: a migration that never ran, or one that another tool undid. */
export async function checkDatabase({ pool, settings }: OpsDeps): Promise<Check[]> {
  const [columns] = await pool.query<RowDataPacket[]>(
    'select TABLE_NAME as t, COLUMN_NAME as c from information_schema.COLUMNS where TABLE_SCHEMA = database()',
  )
  const there = new Set(columns.flatMap(({ t, c }) => [String(t), `${t}.${c}`]))
  const indexes = await readIndexes(pool)
  const checks: Check[] = []
  for (const table of Object.values(schema)) {
    if (!is(table, MySqlTable)) continue
    const config = getTableConfig(table)
    if (!there.has(config.name)) {
      checks.push(wrong('database', `the table ${config.name} is missing`, MIGRATE))
      continue
    }
    const lost = config.columns.map(({ name }) => name).filter((name) => !there.has(`${config.name}.${name}`))
    if (lost.length > 0) checks.push(wrong('database', `${config.name} lacks ${lost.join(', ')}`, MIGRATE))
    for (const { config: index } of config.indexes) {
      const wanted = index.columns.map((column) => ('name' in column ? column.name : '')).join()
      const has = (indexes.get(config.name) ?? []).some(
        (other) => other.name === index.name || `${other.columns},`.startsWith(`${wanted},`),
      )
      if (!has) checks.push(warning('database', `${config.name} lacks the index ${index.name}`, MIGRATE))
    }
  }
  if (!settings.INNGEST_EVENT_KEY && there.has(`${tablePrefix}Account`))
    checks.push(
      warning(
        'inngest',
        "INNGEST_EVENT_KEY is missing, and Course Builder's calendar, roles and welcome mail wait for its events",
        'Set the key of the Inngest environment that Course Builder runs in.',
      ),
    )
  return checks.some(({ name }) => name === 'database')
    ? checks
    : [fine('database', 'has every table, column and index'), ...checks]
}

async function readIndexes(pool: OpsDeps['pool']) {
  const [rows] = await pool.query<RowDataPacket[]>(
    'select TABLE_NAME as t, INDEX_NAME as i, group_concat(COLUMN_NAME order by SEQ_IN_INDEX) as c from information_schema.STATISTICS where TABLE_SCHEMA = database() group by TABLE_NAME, INDEX_NAME',
  )
  const indexes = new Map<string, { name: string; columns: string }[]>()
  for (const { t, i, c } of rows)
    indexes.set(String(t), [...(indexes.get(String(t)) ?? []), { name: String(i), columns: String(c) }])
  return indexes
}
