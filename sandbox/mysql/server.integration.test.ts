import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { commandLine } from '../../scripts/processes.mjs'
import { type PrivateMysql, startPrivateMysql } from './server.mjs'

let folder: string
let servers: PrivateMysql[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mysql-'))
  servers = []
})

afterEach(async () => {
  for (const server of servers) await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function start(options: Partial<Parameters<typeof startPrivateMysql>[0]> = {}) {
  const server = await startPrivateMysql({ dataDir: join(folder, 'data'), fast: true, ...options })
  servers.push(server)
  return server
}

async function query(server: PrivateMysql, sql: string) {
  const connection = await mysql.createConnection(server.url)
  const [rows] = await connection.query(sql)
  await connection.end()
  return rows
}

test('keeps its data over a restart, a kill, and a second start', async () => {
  const first = await start()
  await query(first, 'CREATE TABLE kept (id INT)')
  await query(first, 'INSERT INTO kept VALUES (1)')
  await first.kill()
  await expect(query(first, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
  await first.restart()
  expect(await query(first, 'SELECT id FROM kept')).toEqual([{ id: 1 }])
  await first.stop()
  expect(await query(await start(), 'SELECT id FROM kept')).toEqual([{ id: 1 }])
})

test('listens on loopback and speaks UTC and utf8mb4', async () => {
  const server = await start()
  const sql =
    'SELECT @@bind_address AS address, @@time_zone AS zone, @@character_set_database AS charset, @@innodb_flush_log_at_trx_commit AS flush'
  const expected = { address: '127.0.0.1', zone: '+00:00', charset: 'utf8mb4', flush: 2 }
  expect(await query(server, sql)).toEqual([expected])
})

test('says when the server ended by itself, and only then', async () => {
  const onCrash = vi.fn()
  const server = await start({ onCrash })
  await server.restart()
  expect(onCrash).not.toHaveBeenCalled()
  await query(server, 'SHUTDOWN')
  await vi.waitFor(() => expect(onCrash).toHaveBeenCalledOnce(), { timeout: 30_000 })
})

test('takes over from a run that was killed and left its server behind', async () => {
  const dataDir = join(folder, 'data')
  const code = `
    const { startPrivateMysql } = await import(${JSON.stringify(import.meta.resolve('./server.mjs'))})
    await startPrivateMysql({ dataDir: ${JSON.stringify(dataDir)}, fast: true })
    console.log('ready')
    setInterval(() => {}, 1000)`
  const run = spawn(process.execPath, ['--input-type=module', '-e', code])
  await once(run.stdout, 'data')
  run.kill('SIGKILL')
  await once(run, 'exit')
  const server = await start({ dataDir })
  expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('refuses a taken port and a directory that it did not create', async () => {
  const server = await start()
  const elsewhere = join(folder, 'other')
  await expect(start({ dataDir: elsewhere, port: server.port })).rejects.toThrow('is taken')
  await server.stop()
  rmSync(join(folder, 'data', 'workshop-created'))
  await expect(start()).rejects.toThrow('did not create')
})

test('finds a command line only for a process that runs', () => {
  expect(commandLine(process.pid)).toContain('node')
  expect(commandLine(2 ** 22 + 1)).toBe('')
})
