import { eq, sql } from 'drizzle-orm'
import { createEmulator } from 'emulate'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type DatabaseHandle, openDatabase } from '@/db/client'
import { migrate } from '@/db/migrate'
import { outbox } from '@/db/schema'
import { MailError } from '@/lib/email/mail-error'
import { aRefund, aSale } from '@/lib/email/sale.fixture'
import { createMailer, type Mailer } from '@/lib/email/transport'
import { inTime } from '@/lib/in-time'
import { type MailInbox, startMailInbox } from '@/sandbox/mail/inbox'
import { createTestDatabase, type TestDatabase } from '@/sandbox/testing/database'
import { type DeliverDeps, deliverDue } from './deliver'
import { type Effect, purchaseEffects, refundEffects } from './effects'
import { enqueue } from './enqueue'

let server: TestDatabase
let database: DatabaseHandle
let inbox: MailInbox
let mailer: Mailer
let now: Date
let logged: { level: string; fields: object; message: string }[]

beforeAll(async () => {
  server = await createTestDatabase()
  await migrate(server.url)
  database = openDatabase(server.url)
})
afterAll(async () => {
  await database.close()
  await server.drop()
})

beforeEach(async () => {
  inbox = await startMailInbox()
  mailer = mailTo(inbox.smtpUrl)
  now = new Date('2026-11-24T10:00:00.000Z')
  logged = []
})
afterEach(async () => {
  await inbox.close()
  await database.db.delete(outbox)
})

function mailTo(smtpUrl: string): Mailer {
  const created = createMailer({ smtpUrl, from: 'Workshops <hello@shop.example.com>' })
  if (!created) throw new Error('no mailer')
  return created
}

function deps(change: Partial<DeliverDeps> = {}): DeliverDeps {
  const log = (level: string) => (fields: object, message: string) =>
    void logged.push({ level, fields, message })
  return {
    db: database.db,
    mailer,
    now: () => now,
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    ...change,
  }
}

const everything = { limit: 1000, budgetMs: 30_000 }
const write = (effects: Effect[]) => database.db.transaction((tx) => enqueue(tx, effects, now))
const later = (ms: number) => {
  now = new Date(now.getTime() + ms)
}
const rows = () => database.db.select().from(outbox)
const confirmation = (purchaseId = 'purch_1') => purchaseEffects(aSale({ purchaseId }), { inngest: false })

async function only() {
  const [row, ...rest] = await rows()
  if (!row || rest.length > 0) throw new Error(`${rest.length + 1} rows`)
  return row
}

describe('enqueue', () => {
  it('writes an effect once, however often it is told', async () => {
    await write(confirmation())
    await write(purchaseEffects(aSale({ purchaseId: 'purch_1', name: 'Someone Else' }), { inngest: true }))
    const stored = await rows()
    expect(stored.map((row) => row.id).sort()).toEqual(['confirmation:purch_1', 'purchase-created:purch_1'])
    expect(stored.find((row) => row.kind === 'email.confirmation')?.payload).toMatchObject({
      name: 'Ada Lovelace',
    })
  })

  it('leaves nothing behind when the sale is rolled back', async () => {
    const rolledBack = database.db.transaction(async (tx) => {
      await enqueue(tx, confirmation(), now)
      throw new Error('the sale failed')
    })
    await expect(rolledBack).rejects.toThrow('the sale failed')
    expect(await rows()).toEqual([])
  })

  it('does nothing for nothing', async () => {
    await write([])
    expect(await rows()).toEqual([])
  })
})

// As many connections at once as a slow machine greets within the mailer's patience.
const MESSAGES = 20

