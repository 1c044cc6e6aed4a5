import { mysqlTableCreator } from 'drizzle-orm/mysql-core'

/** Course Builder keeps several sites in one database, told apart by this prefix (`TABLE_PREFIX`). */
export const tablePrefix = process.env.TABLE_PREFIX?.trim() || 'egghead_'

/** A table that we share with Course Builder. */
export const sharedTable = mysqlTableCreator((name) => `${tablePrefix}${name}`)

/** A table of ours alone, out of reach of Course Builder's own `drizzle-kit push`. */
export const ownTable = mysqlTableCreator((name) => `checkout_${name}`)
