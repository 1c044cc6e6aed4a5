import { is } from 'drizzle-orm'
import { getTableConfig, MySqlTable } from 'drizzle-orm/mysql-core'
import type { Pool, RowDataPacket } from 'mysql2/promise'
import * as schema from '../schema'

/** What the code of this version reads and writes, and the database lacks. */
export type Gaps = {
  tables: string[]
  columns: { table: string; columns: string[] }[]
  /** Without one of these all works, slower the fuller the tables are. */
  indexes: { table: string; index: string }[]
}

/** Compares the database with the schema: a migration that never ran, or one that another tool undid. */
export async function schemaGaps(pool: Pool): Promise<Gaps> {
  const [rows] = await pool.query<RowDataPacket[]>(
    'select TABLE_NAME as t, COLUMN_NAME as c from information_schema.COLUMNS where TABLE_SCHEMA = database()',
  )
  const there = new Set(rows.flatMap(({ t, c }) => [String(t), `${t}.${c}`]))
  const indexes = await readIndexes(pool)
  const gaps: Gaps = { tables: [], columns: [], indexes: [] }
  for (const value of Object.values(schema)) {
    if (!is(value, MySqlTable)) continue
    const { name: table, ...config } = getTableConfig(value)
    if (!there.has(table)) {
      gaps.tables.push(table)
      continue
    }
    const columns = config.columns.map(({ name }) => name).filter((name) => !there.has(`${table}.${name}`))
    if (columns.length > 0) gaps.columns.push({ table, columns })
    for (const { config: index } of config.indexes) {
      const wanted = index.columns.map((column) => ('name' in column ? column.name : '')).join()
      const has = (indexes.get(table) ?? []).some(
        (other) => other.name === index.name || `${other.columns},`.startsWith(`${wanted},`),
      )
      if (!has) gaps.indexes.push({ table, index: index.name })
    }
  }
  return gaps
}

async function readIndexes(pool: Pool) {
  const [rows] = await pool.query<RowDataPacket[]>(
    'select TABLE_NAME as t, INDEX_NAME as i, group_concat(COLUMN_NAME order by SEQ_IN_INDEX) as c from information_schema.STATISTICS where TABLE_SCHEMA = database() group by TABLE_NAME, INDEX_NAME',
  )
  const indexes = new Map<string, { name: string; columns: string }[]>()
  for (const { t, i, c } of rows)
    indexes.set(String(t), [...(indexes.get(String(t)) ?? []), { name: String(i), columns: String(c) }])
  return indexes
}
