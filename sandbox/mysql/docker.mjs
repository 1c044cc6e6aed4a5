// @ts-check
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { freePorts } from '../../scripts/ports.mjs'
import { Explained } from '../../scripts/report.mjs'
import { untilGreeting } from './greeting.mjs'

/** @param {string[]} args */
function docker(...args) {
  const { status, stdout, stderr } = spawnSync('docker', args, { encoding: 'utf8' })
  if (status !== 0) throw new Explained(`docker ${args[0]} failed: ${(stderr ?? '').trim()}`)
  return stdout.trim()
}

/** Whether a Docker engine answers; a client alone is not enough. */
export function dockerAnswers() {
  return spawnSync('docker', ['info'], { stdio: 'ignore' }).status === 0
}

/**
 * MySQL in a container, where the machine has a Docker engine and no server of its own. The data is in a named
 * volume, one for each data directory, so that it outlives the container.
 *
 * @param {{ dataDir: string, port?: number, database?: string }} options
 * @returns {Promise<Pick<import('./server.mjs').PrivateMysql, 'url' | 'port' | 'stop'>>}
 */
export async function startDockerMysql({ dataDir, port, database = 'workshop' }) {
  const name = dockerName(dataDir)
  const chosen = port ?? (await freePorts(1))[0] ?? 0
  spawnSync('docker', ['rm', '--force', name], { stdio: 'ignore' })
  docker(
    ...['run', '--rm', '--detach', '--name', name, '--publish', `127.0.0.1:${chosen}:3306`],
    ...['--volume', `${name}:/var/lib/mysql`],
    ...['--env', 'MYSQL_ALLOW_EMPTY_PASSWORD=yes', '--env', `MYSQL_DATABASE=${database}`],
    ...['mysql:8.4', '--max-connections=300', '--collation-server=utf8mb4_unicode_ci'],
  )
  const stop = async () => {
    docker('stop', '--time', '20', name)
  }
  process.once('exit', () => spawnSync('docker', ['rm', '--force', name], { stdio: 'ignore' }))
  await untilGreeting(chosen, 120_000, () => {
    if (docker('ps', '--quiet', '--filter', `name=${name}`) === '')
      throw new Explained('The MySQL container ended before it was ready.')
  })
  return { url: `mysql://root@127.0.0.1:${chosen}/${database}`, port: chosen, stop }
}

/**
 * Removes the volume of a data directory.
 *
 * @param {string} dataDir
 */
export function removeDockerData(dataDir) {
  const name = dockerName(dataDir)
  spawnSync('docker', ['rm', '--force', name], { stdio: 'ignore' })
  spawnSync('docker', ['volume', 'rm', '--force', name], { stdio: 'ignore' })
}

/** @param {string} dataDir */
function dockerName(dataDir) {
  return `workshop-mysql-${createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 12)}`
}
