// @ts-check
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Explained } from '../../scripts/report.mjs'

/**
 * Waits until a MySQL server on a loopback port sends its greeting.
 *
 * @param {number} port
 * @param {number} patienceMs
 * @param {() => void} stillHoping throws when there is nothing to wait for any more
 */
export async function untilGreeting(port, patienceMs, stillHoping) {
  const deadline = Date.now() + patienceMs
  while (!(await greets(port))) {
    stillHoping()
    if (Date.now() > deadline)
      throw new Explained(`The database did not answer within ${patienceMs / 1000} seconds.`)
    await sleep(100)
  }
}

/**
 * A greeting's first byte after the packet header is the protocol version, 10.
 *
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function greets(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 2000 })
    const answer = (/** @type {boolean} */ greeted) => {
      socket.destroy()
      resolve(greeted)
    }
    socket.once('data', (packet) => answer(packet[4] === 10))
    socket.once('error', () => answer(false))
    socket.once('timeout', () => answer(false))
    socket.once('close', () => answer(false))
  })
}
