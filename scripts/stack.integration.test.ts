import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stopLeftover } from '../sandbox/mysql/data-dir.mjs'
import { recordIn } from './leftovers.mjs'
import { freePorts, isFree } from './ports.mjs'
import { exitCode, signalGroup, startOf } from './processes.mjs'
import { childEnv, nodeBinary, root, testBuild } from './project.mjs'

/** As scripts/demo.mjs begins and ends, on data and ports of its own: nobody's running demo is met. */
const DEMO = `
  import { claim } from './scripts/demo-lock.mjs'
  import { startStack } from './scripts/stack.mjs'
  import { onStop } from './scripts/stop-signals.mjs'
  const options = JSON.parse(process.env.STACK)
  const release = claim(options.dataDir, 'http://localhost:' + options.ports.app)
  const stack = await startStack(options)
  onStop(() => stack.stop().then(() => { release(); process.exit(0) }), () => process.exit(1))
  console.log('ready ' + stack.databaseUrl)
`

let dataDir: string
let ports: { app: number; sandbox: number; inbox: number; smtp: number }
const started: ChildProcess[] = []
const seen: [number, string][] = []

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'stack-'))
  const [app = 0, sandbox = 0, inbox = 0, smtp = 0] = await freePorts(4)
  ports = { app, sandbox, inbox, smtp }
})
afterAll(async () => {
  for (const child of started) {
    child.kill('SIGTERM')
    await exitCode(child)
  }
  // Where the take-over itself is what failed.
  for (const [pid] of alive(seen)) signalGroup(pid, 'SIGKILL')
  await stopLeftover(join(dataDir, 'mysql'))
  rmSync(dataDir, { recursive: true, force: true })
})

/** Resolves with the database's address once everything is up. @throws with what it said where it ends before that */
async function demo(): Promise<{ child: ChildProcess; databaseUrl: string }> {
  const STACK = JSON.stringify({ dataDir, ports, distDir: testBuild, fast: true })
  const child = spawn(nodeBinary(), ['--input-type=module', '--eval', DEMO], {
    cwd: root,
    env: childEnv({ STACK }),
  })
  started.push(child)
  return new Promise((resolve, reject) => {
    let said = ''
    const hear = (chunk: Buffer) => {
      said += chunk
      const databaseUrl = /^ready (\S+)$/m.exec(said)?.[1]
      if (databaseUrl) resolve({ child, databaseUrl })
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('exit', () => reject(new Error(`The stack ended early: ${said}`)))
  })
}

async function query(databaseUrl: string, statement: string): Promise<unknown> {
  const connection = await mysql.createConnection(databaseUrl)
  try {
    return (await connection.query(statement))[0]
  } finally {
    await connection.end()
  }
}

/** What runs for it: process id and when that was started, which no later process shares. */
function services(): [number, string][] {
  const running: [number, string][] = JSON.parse(readFileSync(recordIn(dataDir), 'utf8'))
  seen.push(...running)
  return running
}
const alive = (all: [number, string][]) => all.filter(([pid, start]) => startOf(pid) === start)

test('a demo that was killed is taken over by the next: its processes end, its data and its database’s address stay', async () => {
  const killed = await demo()
  await query(killed.databaseUrl, "insert into checkout_Setting (`key`, value) values ('kept', '1')")
  const before = services()
  expect(alive(before).length).toBeGreaterThanOrEqual(3)
  killed.child.kill('SIGKILL')
  await exitCode(killed.child)
  // Nobody could stop them.
  expect(alive(before)).toEqual(before)

  const next = await demo()
  expect(next.databaseUrl).toBe(killed.databaseUrl)
  expect(alive(before)).toEqual([])
  expect(
    await query(next.databaseUrl, "select value + 0 as kept from checkout_Setting where `key` = 'kept'"),
  ).toEqual([{ kept: 1 }])
  expect((await fetch(`http://localhost:${ports.app}/api/health`)).status).toBe(200)

  const after = services()
  next.child.kill('SIGTERM')
  expect(await exitCode(next.child)).toBe(0)
  expect(alive(after)).toEqual([])
  for (const port of [...Object.values(ports), Number(new URL(next.databaseUrl).port)])
    expect(await isFree(port), `${port}`).toBe(true)
}, 240_000)
