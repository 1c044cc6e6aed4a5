import type { Pool, RowDataPacket } from 'mysql2/promise'
import { tablePrefix } from './schema/prefix'

/** Whether Course Builder lives in this database too: its table of accounts is none that we make. */
export async function hasCourseBuilder(pool: Pool): Promise<boolean> {
  const [rows] = await pool.query<RowDataPacket[]>(
    'select 1 from information_schema.TABLES where TABLE_SCHEMA = database() and TABLE_NAME = ?',
    [`${tablePrefix}Account`],
  )
  return rows.length > 0
}
