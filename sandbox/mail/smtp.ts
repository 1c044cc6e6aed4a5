import { setTimeout as sleep } from 'node:timers/promises'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import type { MailFaults } from './faults'
import type { MailStore } from './store'

class Refusal extends Error {
  constructor(
    readonly responseCode: number,
    message: string,
  ) {
    super(message)
  }
}

/** Takes any mail from anybody on loopback, with or without a password, and delivers it nowhere but here. */
export function createSmtpServer(store: MailStore, faults: MailFaults): SMTPServer {
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? 'anybody' }),
    onData: (stream, session, done) => {
      receive(stream, session, store, faults).then(
        (answer) => done(null, answer),
        (error: Error) => done(error),
      )
    },
  })
  // A client that hangs up in the middle is its own business; without a listener it would end this process.
  server.on('error', () => {})
  return server
}

async function receive(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  store: MailStore,
  faults: MailFaults,
): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  if (faults.delayMs > 0) await sleep(faults.delayMs)
  if (faults.refuse) throw new Refusal(554, 'The inbox has been told to refuse mail')
  if (faults.failNext > 0) {
    faults.failNext -= 1
    throw new Refusal(451, 'The inbox has been told to fail this message, try again later')
  }
  const { mailFrom, rcptTo } = session.envelope
  const message = await store.add(Buffer.concat(chunks), {
    from: mailFrom === false ? '' : mailFrom.address,
    to: rcptTo.map(({ address }) => address),
  })
  return `Kept as ${message.id}`
}
