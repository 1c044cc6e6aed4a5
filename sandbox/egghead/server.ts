import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A user as egghead's Rails API tells of them; a test may leave out or add what it likes. */
export type EggheadUserAnswer = {
  id: number
  email: string
  name?: string | null
  is_pro?: boolean
  is_instructor?: boolean
  roles?: string[]
  accounts?: { stripe_customer_id?: string; subscriptions?: { stripe_subscription_id: string | null }[] }[]
}

/** What is wrong with Rails: nothing, an answer of its own, silence, or a connection that ends too early. */
export type EggheadFault =
  | { kind: 'none' }
  | { kind: 'answer'; status?: number; type?: string; body: string; headers?: Record<string, string> }
  | { kind: 'slow'; delayMs: number }
  | { kind: 'hang' }
  | { kind: 'stall-body' }
  | { kind: 'cut' }
  | { kind: 'cut-body' }

export type SeenByEgghead = { method: string; url: string; authorization: string | undefined }

export type RunningEgghead = {
  url: string
  requests: SeenByEgghead[]
  /** Whose token it is; a token that is nobody's is answered with 401. */
  signIn: (token: string, user: EggheadUserAnswer) => void
  signOut: (token: string) => void
  setFault: (fault: EggheadFault) => void
  close: () => Promise<void>
}

const CURRENT_USER = '/api/v1/users/current'

/** Stands in for egghead's Rails API: `GET /api/v1/users/current?minimal=true` with a bearer token. */
export async function startEgghead(options: { port?: number } = {}): Promise<RunningEgghead> {
  const users = new Map<string, EggheadUserAnswer>()
  const requests: SeenByEgghead[] = []
  let fault: EggheadFault = { kind: 'none' }
  const server = createServer((request, response) => {
    requests.push(seen(request))
    misbehave(fault, response, () => answer(users, request, response))
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    signIn: (token, user) => void users.set(token, user),
    signOut: (token) => void users.delete(token),
    setFault: (next) => {
      fault = next
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const seen = ({ method = '', url = '', headers }: IncomingMessage): SeenByEgghead => ({
  method,
  url,
  authorization: headers.authorization,
})

function misbehave(fault: EggheadFault, response: ServerResponse, answerAsUsual: () => void): void {
  switch (fault.kind) {
    case 'none':
      answerAsUsual()
      return
    case 'answer':
      response.writeHead(fault.status ?? 200, {
        'Content-Type': fault.type ?? 'application/json',
        ...fault.headers,
      })
      response.end(fault.body)
      return
    case 'slow':
      setTimeout(answerAsUsual, fault.delayMs)
      return
    case 'hang':
      return
    case 'stall-body':
    case 'cut-body':
      response.writeHead(200, { 'Content-Type': 'application/json' })
      response.write('{"id":', () => {
        if (fault.kind === 'cut-body') response.destroy()
      })
      return
    case 'cut':
      response.destroy()
  }
}

function answer(
  users: Map<string, EggheadUserAnswer>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { pathname } = new URL(request.url ?? '/', 'http://egghead.test')
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
  const user = pathname === CURRENT_USER ? users.get(token) : undefined
  const status = pathname === CURRENT_USER ? (user ? 200 : 401) : 404
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' })
  response.end(JSON.stringify(user ?? { error: 'You need to sign in or sign up before continuing.' }))
}
