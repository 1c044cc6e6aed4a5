import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, expect, test, vi } from 'vitest'
import { probeMail } from './probe'

const PATIENCE_MS = 800
const closing: (() => unknown)[] = []

afterEach(async () => {
  vi.unstubAllEnvs()
  for (const close of closing.splice(0)) await close()
})

async function listening(server: Server): Promise<string> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const messages: string[] = []
/** A mail server with a name and a password of its own, and a certificate that nobody knows. */
async function mailServer(options: SMTPServerOptions = {}): Promise<string> {
  // It warns of that certificate.
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const server = new SMTPServer({
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _, done) =>
      username === 'ada' && password === 'right'
        ? done(null, { user: 'ada' })
        : done(Object.assign(new Error('no entry for hunter2'), { responseCode: 535 })),
    onMailFrom: ({ address }, _, done) => {
      messages.push(address)
      done()
    },
    disabledCommands: ['STARTTLS'],
    ...options,
  })
  server.on('error', () => undefined)
  return listening(server.server as Server)
}

/** It accepts, and says nothing. */
const silent = () => listening(createServer(() => undefined))

const probe = (smtpUrl: string) => probeMail({ smtpUrl }, PATIENCE_MS)

test('nothing is set up: there is nothing to ask', async () => {
  expect(await probeMail({}, PATIENCE_MS)).toBeNull()
})

test('a server that takes our name and password is fine, and gets no message', async () => {
  expect(await probe(`smtp://ada:right@${await mailServer()}`)).toEqual({ via: 'smtp', ok: true })
  expect(messages).toEqual([])
})

test('a wrong password is told by its code, and by nothing that the server says', async () => {
  expect(await probe(`smtp://ada:hunter2@${await mailServer()}`)).toEqual({
    via: 'smtp',
    ok: false,
    why: 'EAUTH',
  })
})

test.each([
  ['a port where nobody is', async () => 'smtp://127.0.0.1:1', 'ESOCKET'],
  ['TLS where there is none', async () => `smtps://ada:right@${await mailServer()}`, 'ESOCKET'],
  [
    'a certificate that nobody knows',
    async () => `smtp://ada:right@${await mailServer({ disabledCommands: [] })}`,
    'ESOCKET',
  ],
])('%s is a refusal', async (_, url, why) => {
  expect(await probe(await url())).toEqual({ via: 'smtp', ok: false, why })
})

test('that certificate, where the address says that it is known', async () => {
  const host = await mailServer({ disabledCommands: [] })
  const url = `smtp://ada:right@${host}?tls.rejectUnauthorized=false`
  expect(await probe(url)).toEqual({ via: 'smtp', ok: true })
})

test.each([
  ['never greets', async () => `smtp://${await silent()}`],
  ['never shakes hands', async () => `smtps://${await silent()}`],
])('a server that %s is not waited for', async (_, url) => {
  const started = performance.now()
  expect(await probe(await url())).toMatchObject({ via: 'smtp', ok: false })
  expect(performance.now() - started).toBeLessThan(PATIENCE_MS + 1000)
})

/** Resend, as it answers. */
async function resend(status: number, name: string): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const host = await listening(
    createHttpServer(({ method, url, headers: { authorization } }, response) => {
      asked.push(`${method} ${url} ${authorization}`)
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ statusCode: status, name, message: 'key re_x' }))
    }),
  )
  return { url: `http://${host}`, asked }
}

test.each([
  [200, 'ok', { ok: true }],
  [401, 'restricted_api_key', { ok: true }],
  [401, 'missing_api_key', { ok: false, why: '401' }],
  [403, 'invalid_api_key', { ok: false, why: '403' }],
])('Resend answers %i, %s', async (status, name, found) => {
  const { url, asked } = await resend(status, name)
  vi.stubEnv('RESEND_BASE_URL', url)
  // It goes before a mail server.
  const options = { resendApiKey: 're_x', smtpUrl: 'smtp://127.0.0.1:1' }
  expect(await probeMail(options, PATIENCE_MS)).toEqual({ via: 'resend', ...found })
  expect(asked).toEqual(['GET /domains Bearer re_x'])
})

test('Resend that does not answer is not waited for', async () => {
  vi.stubEnv('RESEND_BASE_URL', `http://${await silent()}`)
  const started = performance.now()
  expect(await probeMail({ resendApiKey: 're_x' }, PATIENCE_MS)).toEqual({
    via: 'resend',
    ok: false,
    why: 'no answer',
  })
  expect(performance.now() - started).toBeLessThan(PATIENCE_MS + 1000)
})
