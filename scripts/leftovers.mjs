// @ts-check
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { signalGroup, startOf } from './processes.mjs'

/** @param {string} dataDir of a stack */
export const recordIn = (dataDir) => `${dataDir}/processes.json`

/**
 * Remembers which processes a stack has started, in a file: a run that was killed with SIGKILL could stop nobody,
 * and the next one finds its ports and data taken by what it left behind.
 */
export class ProcessRecord {
  /** @type {Map<number, string | undefined>} pid of a group's leader → when it started */
  #running = new Map()

  /** @param {string} file */
  constructor(file) {
    this.file = file
  }

  /** @param {import('node:child_process').ChildProcess} child */
  add({ pid }) {
    if (pid === undefined) return
    this.#running.set(pid, startOf(pid))
    this.#write()
  }

  /** @param {import('node:child_process').ChildProcess} child */
  remove({ pid }) {
    if (pid === undefined) return
    this.#running.delete(pid)
    this.#write()
  }

  /** Ends what an earlier run left; a pid is believed only with the start time that was written down. */
  async stopLeftovers() {
    if (!existsSync(this.file)) return
    /** @type {[number, string][]} */
    const left = JSON.parse(readFileSync(this.file, 'utf8'))
    for (const [pid, start] of left) {
      const runs = () => start !== undefined && startOf(pid) === start
      if (!runs()) continue
      signalGroup(pid, 'SIGTERM')
      for (let waited = 0; runs() && waited < 5000; waited += 100) await sleep(100)
      if (runs()) signalGroup(pid, 'SIGKILL')
    }
    rmSync(this.file, { force: true })
  }

  #write() {
    mkdirSync(dirname(this.file), { recursive: true })
    writeFileSync(this.file, JSON.stringify([...this.#running]))
  }
}
