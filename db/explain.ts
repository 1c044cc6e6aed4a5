import { calledAs } from './called-as'
import { databaseErrorCode } from './errors'

const example = 'mysql://user:password@localhost:3306/coursebuilder'
const rights =
  'Its user needs SELECT, INSERT, UPDATE and DELETE there, and for the migration CREATE, ALTER and INDEX.'
const create = `Create it first (create database coursebuilder character set utf8mb4). ${rights}`

/** By the server's code: what is wrong, and what a person does about it. */
const KNOWN: Record<string, () => string> = {
  ER_NO_DB_ERROR: () => `DATABASE_URL names no database, which stands behind the port: ${example}. ${create}`,
  ER_BAD_DB_ERROR: () => `There is no database of the name that DATABASE_URL ends with. ${create}`,
  ER_ACCESS_DENIED_ERROR: () =>
    'The database server refuses the user or the password of DATABASE_URL (ER_ACCESS_DENIED_ERROR).',
  ER_DBACCESS_DENIED_ERROR: () =>
    `The user of DATABASE_URL may not use the database that it names (ER_DBACCESS_DENIED_ERROR), or it is not there. ${create}`,
  ER_TABLEACCESS_DENIED_ERROR: () =>
    `The user of DATABASE_URL may not do this there (ER_TABLEACCESS_DENIED_ERROR). ${rights}`,
  ER_BAD_FIELD_ERROR: lacking,
  ER_NO_SUCH_TABLE: lacking,
}

function lacking(): string {
  return `The database lacks a table or column that this needs. Run: ${calledAs('migrate')}`
}

/** What is wrong with the database, for a person; undefined where the error is none of a database's. Never the statement. */
export function explainDatabase(error: unknown): string | undefined {
  const code = databaseErrorCode(error)
  if (code === undefined) return undefined
  const known = Object.hasOwn(KNOWN, code) ? KNOWN[code]?.() : undefined
  if (known) return known
  return code.startsWith('ER_')
    ? `The database refuses this (${code}).`
    : `The database of DATABASE_URL does not answer (${code}): is the server there, and its address right?`
}
