// @ts-check
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { commandLine, exitCode } from '../../scripts/processes.mjs'
import { Explained } from '../../scripts/report.mjs'

/** @typedef {import('./binaries.mjs').MysqlBinaries} MysqlBinaries */

/**
 * Where one private server keeps its things. The socket is elsewhere: its path may have 107 characters, and a
 * checkout can lie deep.
 *
 * @param {string} dataDir
 */
export function layout(dataDir) {
  const folder = resolve(dataDir)
  const id = createHash('sha256').update(folder).digest('hex').slice(0, 12)
  return {
    folder,
    pidFile: join(folder, 'workshop.pid'),
    initFile: join(folder, 'workshop-init.sql'),
    logFile: join(folder, 'workshop.log'),
    socket: join(tmpdir(), `workshop-${id}.sock`),
  }
}

/** What a server may only be told when it runs as root. */
export const asUser = process.getuid?.() === 0 ? ['--user=root'] : []

/**
 * Creates the system tables on first use. What an interrupted creation left behind is made anew: nobody's data can
 * be in it. The mark of a creation under way lies beside the directory, because MySQL insists on an empty one.
 *
 * @param {MysqlBinaries} binaries
 * @param {string} dataDir
 */
export async function ensureDataDir(binaries, dataDir) {
  const { folder } = layout(dataDir)
  const mark = join(folder, 'workshop-created')
  if (existsSync(mark)) return
  const creating = `${folder}.creating`
  if (existsSync(join(folder, 'ibdata1')) && !existsSync(creating))
    throw new Explained(`${folder} holds a database that this project did not create; it stays untouched.`)
  mkdirSync(dirname(folder), { recursive: true })
  writeFileSync(creating, '')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { mode: 0o700 })
  const { command, args } = creation(binaries, folder)
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  if ((await exitCode(child)) !== 0)
    throw new Explained(`The database could not be created:\n${output.trim()}`)
  writeFileSync(mark, '')
  rmSync(creating, { force: true })
}

/**
 * @param {MysqlBinaries} binaries
 * @param {string} folder
 */
function creation({ flavour, server, installDb }, folder) {
  if (flavour === 'mysql' || !installDb)
    return {
      command: server,
      args: ['--no-defaults', '--initialize-insecure', ...asUser, `--datadir=${folder}`],
    }
  const normal = ['--auth-root-authentication-method=normal', '--skip-test-db']
  return { command: installDb, args: ['--no-defaults', ...asUser, `--datadir=${folder}`, ...normal] }
}

/**
 * Stops the server that an earlier run started on this data directory and never stopped (it was killed, or the
 * machine's session ended). The pid file alone is not believed: pids are used again.
 *
 * @param {string} dataDir
 */
export async function stopLeftover(dataDir) {
  const { folder, pidFile, socket } = layout(dataDir)
  const pid = existsSync(pidFile) ? Number.parseInt(readFileSync(pidFile, 'utf8'), 10) : 0
  const runs = () => commandLine(pid).includes(`--datadir=${folder}`)
  if (runs()) {
    process.kill(pid, 'SIGTERM')
    for (let waited = 0; runs() && waited < 20_000; waited += 100) await sleep(100)
    if (runs()) process.kill(pid, 'SIGKILL')
  }
  rmSync(pidFile, { force: true })
  rmSync(socket, { force: true })
}
