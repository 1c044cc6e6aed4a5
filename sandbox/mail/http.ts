import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { type MailFaults, setFaults } from './faults'
import { readAttachment } from './message'
import { listPage, messagePage, notFoundPage, readView, shownHtml } from './pages'
import type { MailStore } from './store'

interface Answer {
  status?: number
  type: string
  body: string | Buffer
  headers?: Record<string, string>
}

const fontFile = createRequire(import.meta.url).resolve(
  '@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2',
)

const html = (body: string, status = 200): Answer => ({ status, type: 'text/html; charset=utf-8', body })
const json = (value: unknown, status = 200): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
})
const text = (body: string | Buffer): Answer => ({ type: 'text/plain; charset=utf-8', body })

/** The inbox's pages and its JSON API. It listens on loopback, and answers nobody's page but its own. */
export function inboxHandler(store: MailStore, faults: MailFaults) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    route(request, store, faults).then(
      (answer) => send(response, answer),
      (error: unknown) => send(response, json({ error: String(error) }, 500)),
    )
  }
}

function send(response: ServerResponse, { status = 200, type, body, headers }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(body)
}

async function route(request: IncomingMessage, store: MailStore, faults: MailFaults): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://inbox')
  const method = request.method ?? 'GET'
  // Another site's form could otherwise empty the inbox of whoever has this page open beside it.
  if (method !== 'GET' && request.headers['sec-fetch-site'] === 'cross-site')
    return json({ error: 'Not from another site.' }, 403)
  switch (`${method} ${url.pathname}`) {
    case 'GET /':
      return html(listPage(store.messages()))
    case 'GET /font.woff2':
      return {
        type: 'font/woff2',
        body: await readFile(fontFile),
        headers: { 'cache-control': 'max-age=86400' },
      }
    case 'GET /api/messages':
      return json(store.messages())
    case 'DELETE /api/messages':
      store.clear()
      return json({ deleted: true })
    case 'POST /clear':
      store.clear()
      return { status: 303, type: 'text/plain', body: '', headers: { location: '/' } }
    case 'GET /api/faults':
      return json(faults)
    case 'PUT /api/faults':
      setFaults(faults, JSON.parse(await readBody(request)))
      return json(faults)
  }
  return method === 'GET' ? messageRoute(url, store) : json({ error: 'Not found.' }, 404)
}

/** `/messages/ID` and what hangs below it, `/api/messages/ID` and its raw text. */
async function messageRoute(url: URL, store: MailStore): Promise<Answer> {
  const [, api, id = '', part, index] =
    /^(\/api)?\/messages\/([^/]+)(?:\/(raw|html|attachments)(?:\/(\d+))?)?$/.exec(url.pathname) ?? []
  const entry = store.find(id)
  if (!entry) return api ? json({ error: 'No such message.' }, 404) : html(notFoundPage(), 404)
  const { stored, message } = entry
  const raw = () => Buffer.from(stored.raw, 'base64')
  if (part === 'raw') return text(raw())
  if (part === 'html') {
    // The mail's own markup: no script, no form, no origin, even when opened outside of its frame.
    const policy = 'sandbox allow-popups allow-popups-to-escape-sandbox'
    return { ...html(shownHtml(message)), headers: { 'content-security-policy': policy } }
  }
  if (part === 'attachments') {
    const attachment = await readAttachment(stored, Number(index))
    if (!attachment) return html(notFoundPage(), 404)
    const name = encodeURIComponent(attachment.filename ?? `attachment-${Number(index) + 1}`)
    const disposition = `${attachment.cid ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`
    return {
      type: attachment.contentType,
      body: attachment.content,
      headers: { 'content-disposition': disposition, 'content-security-policy': 'sandbox' },
    }
  }
  if (api) return json(message)
  return html(messagePage(message, readView(url.searchParams.get('view'), message), raw().toString('utf8')))
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