describe('deliverDue over SMTP', () => {
  it('sends the confirmation with its calendar file and writes that down', async () => {
    await write(confirmation())
    expect(await deliverDue(deps(), everything)).toEqual({ sent: 1, retried: 0, dead: 0 })
    const [mail, ...more] = inbox.messages()
    expect(more).toEqual([])
    expect(mail).toMatchObject({
      envelope: { from: 'hello@shop.example.com', to: ['ada@example.com'] },
      subject: "You're in: Claude Code from First Prompt to Production",
      replyTo: 'workshops@example.com',
      messageId: mailer.messageId('confirmation:purch_1'),
    })
    expect(mail?.attachments).toMatchObject([{ filename: 'claude-code.ics', contentType: 'text/calendar' }])
    expect(await only()).toMatchObject({ status: 'sent', attempts: 1, sentAt: now, lastError: null })
    expect(await deliverDue(deps(), everything)).toEqual({ sent: 0, retried: 0, dead: 0 })
  })

  it('sends each message once under twenty deliverers', async () => {
    const ids = Array.from({ length: MESSAGES }, (_, index) => `purch_${index}`)
    await write(ids.flatMap((id) => confirmation(id)))
    const all = await Promise.all(Array.from({ length: 20 }, () => deliverDue(deps(), everything)))
    expect(all.reduce((sum, { sent }) => sum + sent, 0)).toBe(MESSAGES)
    const names = inbox.messages().map((mail) => mail.messageId)
    expect(names.length).toBe(MESSAGES)
    expect(new Set(names).size).toBe(MESSAGES)
  })

  it('delivers what was named though the database dated it later than this server', async () => {
    await write(confirmation('purch_other'))
    later(60_000)
    await write(confirmation())
    later(-60_000)
    await deliverDue(deps(), { ...everything, ids: ['confirmation:purch_1'] })
    expect(inbox.messages().map((mail) => mail.messageId)).toEqual([mailer.messageId('confirmation:purch_1')])
    expect(await deliverDue(deps(), { ...everything, ids: [] })).toEqual({ sent: 0, retried: 0, dead: 0 })
  })

  it('waits out a provider that is down, longer each time, and delivers when it is back', async () => {
    await write(confirmation())
    const down = mailTo('smtp://127.0.0.1:1')
    expect(await deliverDue(deps({ mailer: down, random: () => 0.5 }), everything)).toMatchObject({
      retried: 1,
    })
    const first = await only()
    expect(first.nextAttemptAt.getTime() - now.getTime()).toBe(30_000)
    expect(first.lastError).toMatch(/ECONNREFUSED/)
    expect(await deliverDue(deps(), everything)).toEqual({ sent: 0, retried: 0, dead: 0 })
    later(30_000)
    await deliverDue(deps({ mailer: down, random: () => 0.5 }), everything)
    expect((await only()).nextAttemptAt.getTime() - now.getTime()).toBe(60_000)
    later(60_000)
    expect(await deliverDue(deps(), everything)).toMatchObject({ sent: 1 })
    expect(inbox.messages()).toHaveLength(1)
  })

  it('waits as long as a provider asks, and never more than a day', async () => {
    const HOUR = 3_600_000
    for (const [asked, waited] of [
      [5 * HOUR, 5 * HOUR],
      [1000 * HOUR, 24 * HOUR],
    ] as const) {
      const busy: Mailer = {
        ...mailer,
        send: () => Promise.reject(new MailError('busy', { temporary: true, retryAfter: asked })),
      }
      await write(confirmation())
      expect(await deliverDue(deps({ mailer: busy }), everything)).toMatchObject({ retried: 1 })
      expect((await only()).nextAttemptAt.getTime() - now.getTime()).toBe(waited)
      await database.db.delete(outbox)
    }
  })

  it('tries again after a 4xx answer', async () => {
    await write(confirmation())
    inbox.faults.failNext = 1
    expect(await deliverDue(deps(), everything)).toMatchObject({ retried: 1 })
    later(60_000)
    expect(await deliverDue(deps(), everything)).toMatchObject({ sent: 1 })
  })

  it('gives a message up that was refused for good, and says so', async () => {
    await write(confirmation())
    inbox.faults.refuse = true
    expect(await deliverDue(deps(), everything)).toEqual({ sent: 0, retried: 0, dead: 1 })
    expect(await only()).toMatchObject({ status: 'dead', lastError: expect.stringContaining('554') })
    expect(logged).toMatchObject([{ level: 'error', fields: { effect: 'confirmation:purch_1' } }])
    expect(JSON.stringify(logged)).not.toContain('ada@example.com')
  })

  it('keeps trying for three days, then gives up', async () => {
    await write(confirmation())
    const start = now.getTime()
    const down = mailTo('smtp://127.0.0.1:1')
    let tries = 0
    while ((await only()).status === 'pending') {
      now = (await only()).nextAttemptAt
      await deliverDue(deps({ mailer: down }), everything)
      tries += 1
    }
    const hours = (now.getTime() - start) / 3_600_000
    expect(hours).toBeGreaterThanOrEqual(72)
    expect(hours).toBeLessThan(80)
    expect(tries).toBeLessThan(30)
    expect(logged.at(-1)).toMatchObject({ level: 'error', message: 'outbox: given up after three days' })
  })

  it('repeats the same message, byte for byte, when it died before writing down that it was sent', async () => {
    await write(confirmation())
    let died = false
    const dying: Mailer = {
      ...mailer,
      send: async (message) => {
        await mailer.send(message)
        if (!died) {
          died = true
          await new Promise(() => undefined)
        }
        return {}
      },
    }
    // Nobody waits for it: this deliverer is gone.
    void deliverDue(deps({ mailer: dying }), everything)
    await expect.poll(() => inbox.messages().length).toBe(1)
    later(60_000)
    expect(await deliverDue(deps(), everything)).toEqual({ sent: 0, retried: 0, dead: 0 })
    later(31_000)
    expect(await deliverDue(deps(), everything)).toMatchObject({ sent: 1 })
    const [second, first] = inbox.messages()
    expect(inbox.messages()).toHaveLength(2)
    expect(second?.messageId).toBe(first?.messageId)
    expect(second?.html).toBe(first?.html)
    expect(await only()).toMatchObject({ status: 'sent', attempts: 2 })
  })

  it('is one message at a provider that honours keys, though it was handed over twice', async () => {
    const emulator = await createEmulator({ service: 'resend', port: 0 })
    vi.stubEnv('RESEND_BASE_URL', emulator.url)
    try {
      const resend = createMailer({ resendApiKey: 're_key', from: 'hello@shop.example.com' })
      await write(confirmation())
      expect(await deliverDue(deps({ mailer: resend }), everything)).toMatchObject({ sent: 1 })
      await database.db.update(outbox).set({ status: 'pending', nextAttemptAt: now })
      expect(await deliverDue(deps({ mailer: resend }), everything)).toMatchObject({ sent: 1 })
      const answer = await fetch(`${emulator.url}/emails`, { headers: { authorization: 'Bearer re_key' } })
      const { data }: { data: { headers: Record<string, string> }[] } = await answer.json()
      expect(data).toMatchObject([{ headers: { 'Message-ID': mailer.messageId('confirmation:purch_1') } }])
    } finally {
      vi.unstubAllEnvs()
      await emulator.close()
    }
  })

  /** A mailer that hears of nothing until it is told how its message fails. */
  function stuckMailer() {
    const stuck = { fail: (_: Error): void => undefined }
    const send = () =>
      new Promise<never>((_, reject) => {
        stuck.fail = reject
      })
    return { mailer: { ...mailer, send }, fail: (error: Error) => stuck.fail(error) }
  }
  const attempts = async () => (await only()).attempts

  it('lets no one who lost the lease put a sent message back', async () => {
    await write(confirmation())
    const stuck = stuckMailer()
    const slow = deliverDue(deps({ mailer: stuck.mailer }), everything)
    await expect.poll(attempts).toBe(1)
    later(91_000)
    expect(await deliverDue(deps(), everything)).toMatchObject({ sent: 1 })
    stuck.fail(new Error('too late'))
    await slow
    expect(await only()).toMatchObject({ status: 'sent', lastError: null, attempts: 2 })
  })

  it('nor have a say about one that another is sending now', async () => {
    await write(confirmation())
    const [first, second] = [stuckMailer(), stuckMailer()]
    const slow = deliverDue(deps({ mailer: first.mailer }), everything)
    await expect.poll(attempts).toBe(1)
    later(91_000)
    const sending = deliverDue(deps({ mailer: second.mailer }), everything)
    await expect.poll(attempts).toBe(2)
    const underWay = await only()
    first.fail(new MailError('no such mailbox', { temporary: false }))
    await slow
    expect(await only()).toEqual(underWay)
    second.fail(new Error('down'))
    expect(await sending).toMatchObject({ retried: 1 })
    expect(await only()).toMatchObject({ status: 'pending', lastError: 'Error: down' })
  })

  it('leaves cancelled what a person cancelled while it was on its way, and failed', async () => {
    await write(confirmation())
    const stuck = stuckMailer()
    const sending = deliverDue(deps({ mailer: stuck.mailer }), everything)
    await expect.poll(attempts).toBe(1)
    await database.db.update(outbox).set({ status: 'cancelled', lastError: 'cancelled by hand' })
    stuck.fail(new MailError('no such mailbox', { temporary: false }))
    await sending
    expect(await only()).toMatchObject({ status: 'cancelled', lastError: 'cancelled by hand' })
  })

  it.for([
    { asked: 'less than it would wait anyway', retryAfter: 1000, waits: 30_000 },
    { asked: 'ten minutes', retryAfter: 600_000, waits: 600_000 },
    { asked: 'a week, which is too long', retryAfter: 7 * 24 * 3_600_000, waits: 24 * 3_600_000 },
  ])('waits as long as the provider asks for: $asked', async ({ retryAfter, waits }) => {
    await write(confirmation())
    const throttling: Mailer = {
      ...mailer,
      send: () => Promise.reject(new MailError('too many requests', { temporary: true, retryAfter })),
    }
    const middle = () => 0.5
    expect(await deliverDue(deps({ mailer: throttling, random: middle }), everything)).toMatchObject({
      retried: 1,
    })
    expect((await only()).nextAttemptAt.getTime() - now.getTime()).toBe(waits)
  })

  it('waits for e-mail to be set up, however long that takes', async () => {
    await write(confirmation())
    for (let day = 0; day < 5; day++) {
      expect(await deliverDue(deps({ mailer: undefined }), everything)).toMatchObject({ retried: 1, dead: 0 })
      later(24 * 3_600_000)
    }
    expect(await only()).toMatchObject({
      status: 'pending',
      attempts: 0,
      lastError: expect.stringMatching(/RESEND_API_KEY/),
    })
    inbox.faults.failNext = 1
    expect(await deliverDue(deps(), everything)).toMatchObject({ retried: 1, dead: 0 })
    later(60_000)
    expect(await deliverDue(deps(), everything)).toMatchObject({ sent: 1 })
  })

  it('keeps a row that it can not read, and says why', async () => {
    await database.db
      .insert(outbox)
      .values({ id: 'x:1', kind: 'email.from-the-future', payload: {}, nextAttemptAt: now })
    await write(confirmation())
    expect(await deliverDue(deps(), everything)).toEqual({ sent: 1, retried: 1, dead: 0 })
    const [row] = await database.db.select().from(outbox).where(eq(outbox.id, 'x:1'))
    expect(row).toMatchObject({ status: 'pending', attempts: 1 })
  })

  it('stops at its limit and at its budget', async () => {
    await write(['a', 'b', 'c', 'd'].flatMap((id) => confirmation(id)))
    expect(await deliverDue(deps(), { limit: 3, budgetMs: 30_000 })).toMatchObject({ sent: 3 })
    expect(await deliverDue(deps(), { limit: 3, budgetMs: 0 })).toMatchObject({ sent: 0 })
    expect(await deliverDue(deps(), everything)).toMatchObject({ sent: 1 })
  })

  it('passes over what somebody else holds, and waits for nobody', async () => {
    await write([...confirmation('purch_held'), ...confirmation('purch_free')])
    await database.db.transaction(async (tx) => {
      await tx.select().from(outbox).where(eq(outbox.id, 'confirmation:purch_held')).for('update')
      const delivered = inTime(deliverDue(deps(), everything), 10_000, 'it waits')
      expect(await delivered).toEqual({ sent: 1, retried: 0, dead: 0 })
    })
    expect(inbox.messages().map((mail) => mail.messageId)).toEqual([
      mailer.messageId('confirmation:purch_free'),
    ])
  })

  it('locks out no sale while it claims', async () => {
    await write(confirmation())
    await database.db.transaction(
      async (tx) => {
        await tx.select().from(outbox).where(eq(outbox.status, 'pending')).for('update', { skipLocked: true })
        await database.db.transaction(async (sale) => {
          await sale.execute(sql`SET innodb_lock_wait_timeout = 1`)
          await enqueue(sale, confirmation('purch_2'), now)
        })
      },
      { isolationLevel: 'read committed' },
    )
    expect(await rows()).toHaveLength(2)
  })

  it('tells of a refund, and of a second one', async () => {
    const half = aRefund({
      full: false,
      amount: { amount: 10000, currency: 'usd' },
      refunded: { amount: 10000, currency: 'usd' },
    })
    const rest = aRefund({ amount: { amount: 32400, currency: 'usd' } })
    await write(refundEffects(half, 1))
    await write(refundEffects(half, 1))
    await write(refundEffects(rest, 2))
    await deliverDue(deps(), everything)
    expect(
      inbox
        .messages()
        .map((mail) => mail.subject)
        .sort(),
    ).toEqual([
      'Partly refunded: Claude Code from First Prompt to Production',
      'Refunded: Claude Code from First Prompt to Production',
    ])
  })
})
