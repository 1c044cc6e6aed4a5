import 'server-only'
import { randomBytes } from 'node:crypto'
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'

/**
 * The address at the other end of the connection, which Next tells no route handler. It travels as a header whose name nobody outside
 * of this process knows, so that no client can send one; the bundles of one server share the name through the global symbol.
 */
const NAME = Symbol.for('workshop-checkout.socket-address')
const shared: typeof globalThis & { [NAME]?: string } = globalThis

/** Node publishes each request before anybody else sees it. https://nodejs.org/api/diagnostics_channel.html#http */
const CHANNEL = 'http.server.request.start'

const messageSchema = z.object({ request: z.custom<IncomingMessage>() })

/** What a proxy in front of us adds to the requests that it passes on. */
const PROXY_SIGNS = ['x-forwarded-for', 'x-real-ip', 'forwarded', 'cf-connecting-ip']

/**
 * Notes the address of every request from now on. Once per process; further calls do nothing.
 * @param onProxy told once, when a request looks as if the address were a proxy's and not the visitor's
 */
export function noteSocketAddresses(onProxy: () => void): void {
  if (shared[NAME]) return
  const header = `x-socket-address-${randomBytes(8).toString('hex')}`
  shared[NAME] = header
  let told = false
  subscribe(CHANNEL, (message) => {
    const { request } = messageSchema.parse(message)
    const address = request.socket.remoteAddress
    if (!told && PROXY_SIGNS.some((sign) => request.headers[sign] !== undefined)) {
      told = true
      onProxy()
    }
    // An IPv4 address on a socket that takes both kinds.
    if (address) request.headers[header] = address.replace(/^::ffff:(?=[\d.]+$)/, '')
  })
}

/** The socket's address; undefined where the host's server did not start with `instrumentation.ts`. */
export const socketAddress = (headers: Headers): string | undefined =>
  (shared[NAME] && headers.get(shared[NAME])) || undefined
