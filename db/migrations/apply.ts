import type { Connection, RowDataPacket } from 'mysql2/promise'

type Log = (line: string) => void
type Index = { name: string; unique: boolean; columns: string[] }

const BREAKPOINT = '--> statement-breakpoint'
const ALREADY_THERE = new Set(['ER_TABLE_EXISTS_ERROR', 'ER_DUP_FIELDNAME', 'ER_DUP_KEYNAME'])

/** Applies one generated file statement by statement, skipping whatever is there already; answers how much was added. */
export async function applyMigration(connection: Connection, sql: string, log: Log): Promise<number> {
  let changes = 0
  for (const statement of sql.split(BREAKPOINT).map((part) => part.trim().replace(/;$/, ''))) {
    if (statement !== '') changes += await applyStatement(connection, statement, log)
  }
  return changes
}

async function applyStatement(connection: Connection, statement: string, log: Log): Promise<number> {
  const table = /^CREATE TABLE `([^`]+)` \(/.exec(statement)?.[1]
  if (table) return createOrExtend(connection, table, statement, log)
  const index = /^CREATE (UNIQUE )?INDEX `([^`]+)` ON `([^`]+)` \(([^)]+)\)/.exec(statement)
  if (index) {
    const [, unique, name = '', on = '', columns = ''] = index
    return addIndex(connection, on, { name, unique: Boolean(unique), columns: names(columns) }, log)
  }
  const column = /^ALTER TABLE `([^`]+)` ADD `([^`]+)` ([\s\S]+)$/.exec(statement)
  if (column) {
    const [, on = '', name = '', definition = ''] = column
    return (await columnsOf(connection, on)).has(name) ? 0 : addColumn(connection, on, name, definition, log)
  }
  const unique = /^ALTER TABLE `([^`]+)` ADD CONSTRAINT `([^`]+)` UNIQUE\s*\(([^)]+)\)/.exec(statement)
  if (unique) {
    const [, on = '', name = '', columns = ''] = unique
    return addIndex(connection, on, { name, unique: true, columns: names(columns) }, log)
  }
  throw new Error(`This migration does more than add: ${statement.slice(0, 120)}`)
}

async function createOrExtend(
  connection: Connection,
  table: string,
  statement: string,
  log: Log,
): Promise<number> {
  const existing = await columnsOf(connection, table)
  if (existing.size === 0) {
    const collation = await collationOf(connection)
    return attempt(connection, `${statement} DEFAULT CHARSET=utf8mb4 COLLATE=${collation}`, () =>
      log(`Created the table ${table}`),
    )
  }
  let changes = 0
  for (const line of statement
    .split('\n')
    .slice(1)
    .map((part) => part.trim().replace(/,$/, ''))) {
    const column = /^`([^`]+)` (.+)$/.exec(line)
    if (column?.[1] && column[2] && !existing.has(column[1])) {
      changes += await addColumn(connection, table, column[1], column[2], log)
    }
    const unique = /^CONSTRAINT `([^`]+)` UNIQUE\(([^)]+)\)$/.exec(line)
    if (unique?.[1] && unique[2]) {
      changes += await addIndex(
        connection,
        table,
        { name: unique[1], unique: true, columns: names(unique[2]) },
        log,
      )
    }
  }
  return changes
}

async function addColumn(connection: Connection, table: string, name: string, definition: string, log: Log) {
  return attempt(connection, `ALTER TABLE \`${table}\` ADD COLUMN \`${name}\` ${definition}`, () =>
    log(`Added the column ${table}.${name}`),
  )
}

async function addIndex(connection: Connection, table: string, wanted: Index, log: Log): Promise<number> {
  const covered = (await indexesOf(connection, table)).some(
    (index) =>
      index.name === wanted.name ||
      (wanted.unique
        ? index.unique && index.columns.join() === wanted.columns.join()
        : index.columns.slice(0, wanted.columns.length).join() === wanted.columns.join()),
  )
  if (covered) return 0
  const columns = wanted.columns.map((column) => `\`${column}\``).join(',')
  const kind = wanted.unique ? 'UNIQUE INDEX' : 'INDEX'
  return attempt(connection, `CREATE ${kind} \`${wanted.name}\` ON \`${table}\` (${columns})`, () =>
    log(`Added the index ${wanted.name} to ${table}`),
  )
}

async function attempt(connection: Connection, sql: string, done: () => void): Promise<number> {
  try {
    await connection.query(sql)
    done()
    return 1
  } catch (error) {
    if (error instanceof Error && 'code' in error && ALREADY_THERE.has(String(error.code))) return 0
    throw error
  }
}

/** New tables compare text as their neighbours do, or joins between them would be refused. */
async function collationOf(connection: Connection): Promise<string> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT TABLE_COLLATION AS name FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_COLLATION LIKE 'utf8mb4%'
      ORDER BY TABLE_NAME LIKE '%User' DESC, TABLE_NAME LIMIT 1`,
  )
  return rows[0] ? String(rows[0].name) : 'utf8mb4_unicode_ci'
}

const names = (list: string) => [...list.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)

async function columnsOf(connection: Connection, table: string): Promise<Set<string>> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?',
    [table],
  )
  return new Set(rows.map((row) => String(row.name)))
}

async function indexesOf(connection: Connection, table: string): Promise<Index[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT INDEX_NAME AS name, NON_UNIQUE AS loose, COLUMN_NAME AS col FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY INDEX_NAME, SEQ_IN_INDEX',
    [table],
  )
  const indexes = new Map<string, Index>()
  for (const row of rows) {
    const name = String(row.name)
    const index = indexes.get(name) ?? { name, unique: Number(row.loose) === 0, columns: [] }
    index.columns.push(String(row.col))
    indexes.set(name, index)
  }
  return [...indexes.values()]
}
