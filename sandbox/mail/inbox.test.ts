import { appendFile, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import nodemailer from 'nodemailer'
import { afterEach, describe, expect, test } from 'vitest'
import { type MailInbox, type MailInboxOptions, startMailInbox } from './inbox'

const open: MailInbox[] = []

async function start(options?: MailInboxOptions): Promise<MailInbox> {
  const inbox = await startMailInbox(options)
  open.push(inbox)
  return inbox
}

afterEach(async () => {
  for (const inbox of open.splice(0)) await inbox.close()
})

const letter = {
  from: 'Workshop Checkout <workshops@example.com>',
  to: 'Ada <ada@example.com>',
  subject: 'You’re in',
  text: 'See you on Tuesday.',
  html: '<p>See you on <b>Tuesday</b>. <img src="cid:logo"></p><script>alert(1)</script>',
  messageId: '<purch_1@example.com>',
  attachments: [
    { filename: 'workshop.ics', content: 'BEGIN:VCALENDAR', contentType: 'text/calendar' },
    { filename: 'logo.png', content: Buffer.from([1, 2, 3]), cid: 'logo' },
  ],
}

const sendTo = (inbox: MailInbox, mail = letter) =>
  nodemailer.createTransport(inbox.smtpUrl).sendMail({ ...mail, bcc: 'copy@example.com' })

test('keeps what was sent, as it was sent', async () => {
  const inbox = await start()
  await sendTo(inbox)
  expect(inbox.messages()).toEqual([
    expect.objectContaining({
      from: '"Workshop Checkout" <workshops@example.com>',
      to: '"Ada" <ada@example.com>',
      envelope: { from: 'workshops@example.com', to: ['ada@example.com', 'copy@example.com'] },
      subject: 'You’re in',
      messageId: '<purch_1@example.com>',
      text: 'See you on Tuesday.',
      html: letter.html,
      attachments: [
        expect.objectContaining({ filename: 'logo.png', contentId: 'logo' }),
        expect.objectContaining({ filename: 'workshop.ics', contentType: 'text/calendar', size: 15 }),
      ],
    }),
  ])
})

test('survives a restart with a data file, and a line that a crash cut off', async () => {
  const dataFile = join(await mkdtemp(join(tmpdir(), 'inbox-')), 'mail.jsonl')
  const first = await start({ dataFile })
  await sendTo(first)
  await first.close()
  open.length = 0
  await appendFile(dataFile, '{"id":"half')
  const second = await start({ dataFile })
  await sendTo(second, { ...letter, subject: 'Again' })
  await second.close()
  open.length = 0
  const third = await start({ dataFile })
  expect(third.messages().map(({ subject }) => subject)).toEqual(['Again', 'You’re in'])
})

describe('the JSON API', () => {
  test('lists, shows one, gives the raw text, and deletes all', async () => {
    const inbox = await start()
    await sendTo(inbox)
    const get = (path: string) => fetch(`${inbox.url}${path}`)
    const [message] = await (await get('/api/messages')).json()
    expect(message.subject).toBe('You’re in')
    expect(await (await get(`/api/messages/${message.id}`)).json()).toEqual(message)
    expect(await (await get(`/api/messages/${message.id}/raw`)).text()).toContain(
      'Message-ID: <purch_1@example.com>',
    )
    expect((await get('/api/messages/nobody')).status).toBe(404)
    await fetch(`${inbox.url}/api/messages`, { method: 'DELETE' })
    expect(await (await get('/api/messages')).json()).toEqual([])
  })

  test('lets no other site empty the inbox', async () => {
    const inbox = await start()
    await sendTo(inbox)
    const headers = { 'sec-fetch-site': 'cross-site' }
    const answer = await fetch(`${inbox.url}/clear`, { method: 'POST', headers })
    expect(answer.status).toBe(403)
    expect(inbox.messages()).toHaveLength(1)
  })

  test('sets faults from outside', async () => {
    const inbox = await start()
    await fetch(`${inbox.url}/api/faults`, { method: 'PUT', body: JSON.stringify({ failNext: 2 }) })
    expect(inbox.faults).toEqual({ refuse: false, failNext: 2, delayMs: 0 })
  })
})

describe('the pages', () => {
  test('list the messages and show each view, with markup from the mail escaped', async () => {
    const inbox = await start()
    await sendTo(inbox, { ...letter, subject: '<i>Hello</i>' })
    const id = inbox.messages()[0]?.id
    const read = async (path: string) => (await fetch(`${inbox.url}${path}`)).text()
    expect(await read('/')).toContain('&lt;i&gt;Hello&lt;/i&gt;')
    expect(await read(`/messages/${id}`)).toContain('<iframe')
    expect(await read(`/messages/${id}?view=text`)).toContain('See you on Tuesday.')
    expect(await read(`/messages/${id}?view=source`)).toContain('MIME-Version: 1.0')
    expect(await read(`/messages/${id}?view=attachments`)).toContain('workshop.ics')
  })

  test('serve the HTML of a mail sandboxed, its embedded images resolved', async () => {
    const inbox = await start()
    await sendTo(inbox)
    const id = inbox.messages()[0]?.id
    const answer = await fetch(`${inbox.url}/messages/${id}/html`)
    expect(answer.headers.get('content-security-policy')).toMatch(/^sandbox(?!.*allow-scripts)/)
    expect(await answer.text()).toContain(`src="/messages/${id}/attachments/0"`)
    const image = await fetch(`${inbox.url}/messages/${id}/attachments/0`)
    expect(new Uint8Array(await image.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]))
  })
})

describe('faults', () => {
  test('refuses for good', async () => {
    const inbox = await start()
    inbox.faults.refuse = true
    await expect(sendTo(inbox)).rejects.toMatchObject({ responseCode: 554 })
    expect(inbox.messages()).toEqual([])
  })

  test('fails the next messages for now, then takes them', async () => {
    const inbox = await start()
    inbox.faults.failNext = 1
    await expect(sendTo(inbox)).rejects.toMatchObject({ responseCode: 451 })
    await sendTo(inbox)
    expect(inbox.messages()).toHaveLength(1)
  })

  test('answers late', async () => {
    const inbox = await start()
    inbox.faults.delayMs = 200
    const started = performance.now()
    await sendTo(inbox)
    expect(performance.now() - started).toBeGreaterThan(190)
  })
})
