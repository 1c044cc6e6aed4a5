// @ts-check
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root, whatever directory a script was started from. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '')

/** Where the build for tests is kept: apart, so that none is made under a running demo. */
export const testBuild = '.cache/next'

const bin = join(root, 'node_modules', '.bin')

/** The pinned Node where it is installed; before that, the one that runs this script. */
export function nodeBinary() {
  const pinned = join(bin, 'node')
  return existsSync(pinned) ? pinned : process.execPath
}

/**
 * The environment for a child process: ours, with the project's own tools first on PATH and `extra` on top.
 * A value of `undefined` takes a variable away.
 *
 * @param {Record<string, string | undefined>} [extra]
 * @returns {NodeJS.ProcessEnv}
 */
export function childEnv(extra = {}) {
  const path = [bin, process.env.PATH].filter(Boolean).join(delimiter)
  return { ...process.env, PATH: path, ...extra }
}
