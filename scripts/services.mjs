// @ts-check
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ProcessRecord, recordIn } from './leftovers.mjs'
import { logTail, runLogged, signalGroup, spawnGroup, stopGroup } from './processes.mjs'
import { nodeBinary } from './project.mjs'
import { Explained } from './report.mjs'

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/**
 * The long-running processes and the one-off commands of one stack. Output goes to one log file each; a service that
 * ends without having been told to is reported once.
 */
export class Services {
  /** @type {ChildProcess[]} */
  #running = []
  #stopping = false

  /**
   * @param {string} dataDir logs go to `logs/` in it
   * @param {(message: string) => void} onCrash
   */
  constructor(dataDir, onCrash) {
    this.dataDir = dataDir
    this.onCrash = onCrash
    this.record = new ProcessRecord(recordIn(dataDir))
  }

  /** @param {string} name */
  logFile(name) {
    return `${this.dataDir}/logs/${name}.log`
  }

  /**
   * Runs Node to the end.
   *
   * @param {string} name
   * @param {string[]} args
   * @param {Record<string, string | undefined>} env
   */
  async run(name, args, env) {
    // What is shown when it fails is of this time, not of the last.
    rmSync(this.logFile(name), { force: true })
    /** @type {ChildProcess | undefined} */
    let running
    const onSpawn = (/** @type {ChildProcess} */ child) => {
      running = child
      this.#add(child)
    }
    try {
      await runLogged(name, nodeBinary(), args, { env, logFile: this.logFile(name), onSpawn })
    } finally {
      if (running) this.#remove(running)
    }
  }

  /**
   * Starts Node as a service and waits until it is ready.
   *
   * @param {string} name
   * @param {string[]} args
   * @param {{ env: Record<string, string | undefined>, ready: (output: string) => boolean | Promise<boolean> }} options
   *   `ready` is asked again and again, with what the service has said since it was started
   */
  async start(name, args, { env, ready }) {
    const logFile = this.logFile(name)
    const before = existsSync(logFile) ? statSync(logFile).size : 0
    const child = spawnGroup(nodeBinary(), args, { env, logFile })
    this.#add(child)
    let isReady = false
    child.once('exit', () => {
      if (this.#stopping) return
      this.#remove(child)
      if (isReady) this.onCrash(`The ${name} ended unexpectedly.\n${logTail(logFile)}`)
    })
    const deadline = Date.now() + 60_000
    while (!(await ready(readFileSync(logFile).subarray(before).toString('utf8')))) {
      if (this.#stopping) throw new Explained('Stopped.')
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Explained(`The ${name} did not start.\n${logTail(logFile)}`)
      if (Date.now() > deadline)
        throw new Explained(`The ${name} was not ready within a minute.\n${logTail(logFile)}`)
      await sleep(100)
    }
    isReady = true
  }

  /** Stops the services, the last started first. */
  async stop() {
    this.#stopping = true
    for (const child of this.#running.reverse()) {
      await stopGroup(child)
      this.record.remove(child)
    }
    this.#running = []
  }

  /** Ends everything at once: for a second Ctrl-C, and for an exit that nobody prepared. */
  kill() {
    this.#stopping = true
    for (const child of this.#running) if (child.pid) signalGroup(child.pid, 'SIGKILL')
  }

  /** @param {ChildProcess} child */
  #add(child) {
    if (this.#stopping) {
      if (child.pid) signalGroup(child.pid, 'SIGKILL')
      throw new Explained('Stopped.')
    }
    this.#running.push(child)
    this.record.add(child)
  }

  /** @param {ChildProcess} child */
  #remove(child) {
    this.#running = this.#running.filter((other) => other !== child)
    this.record.remove(child)
  }
}
