// @ts-check
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { childEnv, root } from './project.mjs'
import { Explained } from './report.mjs'

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/**
 * Starts a command as the leader of a process group of its own, so that a Ctrl-C in the terminal reaches only us
 * and stopping it reaches everything that it started in turn.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string | undefined>, cwd?: string, logFile?: string, output?: 'inherit' | 'pipe' }} [options]
 *   `logFile` takes the output; else it goes where `output` says (default: to ours).
 */
export function spawnGroup(command, args, { env, cwd = root, logFile, output = 'inherit' } = {}) {
  const log = logFile ? openLog(logFile) : undefined
  const child = spawn(command, args, {
    cwd,
    env: childEnv(env),
    detached: true,
    stdio: ['ignore', log ?? output, log ?? output],
  })
  if (log !== undefined) closeSync(log)
  return child
}

/** @param {string} file */
function openLog(file) {
  mkdirSync(dirname(file), { recursive: true })
  return openSync(file, 'a', 0o600)
}

/**
 * Resolves with the exit code; a child ended by a signal, or never started, counts as 1.
 *
 * @param {ChildProcess} child
 * @returns {Promise<number>}
 */
export function exitCode(child) {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode)
  if (child.signalCode !== null) return Promise.resolve(1)
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1))
    child.once('error', () => resolve(1))
  })
}

/**
 * Stops a process group: SIGTERM, and SIGKILL for whatever is left after the grace time.
 *
 * @param {ChildProcess} child a child of `spawnGroup`
 * @param {number} [graceMs]
 */
export async function stopGroup(child, graceMs = 5000) {
  if (child.pid === undefined) return
  signalGroup(child.pid, 'SIGTERM')
  const deadline = Date.now() + graceMs
  while (groupLives(child.pid) && Date.now() < deadline) await sleep(50)
  signalGroup(child.pid, 'SIGKILL')
  await exitCode(child)
}

/**
 * @param {number} leader
 * @param {NodeJS.Signals | 0} signal
 * @returns {boolean} whether there was anybody to receive it
 */
export function signalGroup(leader, signal) {
  try {
    process.kill(-leader, signal)
    return true
  } catch {
    return false
  }
}

/** @param {number} leader */
function groupLives(leader) {
  return signalGroup(leader, 0)
}

/**
 * Runs a command to its end with its output in a log file, and fails with the last lines of that log.
 *
 * @param {string} title what it was meant to do, for the message
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string | undefined>, cwd?: string, logFile: string, onSpawn?: (child: ChildProcess) => void }} options
 */
export async function runLogged(title, command, args, { env, cwd, logFile, onSpawn }) {
  const child = spawnGroup(command, args, { logFile, ...(env && { env }), ...(cwd && { cwd }) })
  onSpawn?.(child)
  const code = await exitCode(child)
  if (code !== 0) throw new Explained(`${title} failed (exit code ${code}).\n${logTail(logFile)}`)
}

/** @param {string} file */
export function logTail(file, lines = 20) {
  if (!existsSync(file)) return `(nothing in ${file})`
  const tail = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines)
  return [`The last lines of ${file}:`, ...tail.map((line) => `  ${line}`)].join('\n')
}

/**
 * The command line of a running process, empty when there is none. A pid that was written down is believed only
 * together with this: pids are used again.
 *
 * @param {number} pid
 */
export function commandLine(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return ''
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    // No /proc: not Linux. (On Linux this finds nobody either, and a slim container may have no ps.)
    return spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? ''
  }
}

/**
 * What tells a running process from a later one with the same pid: when it started. Its command line would not do,
 * because a process may rename itself. Undefined when there is none.
 *
 * @param {number} pid
 */
export function startOf(pid) {
  try {
    // The fields after the name, which is in parentheses and may hold anything: state first, start time twentieth.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return fields[0] === 'Z'
      ? undefined
      : `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`
  } catch {
    return (
      spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() || undefined
    )
  }
}
