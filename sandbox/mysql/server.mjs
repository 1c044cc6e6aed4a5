// @ts-check
import { spawn } from 'node:child_process'
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { freePorts, isFree } from '../../scripts/ports.mjs'
import { exitCode, logTail } from '../../scripts/processes.mjs'
import { Explained } from '../../scripts/report.mjs'
import { findMysqlBinaries } from './binaries.mjs'
import { asUser, ensureDataDir, layout, stopLeftover } from './data-dir.mjs'
import { untilGreeting } from './greeting.mjs'

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/**
 * @typedef {object} PrivateMysqlOptions
 * @property {string} dataDir created on first use
 * @property {number} [port] on 127.0.0.1; default: a free one
 * @property {string} [database] created when missing; default `workshop`
 * @property {boolean} [fast] for tests: may lose the last second when the machine (not the server) goes down
 * @property {string[]} [args] further options of the server, over ours
 * @property {(line: string) => void} [log]
 * @property {() => void} [onCrash] called when the server ends without having been told to
 *
 * @typedef {object} PrivateMysql
 * @property {string} url `mysql://root@127.0.0.1:PORT/DATABASE`
 * @property {number} port
 * @property {string} logFile
 * @property {() => Promise<void>} stop orderly
 * @property {() => Promise<void>} kill SIGKILL, as in a power cut
 * @property {(args?: string[]) => Promise<void>} restart stops it if it runs, starts it again on the same port and data, with these `args`
 *   instead of the ones before
 */

/**
 * A MySQL-compatible server of our own: loopback only, its own data, socket and pid file; root has no password.
 * It never touches an instance that somebody else started.
 *
 * @param {PrivateMysqlOptions} options
 * @returns {Promise<PrivateMysql>}
 */
export async function startPrivateMysql(options) {
  const { dataDir, port, database = 'workshop', fast, log, onCrash } = options
  const binaries = findMysqlBinaries()
  if (!binaries) throw new Explained('No MariaDB or MySQL server is installed on this machine.')
  await stopLeftover(dataDir)
  await ensureDataDir(binaries, dataDir)
  const files = layout(dataDir)
  writeFileSync(files.initFile, initSql(database))
  const chosen = port ?? (await freePorts(1))[0] ?? 0
  if (!(await isFree(chosen))) throw new Explained(`Port ${chosen} is taken, so the database cannot use it.`)
  const ours = serverArgs(files, chosen, fast ?? false)
  let { args = [] } = options

  /** @type {ChildProcess | undefined} */
  let running

  async function start() {
    rmSync(files.socket, { force: true })
    const child = launch(binaries?.server ?? '', [...ours, ...args], files.logFile)
    running = child
    child.once('exit', () => {
      if (running !== child) return
      running = undefined
      onCrash?.()
    })
    await untilReady(child, chosen, files.logFile)
    log?.(`MySQL-compatible server (${binaries?.flavour}) on 127.0.0.1:${chosen}`)
  }

  /** @param {NodeJS.Signals} signal */
  async function end(signal) {
    const child = running
    running = undefined
    if (!child) return
    child.kill(signal)
    const force = setTimeout(() => child.kill('SIGKILL'), 20_000)
    await exitCode(child)
    clearTimeout(force)
    rmSync(files.pidFile, { force: true })
  }

  // The server must not outlive us even when nobody called stop(): process.exit() runs this, and only this.
  const atExit = () => running?.kill('SIGKILL')
  process.once('exit', atExit)
  await start()
  return {
    url: `mysql://root@127.0.0.1:${chosen}/${database}`,
    port: chosen,
    logFile: files.logFile,
    async stop() {
      await end('SIGTERM')
      process.off('exit', atExit)
    },
    kill: () => end('SIGKILL'),
    async restart(changed = args) {
      await end('SIGTERM')
      args = changed
      await start()
    },
  }
}

/**
 * Run by the server itself before it accepts connections, so that no client is needed to create the database.
 *
 * @param {string} database
 */
function initSql(database) {
  return [
    `CREATE DATABASE IF NOT EXISTS \`${database}\`;`,
    "CREATE USER IF NOT EXISTS 'root'@'127.0.0.1' IDENTIFIED BY '';",
    "GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;",
    '',
  ].join('\n')
}

/**
 * @param {ReturnType<typeof layout>} files
 * @param {number} port
 * @param {boolean} fast
 */
function serverArgs(files, port, fast) {
  return [
    '--no-defaults',
    ...asUser,
    `--datadir=${files.folder}`,
    // Not the machine's own: a MariaDB that starts sweeps out the temporary tables of all that share it.
    `--tmpdir=${files.folder}`,
    `--socket=${files.socket}`,
    `--pid-file=${files.pidFile}`,
    `--init-file=${files.initFile}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    '--skip-name-resolve',
    // X protocol would listen on one more port; MariaDB has none and skips what is `loose`.
    '--loose-mysqlx=0',
    '--max-connections=300',
    '--innodb-buffer-pool-size=128M',
    `--innodb-flush-log-at-trx-commit=${fast ? 2 : 1}`,
    ...(fast ? ['--skip-log-bin'] : []),
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_ci',
    '--default-time-zone=+00:00',
  ]
}

/**
 * @param {string} server
 * @param {string[]} args
 * @param {string} logFile
 */
function launch(server, args, logFile) {
  const output = openSync(logFile, 'a', 0o600)
  // A process group of its own: a Ctrl-C in the terminal is for us, and we stop the server when its users are gone.
  const child = spawn(server, args, { stdio: ['ignore', output, output], detached: true })
  closeSync(output)
  return child
}

/**
 * @param {ChildProcess} child
 * @param {number} port
 * @param {string} logFile
 */
async function untilReady(child, port, logFile) {
  // Without a listener a server that can't be started would end this process; its missing pid says so below.
  child.once('error', () => {})
  try {
    await untilGreeting(port, 60_000, () => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
        throw new Explained('The database did not start.')
    })
  } catch (error) {
    child.kill('SIGKILL')
    throw new Explained(`${error instanceof Error ? error.message : error}\n${logTail(logFile)}`)
  }
}
