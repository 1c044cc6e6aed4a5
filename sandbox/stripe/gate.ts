import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** What a test does to the calls on their way to a service, each by its name and a number of its own. */
export interface CallHooks {
  /** Before the service sees it. */
  before?: ((call: string, id: number) => Promise<void> | void) | undefined
  /** When the service has answered, before the product hears of it. */
  after?: ((call: string, id: number) => Promise<void> | void) | undefined
  /** What the product is told instead of the service's JSON. */
  rewrite?: ((call: string, answer: Record<string, unknown>) => Record<string, unknown>) | undefined
}

export interface Gate {
  url: string
  hooks: CallHooks
  close(): Promise<void>
}

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'content-encoding',
  'host',
])

/** A wire between the product and an HTTP service on which a test counts calls (`POST /v1/checkout/sessions`) or cuts them off. */
export async function startGate(target: string): Promise<Gate> {
  const hooks: CallHooks = {}
  let calls = 0
  const server = createServer(async (incoming, outgoing) => {
    const { method = 'GET', url = '/' } = incoming
    const call = `${method} ${url.split('?')[0]}`
    try {
      const asked = method === 'GET' || method === 'HEAD' ? null : await text(incoming)
      const id = ++calls
      await hooks.before?.(call, id)
      const headers = Object.entries(incoming.headers).flatMap(([name, value]) =>
        value === undefined || HOP_BY_HOP.has(name) ? [] : [[name, String(value)] as [string, string]],
      )
      const response = await fetch(new URL(url, target), { method, headers, body: asked })
      const body = Buffer.from(await response.arrayBuffer())
      const answer =
        hooks.rewrite && response.ok
          ? Buffer.from(JSON.stringify(hooks.rewrite(call, JSON.parse(body.toString('utf8')))))
          : body
      await hooks.after?.(call, id)
      outgoing.writeHead(response.status, {
        ...Object.fromEntries([...response.headers].filter(([name]) => !HOP_BY_HOP.has(name))),
        'Content-Length': answer.length,
      })
      outgoing.end(answer)
    } catch {
      outgoing.destroy()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hooks,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
