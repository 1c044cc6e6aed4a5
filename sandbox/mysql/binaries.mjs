// @ts-check
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * @typedef {object} MysqlBinaries
 * @property {'mariadb' | 'mysql'} flavour
 * @property {string} server
 * @property {string} [installDb] MariaDB only: what creates a data directory (MySQL's server does that itself)
 */

// Debian keeps servers out of an ordinary user's PATH; the others are Homebrew's.
const usual = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/bin',
  '/usr/local/bin',
  '/usr/libexec',
  '/opt/homebrew/bin',
]

/** @param {string} name */
function find(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...usual].filter(Boolean)
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file))
}

/**
 * The database server that this machine has: a MariaDB with what creates its data directory, or a MySQL.
 *
 * @returns {MysqlBinaries | undefined}
 */
export function findMysqlBinaries() {
  for (const name of ['mariadbd', 'mysqld']) {
    const server = find(name)
    if (!server) continue
    // On Debian `mysqld` is MariaDB too: the name says nothing, the version does.
    const version = spawnSync(server, ['--no-defaults', '--version'], { encoding: 'utf8' }).stdout ?? ''
    if (!/mariadb/i.test(version)) {
      if (version) return { flavour: 'mysql', server }
      continue
    }
    const installDb = find('mariadb-install-db') ?? find('mysql_install_db')
    if (installDb) return { flavour: 'mariadb', server, installDb }
  }
  return undefined
}
