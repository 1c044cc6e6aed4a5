import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An answer that closes the connection instead of answering. */
export const CUT_HEADER = 'x-sandbox-cut'
export const cut = () => new Response(null, { status: 500, headers: { [CUT_HEADER]: '1' } })

const MAX_BODY = 1024 * 1024

async function bodyOf(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | null> {
  if (incoming.method === 'GET' || incoming.method === 'HEAD') return null
  const parts: Buffer[] = []
  let size = 0
  for await (const part of incoming) {
    parts.push(part)
    size += part.length
    if (size > MAX_BODY) throw new Error('The request is too large')
  }
  return new Uint8Array(Buffer.concat(parts))
}

async function toRequest(incoming: IncomingMessage, base: string): Promise<Request> {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  const { method = 'GET', url = '/' } = incoming
  return new Request(new URL(url, base), { method, headers, body: await bodyOf(incoming) })
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  if (response.headers.has(CUT_HEADER)) {
    outgoing.destroy()
    return
  }
  const body = Buffer.from(await response.arrayBuffer())
  outgoing.writeHead(response.status, {
    ...Object.fromEntries(response.headers),
    'Content-Length': body.length,
  })
  outgoing.end(body)
}

export interface Listener {
  port: number
  /** Sets who answers; until then, everything is 503. */
  answer(handle: (request: Request) => Promise<Response>): void
  close(): Promise<void>
}

/**
 * The port. Ours rather than emulate's, because a fault must be able to cut a connection, which a `Response` can't say.
 */
export async function listen(port: number, host: string, log: (line: string) => void): Promise<Listener> {
  let handle = async (_: Request): Promise<Response> => new Response('Starting', { status: 503 })
  const server: Server = createServer((incoming, outgoing) => {
    const base = `http://${host}`
    toRequest(incoming, base)
      .then((request) => handle(request))
      .then((response) => send(response, outgoing))
      .catch((error: unknown) => {
        log(`stripe sandbox: ${error instanceof Error ? error.message : String(error)}`)
        outgoing.destroy()
      })
  })
  // Longer than any client keeps a connection, so that none is closed under a request.
  server.keepAliveTimeout = 75_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    answer(next) {
      handle = next
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
