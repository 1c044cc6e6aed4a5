// @ts-check
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startOf } from './processes.mjs'
import { Explained } from './report.mjs'

/**
 * Claims a data directory for this process; a second demo on the same data is refused, and told where the first one is. A claim whose
 * process is gone (killed, or the machine restarted) is taken over.
 *
 * @param {string} dataDir
 * @param {string} url where the demo will be
 * @returns {() => void} gives it back
 */
export function claim(dataDir, url) {
  const file = join(dataDir, 'demo.lock')
  mkdirSync(dataDir, { recursive: true })
  const mine = JSON.stringify({ pid: process.pid, start: startOf(process.pid), url })
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(file, mine, { flag: 'wx' })
      return () => rmSync(file, { force: true })
    } catch (error) {
      if (attempt > 0 || !existsSync(file)) throw error
    }
    const holder = read(file)
    if (holder?.pid && holder.start && startOf(holder.pid) === holder.start)
      throw new Explained(
        `A demo is already running on this data: ${holder.url ?? 'address unknown'} (process ${holder.pid}). Use it, or stop it with Ctrl-C in its terminal first.`,
      )
    rmSync(file, { force: true })
  }
}

/**
 * @param {string} file
 * @returns {{ pid: number, start: string, url?: string } | undefined}
 */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
