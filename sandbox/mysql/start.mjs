// @ts-check
import { findMysqlBinaries } from './binaries.mjs'
import { dockerAnswers, startDockerMysql } from './docker.mjs'
import { startPrivateMysql } from './server.mjs'

/**
 * A database server of our own, however this machine can give us one: an instance of the installed MariaDB or MySQL,
 * else a container.
 *
 * @param {import('./server.mjs').PrivateMysqlOptions} options
 * @returns {Promise<Pick<import('./server.mjs').PrivateMysql, 'url' | 'port' | 'stop'>>}
 */
export function startMysql(options) {
  return !findMysqlBinaries() && dockerAnswers() ? startDockerMysql(options) : startPrivateMysql(options)
}
