import { createServer } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { type MailFaults, noFaults } from './faults'
import { inboxHandler } from './http'
import type { MailMessage } from './message'
import { createSmtpServer } from './smtp'
import { MailStore } from './store'

export interface MailInboxOptions {
  /** Default: a free one. */
  smtpPort?: number
  /** Default: a free one. */
  httpPort?: number
  /** Keeps the messages over restarts; without it they live in memory. */
  dataFile?: string
  log?: (line: string) => void
}

export interface MailInbox {
  /** `smtp://127.0.0.1:PORT`, for `SMTP_URL`. */
  smtpUrl: string
  /** The inbox page, and the JSON API under `/api/messages`. */
  url: string
  /** Newest first. */
  messages(): MailMessage[]
  /** Change a field to make the SMTP server misbehave. */
  faults: MailFaults
  close(): Promise<void>
}

/** A mail server for development and tests, on loopback: it accepts everything and shows it on a page. */
export async function startMailInbox(options: MailInboxOptions = {}): Promise<MailInbox> {
  const store = await MailStore.open(options.dataFile)
  const faults = noFaults()
  const smtp = createSmtpServer(store, faults)
  const http = createServer(inboxHandler(store, faults))
  const smtpPort = await listen(smtp.server, () => smtp.listen(options.smtpPort ?? 0, '127.0.0.1'))
  const httpPort = await listen(http, () => http.listen(options.httpPort ?? 0, '127.0.0.1'))
  options.log?.(`mail inbox: ${store.messages().length} messages kept from before`)
  return {
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    url: `http://127.0.0.1:${httpPort}`,
    messages: () => store.messages(),
    faults,
    close: async () => {
      http.closeAllConnections()
      await Promise.all([
        new Promise<void>((resolve) => smtp.close(() => resolve())),
        new Promise<void>((resolve) => http.close(() => resolve())),
      ])
    },
  }
}

function listen(server: Pick<Server, 'once' | 'address'>, start: () => void): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => resolve((server.address() as AddressInfo).port))
    start()
  })
}
