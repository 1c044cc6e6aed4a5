import { sql } from 'drizzle-orm'
import { json, timestamp, varchar } from 'drizzle-orm/mysql-core'

/** To the millisecond: a bare `now()` would cut to seconds. */
export const now = sql`CURRENT_TIMESTAMP(3)`

/** Course Builder's habits for columns that recur. */
export const id = (name = 'id') => varchar(name, { length: 191 })
export const longId = (name = 'id') => varchar(name, { length: 255 })
export const moment = (name: string) => timestamp(name, { mode: 'date', fsp: 3 })
export const createdAt = () => moment('createdAt').default(now)
export const fields = () => json('fields').$type<Record<string, unknown>>().default({})
