import { randomUUID } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type MailMessage, parseMail, type StoredMail } from './message'

interface Entry {
  stored: StoredMail
  message: MailMessage
}

/** The inbox's messages, newest first; with a file they outlive the process. */
export class MailStore {
  readonly #file: string | undefined
  #entries: Entry[] = []

  private constructor(file: string | undefined) {
    this.#file = file
  }

  static async open(file?: string): Promise<MailStore> {
    const store = new MailStore(file)
    if (!file) return store
    mkdirSync(dirname(file), { recursive: true })
    const kept = existsSync(file) ? readFileSync(file, 'utf8') : ''
    // A crash can cut the last line off: what comes next must not continue it.
    if (kept !== '' && !kept.endsWith('\n')) appendFileSync(file, '\n')
    for (const line of kept.split('\n')) {
      const stored = readLine(line)
      if (stored) store.#entries.unshift({ stored, message: await parseMail(stored) })
    }
    return store
  }

  /** Returns once the message is on disk, so that what was accepted over SMTP is not lost. */
  async add(raw: Buffer, envelope: StoredMail['envelope']): Promise<MailMessage> {
    const stored: StoredMail = {
      id: randomUUID(),
      receivedAt: new Date().toISOString(),
      envelope,
      raw: raw.toString('base64'),
    }
    const message = await parseMail(stored)
    if (this.#file) appendFileSync(this.#file, `${JSON.stringify(stored)}\n`, { mode: 0o600 })
    this.#entries.unshift({ stored, message })
    return message
  }

  messages(): MailMessage[] {
    return this.#entries.map(({ message }) => message)
  }

  find(id: string): Entry | undefined {
    return this.#entries.find(({ stored }) => stored.id === id)
  }

  clear(): void {
    this.#entries = []
    if (this.#file) writeFileSync(this.#file, '')
  }
}

/** A line that was cut off by a crash is skipped: its sender was never told that it had been accepted. */
function readLine(line: string): StoredMail | undefined {
  if (line === '') return undefined
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
