// @ts-check
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'

/**
 * Whether nobody listens on a port, on loopback or on all interfaces.
 *
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export async function isFree(port) {
  for (const host of ['127.0.0.1', '::']) if (!(await canListen(port, host))) return false
  return true
}

/**
 * @param {number} port
 * @param {string} host
 * @returns {Promise<boolean>}
 */
function canListen(port, host) {
  return new Promise((resolve) => {
    const server = createServer()
    // A machine without IPv6 says EADDRNOTAVAIL or EAFNOSUPPORT: nobody can be listening there.
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) =>
      resolve(error.code !== 'EADDRINUSE' && error.code !== 'EACCES'),
    )
    server.listen({ port, host }, () => server.close(() => resolve(true)))
  })
}

/**
 * The first free port from `from` on that is not in `taken`.
 *
 * @param {number} from
 * @param {number[]} [taken]
 */
export async function nextFreePort(from, taken = []) {
  for (let port = from; port < from + 200; port++) {
    if (!taken.includes(port) && (await isFree(port))) return port
  }
  throw new Error(`No free port between ${from} and ${from + 199}.`)
}

/**
 * As many different ports as asked for, picked by the system: for tests, which must not meet a running demo.
 *
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere))
  const ports = servers.map((server) => {
    const address = server.address()
    return address && typeof address === 'object' ? address.port : 0
  })
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/**
 * The port that was used before and was written down in `file`, if it is free now, else another one, which is written down: whoever
 * copied the address still finds it after a restart.
 *
 * @param {string} file
 */
export async function samePort(file) {
  const before = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  if (before > 0 && before < 65536 && (await isFree(before))) return before
  const [port = 0] = await freePorts(1)
  writeFileSync(file, String(port))
  return port
}

/** @returns {Promise<import('node:net').Server>} */
function listenAnywhere() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port: 0, host: '127.0.0.1' }, () => resolve(server))
  })
}
