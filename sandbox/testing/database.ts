import { randomBytes } from 'node:crypto'
import mysql from 'mysql2/promise'

export interface TestDatabase {
  url: string
  drop(): Promise<void>
}

/** The test server's URL. Tests create and drop databases, so it must be on this machine. */
export function testServerUrl(): URL {
  const value = process.env.TEST_DATABASE_URL
  if (!value)
    throw new Error('TEST_DATABASE_URL is missing. Start integration tests with `npm run test:integration`.')
  const url = new URL(value)
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname))
    throw new Error(`TEST_DATABASE_URL names ${url.hostname}: tests run on a database of this machine only.`)
  return url
}

/**
 * An empty database for one test file, dropped by its `drop()`; with a password, for a user who may do nothing else. `server` is
 * another server's URL, of somebody who may create databases there.
 */
export async function createTestDatabase({
  password,
  server = testServerUrl().href,
}: {
  password?: string
  server?: string | undefined
} = {}): Promise<TestDatabase> {
  const url = new URL(server)
  const name = `test_${randomBytes(6).toString('hex')}`
  await onServer(server, `CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`)
  url.pathname = `/${name}`
  const drop = () => onServer(server, `DROP DATABASE IF EXISTS \`${name}\``)
  if (!password) return { url: url.href, drop }
  await onServer(
    server,
    `CREATE USER '${name}'@'%' IDENTIFIED BY '${password}'`,
    `GRANT ALL ON \`${name}\`.* TO '${name}'@'%'`,
  )
  url.username = name
  url.password = password
  return { url: url.href, drop: () => drop().finally(() => onServer(server, `DROP USER '${name}'@'%'`)) }
}

async function onServer(server: string, ...statements: string[]): Promise<void> {
  const url = new URL(server)
  url.pathname = '/'
  const connection = await mysql.createConnection(url.href)
  try {
    for (const statement of statements) await connection.query(statement)
  } finally {
    await connection.end()
  }
}
