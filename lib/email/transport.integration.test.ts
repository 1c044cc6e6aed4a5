import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { createEmulator, type Emulator } from 'emulate'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type MailInbox, startMailInbox } from '@/sandbox/mail/inbox'
import { MailError } from './mail-error'
import type { MailMessage } from './message'
import { createMailer, type Mailer, parseSender } from './transport'

const from = 'Workshops <hello@shop.example.com>'
const closing: (() => Promise<unknown> | unknown)[] = []

afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(closing.splice(0).map((close) => close()))
})

const mailer = (options: { smtpUrl?: string; resendApiKey?: string; from?: string }): Mailer => {
  const created = createMailer({ from, ...options })
  if (!created) throw new Error('no mailer')
  return created
}

const message = (change: Partial<MailMessage> = {}): MailMessage => ({
  to: 'ada@example.com',
  subject: "You're in: TypeScript — für Große",
  html: '<p>Hello</p>',
  text: 'Hello',
  replyTo: 'workshops@example.com',
  attachments: [
    { filename: 'a.ics', content: 'BEGIN:VCALENDAR\r\n', contentType: 'text/calendar; method=PUBLISH' },
  ],
  messageId: '<abc@shop.example.com>',
  idempotencyKey: 'confirmation:purch_1',
  ...change,
})

const failure = async (sending: Promise<unknown>): Promise<MailError> => {
  const error: unknown = await sending.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof MailError)) throw new Error(`expected a MailError, got ${error}`)
  return error
}

async function inbox(): Promise<MailInbox> {
  const started = await startMailInbox()
  closing.push(() => started.close())
  return started
}

async function smtp(options: SMTPServerOptions): Promise<string> {
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    ...options,
  })
  server.on('error', () => undefined)
  const listening = server.listen(0, '127.0.0.1')
  await new Promise((resolve) => listening.once('listening', resolve))
  closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return `127.0.0.1:${(listening.address() as AddressInfo).port}`
}

const refusal = (responseCode: number, said: string) => Object.assign(new Error(said), { responseCode })

describe('createMailer', () => {
  it('is nothing without a way to send', () => {
    expect(createMailer({ from })).toBeUndefined()
  })

  it('names an effect the same at every server and try, at the domain that sends', () => {
    const one = mailer({ smtpUrl: 'smtp://127.0.0.1:1' })
    const other = mailer({ resendApiKey: 're_x', from: 'hello@shop.example.com' })
    expect(one.messageId('confirmation:purch_1')).toBe(other.messageId('confirmation:purch_1'))
    expect(one.messageId('confirmation:purch_1')).toMatch(/^<[0-9a-f]{40}@shop\.example\.com>$/)
    expect(one.messageId('confirmation:purch_1')).not.toBe(one.messageId('confirmation:purch_2'))
  })

  it.each([
    ['Workshops <a@b.co>', { name: 'Workshops', address: 'a@b.co' }],
    ['"Ada, Lovelace" <a@b.co>', { name: 'Ada, Lovelace', address: 'a@b.co' }],
    ['a@b.co', { name: '', address: 'a@b.co' }],
    ['W\r\nBcc: x <a@b.co>', { name: 'W Bcc: x', address: 'a@b.co' }],
  ])('reads %j as a sender', (text, sender) => {
    expect(parseSender(text)).toEqual(sender)
  })

  it.each(['', 'nobody', 'A <a@b.co>, B <b@b.co>', 'A <a@b.co\r\nx>'])('refuses %j as a sender', (text) => {
    expect(() => parseSender(text)).toThrow('EMAIL_FROM')
  })
})

