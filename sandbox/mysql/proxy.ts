import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * What a test does to the statements on their way to the database, each by its text and a number of its own. All of it is optional, and may
 * change at any time.
 */
export interface StatementHooks {
  /** Before the database sees it; another text takes its place. */
  before?: ((sql: string, id: number) => Promise<void> | void) | undefined
  /** When the database has answered, before the product hears of it. */
  after?: ((sql: string, id: number) => Promise<void> | void) | undefined
  /** What the database gets to see instead. */
  rewrite?: ((sql: string) => string) | undefined
}

export interface MysqlProxy {
  /** The database's URL, through the proxy. */
  url: string
  hooks: StatementHooks
  /** Cuts every connection. */
  cut(): void
  close(): Promise<void>
}

const COM_QUERY = 0x03
const COM_STMT_PREPARE = 0x16
const HEADER = 4

let statements = 0

/** A wire between the product and its database on which a test counts statements, rewrites them, slows them down or cuts them off. */
export async function startMysqlProxy(databaseUrl: string): Promise<MysqlProxy> {
  const target = new URL(databaseUrl)
  const hooks: StatementHooks = {}
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect({ host: target.hostname, port: Number(target.port || 3306) })
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true)
      sockets.add(socket)
      socket.once('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
      socket.on('error', () => undefined)
    }
    relay(client, upstream, hooks)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  const cut = () => {
    for (const socket of [...sockets]) socket.destroy()
  }
  return {
    url: url.href,
    hooks,
    cut,
    close: async () => {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A connection has one command under way at a time, so what the database says next is the answer to the last one. */
function relay(client: Socket, upstream: Socket, hooks: StatementHooks): void {
  let pending = Buffer.alloc(0)
  let asked: { sql: string; id: number } | undefined
  let toServer = Promise.resolve()
  let toClient = Promise.resolve()
  client.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk])
    for (;;) {
      const packet = takePacket()
      if (!packet) return
      toServer = toServer.then(() => forward(packet)).catch(() => void client.destroy())
    }
  })
  upstream.on('data', (chunk: Buffer) => {
    toClient = toClient.then(() => answer(chunk)).catch(() => void client.destroy())
  })

  function takePacket(): Buffer | null {
    if (pending.length < HEADER) return null
    const length = HEADER + pending.readUIntLE(0, 3)
    if (pending.length < length) return null
    const packet = pending.subarray(0, length)
    pending = pending.subarray(length)
    return packet
  }
  async function forward(packet: Buffer): Promise<void> {
    const start = textStart(packet)
    if (start === null) return void upstream.write(packet)
    const sql = packet.toString('utf8', start)
    const id = ++statements
    await hooks.before?.(sql, id)
    asked = { sql, id }
    const text = hooks.rewrite?.(sql) ?? sql
    upstream.write(text === sql ? packet : withText(packet, start, text))
  }
  async function answer(chunk: Buffer): Promise<void> {
    const answered = asked
    asked = undefined
    if (answered) await hooks.after?.(answered.sql, answered.id)
    client.write(chunk)
  }
}

/** Where a command's text begins, or null where the packet is none with text. A command is the first packet of its exchange. */
function textStart(packet: Buffer): number | null {
  const command = packet[HEADER]
  if (packet[3] !== 0 || (command !== COM_QUERY && command !== COM_STMT_PREPARE)) return null
  // MySQL 8 and newer may put (no) query attributes before the text.
  const attributes = command === COM_QUERY && packet[HEADER + 1] === 0 && packet[HEADER + 2] === 1
  return HEADER + 1 + (attributes ? 2 : 0)
}

function withText(packet: Buffer, start: number, text: string): Buffer {
  const rewritten = Buffer.concat([packet.subarray(0, start), Buffer.from(text)])
  rewritten.writeUIntLE(rewritten.length - HEADER, 0, 3)
  return rewritten
}
