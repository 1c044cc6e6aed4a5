import mysql from 'mysql2/promise'
import { afterEach, expect, test, vi } from 'vitest'
import { createTestDatabase, testServerUrl } from './database'

afterEach(() => vi.unstubAllEnvs())

test('gives each caller an empty database of its own, and drops it', async () => {
  const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()])
  expect(first.url).not.toBe(second.url)
  const connection = await mysql.createConnection(first.url)
  expect((await connection.query('SHOW TABLES'))[0]).toEqual([])
  await connection.end()
  await Promise.all([first.drop(), second.drop()])
  await expect(mysql.createConnection(first.url)).rejects.toThrow('Unknown database')
})

test('refuses a server on another machine', () => {
  vi.stubEnv('TEST_DATABASE_URL', 'mysql://root@db.example.com/live')
  expect(testServerUrl).toThrow('db.example.com')
})