describe('over SMTP', () => {
  it('hands over all of it', async () => {
    const box = await inbox()
    await mailer({ smtpUrl: box.smtpUrl }).send(message())
    expect(box.messages()).toMatchObject([
      {
        envelope: { from: 'hello@shop.example.com', to: ['ada@example.com'] },
        from: '"Workshops" <hello@shop.example.com>',
        subject: "You're in: TypeScript — für Große",
        replyTo: 'workshops@example.com',
        messageId: '<abc@shop.example.com>',
        attachments: [{ filename: 'a.ics', contentType: 'text/calendar' }],
      },
    ])
    expect(box.messages()[0]?.text?.trim()).toBe('Hello')
  })

  it('can be made to write no header and to nobody else', async () => {
    const box = await inbox()
    const sender = mailer({ smtpUrl: box.smtpUrl, from: 'W\r\nBcc: x@evil.example <hello@shop.example.com>' })
    await sender.send(
      message({
        subject: 'A\r\nBcc: x@evil.example\r\n\r\nbody',
        replyTo: 'w@example.com\r\nBcc: x@evil.example',
        messageId: '<a@b.co>\r\nBcc: x@evil.example',
        attachments: [
          { filename: 'a\r\nBcc: x@evil.example.ics', content: '', contentType: 'text/calendar\r\nBcc: x' },
        ],
      }),
    )
    const [mail] = box.messages()
    expect(mail?.envelope.to).toEqual(['ada@example.com'])
    expect(mail?.headers).not.toHaveProperty('bcc')
    expect(mail?.subject).toBe('A Bcc: x@evil.example body')
    expect(mail?.replyTo).toBeUndefined()
  })

  it.each(['a@b.co, c@d.co', 'a@b.co\r\nRCPT TO:<c@d.co>', 'Ada <a@b.co>', 'a@b.co;c@d.co', 'ada', ''])(
    'refuses %j as a recipient, for good',
    async (to) => {
      const error = await failure(mailer({ smtpUrl: 'smtp://127.0.0.1:1' }).send(message({ to })))
      expect(error.temporary).toBe(false)
    },
  )

  it.each([
    ['a full mailbox', 452, true],
    ['no such mailbox', 550, false],
  ])('tells %s by its answer (%i)', async (said, status, temporary) => {
    const host = await smtp({
      onRcptTo: ({ address }, _, done) => done(refusal(status, `${said}: ${address}`)),
    })
    const error = await failure(mailer({ smtpUrl: `smtp://${host}` }).send(message()))
    expect(error).toMatchObject({ temporary })
    expect(error.message).toContain(said)
    expect(error.message).not.toContain('ada@example.com')
  })

  it('waits for a wrong password to be put right, and does not tell it', async () => {
    const host = await smtp({
      authOptional: false,
      onAuth: (_, __, done) => done(refusal(535, 'no entry for hunter2')),
    })
    const error = await failure(mailer({ smtpUrl: `smtp://ada%40b.co:hunter2@${host}` }).send(message()))
    expect(error.temporary).toBe(true)
    expect(error.message).not.toContain('hunter2')
  })

  it.each([
    ['a certificate that nobody knows', 'smtp', { disabledCommands: [] }],
    ['no TLS where it is asked for', 'smtps', {}],
  ])('waits for %s to be put right', async (_, protocol, options) => {
    // The server warns of its certificate.
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const received: string[] = []
    const host = await smtp({
      ...options,
      onMailFrom: ({ address }, __, done) => done(void received.push(address)),
    })
    const error = await failure(mailer({ smtpUrl: `${protocol}://ada:hunter2@${host}` }).send(message()))
    expect(error).toMatchObject({ temporary: true })
    expect(error.message).not.toContain('hunter2')
    expect(received).toEqual([])
  })

  it('waits where the address is none, and reads it anew at the next try', async () => {
    const sender = mailer({ smtpUrl: 'no address' })
    for (const _ of [1, 2])
      expect(await failure(sender.send(message()))).toMatchObject({
        temporary: true,
        message: expect.stringContaining('the mail transport could not be loaded'),
      })
  })

  it('waits for a sender that is not accepted to be put right', async () => {
    const host = await smtp({ onMailFrom: (_, __, done) => done(refusal(553, 'sender not allowed')) })
    expect(await failure(mailer({ smtpUrl: `smtp://${host}` }).send(message()))).toMatchObject({
      temporary: true,
    })
  })

  it('gives up on a server that accepts and says nothing', async () => {
    const sockets = new Set<{ destroy(): void }>()
    const silent: Server = createServer((socket) => sockets.add(socket))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    closing.push(() => {
      for (const socket of sockets) socket.destroy()
      return new Promise<void>((resolve) => silent.close(() => resolve()))
    })
    const started = performance.now()
    const { port } = silent.address() as AddressInfo
    expect(await failure(mailer({ smtpUrl: `smtp://127.0.0.1:${port}` }).send(message()))).toMatchObject({
      temporary: true,
    })
    expect(performance.now() - started).toBeLessThan(10_000)
  }, 15_000)
})

type Kept = {
  data: { id: string; to: string[]; from: string; subject: string; headers: Record<string, string> }[]
}

describe("over Resend's API", () => {
  async function resend() {
    const emulator: Emulator = await createEmulator({
      service: 'resend',
      port: 0,
      seed: { tokens: { re_key: { login: 'x' } } },
    })
    closing.push(() => emulator.close())
    vi.stubEnv('RESEND_BASE_URL', emulator.url)
    const kept = async () => {
      const answer = await fetch(`${emulator.url}/emails`, { headers: { authorization: 'Bearer re_key' } })
      const { data }: Kept = await answer.json()
      return data
    }
    return { sender: mailer({ resendApiKey: 're_key' }), kept }
  }

  it('hands over all of it, once for one key', async () => {
    const { sender, kept } = await resend()
    const first = await sender.send(message())
    expect(await sender.send(message())).toEqual(first)
    expect(await kept()).toMatchObject([
      {
        id: first.providerId,
        from: '"Workshops" <hello@shop.example.com>',
        to: ['ada@example.com'],
        subject: "You're in: TypeScript — für Große",
        headers: { 'Message-ID': '<abc@shop.example.com>' },
        reply_to: ['workshops@example.com'],
      },
    ])
  })

  it('waits where the key was used for other words', async () => {
    const { sender } = await resend()
    await sender.send(message())
    expect(await failure(sender.send(message({ html: '<p>Reworded</p>' })))).toMatchObject({
      temporary: true,
    })
  })

  it.each([
    [400, false],
    [401, true],
    [403, true],
    [422, false],
    [429, true],
    [500, true],
    [503, true],
  ])('takes %i for what it is', async (status, temporary) => {
    const { createServer: createHttpServer } = await import('node:http')
    const server = createHttpServer((_, response) => {
      response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '7' })
      response.end(
        JSON.stringify({ statusCode: status, name: 'x', message: 'key re_secret of ada@example.com' }),
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
    vi.stubEnv('RESEND_BASE_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const error = await failure(mailer({ resendApiKey: 're_secret' }).send(message()))
    expect(error).toMatchObject({ temporary, retryAfter: 7000 })
    expect(error.message).not.toMatch(/re_secret|ada@/)
  })

  it('waits where nobody answers', async () => {
    vi.stubEnv('RESEND_BASE_URL', 'http://127.0.0.1:1')
    expect(await failure(mailer({ resendApiKey: 're_secret' }).send(message()))).toMatchObject({
      temporary: true,
    })
  })
})
