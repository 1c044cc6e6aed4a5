// Reads purchases with Course Builder's own published packages, as its apps do, and prints what they answer as JSON:
//   node read.mjs DATABASE_URL '[["getPurchaseWithUser", ["purch_1"]], …]'
import { createMySqlTables, DrizzleAdapter } from '@coursebuilder/adapter-drizzle'
import { purchaseSchema } from '@coursebuilder/core/schemas'
import { mysqlTableCreator } from 'drizzle-orm/mysql-core'
import { drizzle } from 'drizzle-orm/mysql2'
import mysql from 'mysql2/promise'
import { translateForMariadb } from './mariadb.mjs'

const [url = '', calls = '[]'] = process.argv.slice(2)
const table = mysqlTableCreator((name) => `egghead_${name}`)
const pool = mysql.createPool({ uri: url, connectionLimit: 2 })

try {
  await translateForMariadb(pool)
  const adapter = DrizzleAdapter(
    drizzle(pool, { schema: createMySqlTables(table), mode: 'planetscale' }),
    table,
  )
  const answers = []
  for (const [name, args] of JSON.parse(calls)) {
    const answer = await adapter[name](...args)
    // The adapter carries a copy of this schema; the package that it comes from must agree.
    for (const purchase of [answer].flat())
      if (purchase?.totalAmount !== undefined) purchaseSchema.parse(purchase)
    answers.push(answer)
  }
  console.log(JSON.stringify(answers))
} finally {
  await pool.end()
}
