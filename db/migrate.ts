import { readFile } from 'node:fs/promises'
import mysql from 'mysql2/promise'
import { calledAs } from './called-as'
import { need, runCommand } from './command'
import { applyMigration } from './migrations/apply'

/**
 * `npm run db:migrate`: adds to the database what the migrations name and it lacks. Never drops, renames or rewrites, so it
 * may run on an empty database, on one of Course Builder's, and any number of times.
 */
export async function migrate(url: string, log: (line: string) => void = () => undefined): Promise<number> {
  const prefix = process.env.TABLE_PREFIX?.trim() || 'egghead_'
  const folder = new URL('./migrations/', import.meta.url)
  const journal: { entries: { tag: string }[] } = JSON.parse(
    await readFile(new URL('meta/_journal.json', folder), 'utf8'),
  )
  const connection = await mysql.createConnection({ uri: url, charset: 'utf8mb4_unicode_ci' })
  try {
    // Two servers deployed at once take turns, each database for itself. Where the lock doesn't exist, "already there" is no error either.
    await connection
      .query("SELECT GET_LOCK(LEFT(CONCAT('workshop-checkout-migrate ', DATABASE()), 64), 60)")
      .catch(() => undefined)
    let changes = 0
    for (const { tag } of journal.entries) {
      const sql = await readFile(new URL(`${tag}.sql`, folder), 'utf8')
      changes += await applyMigration(connection, sql.replaceAll('`egghead_', `\`${prefix}`), log)
    }
    return changes
  } finally {
    await connection.end()
  }
}

const usage =
  () => `${calledAs('migrate')}    adds to the database of DATABASE_URL what it lacks; drops, renames and rewrites nothing

  DATABASE_URL    e.g. mysql://user:password@localhost:3306/coursebuilder; the database must be there
  TABLE_PREFIX    the prefix of Course Builder's tables; default egghead_`

if (import.meta.filename === process.argv[1])
  await runCommand(usage(), async () => {
    const { DATABASE_URL } = need(process.env, 'DATABASE_URL')
    const changes = await migrate(DATABASE_URL, (line) => console.log(line))
    console.log(changes === 0 ? 'The database has everything already.' : `Done: ${changes} additions.`)
  })
