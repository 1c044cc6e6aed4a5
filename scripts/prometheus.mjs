// @ts-check
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './project.mjs'

/** Where Debian's package is unpacked to when the machine has none: never installed, so that no service of it begins to run. */
export const prometheusFolder = join(root, '.cache', 'prometheus')

/**
 * The machine's own, or the unpacked one.
 *
 * @param {'prometheus' | 'promtool'} name
 * @returns {string | undefined}
 */
export function findPrometheus(name) {
  const unpacked = join(prometheusFolder, 'usr', 'bin', name)
  if (existsSync(unpacked)) return unpacked
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0 ? name : undefined
}
