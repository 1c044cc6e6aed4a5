import type { MailMessage } from './message'
import { style } from './style'

const views = ['html', 'text', 'source', 'attachments'] as const
type View = (typeof views)[number]

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escapeHtml = (value: string) => value.replace(/[&<>"']/g, (character) => escapes[character] ?? '')

function page(title: string, body: string, script = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
${script && `<script>${script}</script>`}
</body>
</html>`
}

function when(iso: string): string {
  const format = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })
  return `<time datetime="${iso}">${format.format(new Date(iso))}</time>`
}

const subjectOf = ({ subject }: MailMessage) => escapeHtml(subject || '(no subject)')

// The page is replaced only when something arrived, so that it does not move under a reader's hands.
const watch = (count: number) => `
setInterval(async () => {
  const messages = await fetch('/api/messages').then((response) => response.json()).catch(() => null)
  if (messages && messages.length !== ${count}) location.reload()
}, 2000)`

export function listPage(messages: MailMessage[]): string {
  const count = messages.length === 1 ? '1 message' : `${messages.length} messages`
  const clear =
    messages.length > 0 ? '<form method="post" action="/clear"><button>Delete all</button></form>' : ''
  const rows = messages.map(
    (message) => `<li><a href="/messages/${message.id}">
<span class="subject">${subjectOf(message)}</span>
<span class="meta"><span>To ${escapeHtml(message.to || message.envelope.to.join(', '))}</span>${when(message.receivedAt)}</span>
</a></li>`,
  )
  const list =
    rows.length > 0
      ? `<ol class="messages">${rows.join('\n')}</ol>`
      : '<p class="empty">Nothing has arrived yet. Mail that the demo sends appears here by itself; it goes nowhere else.</p>'
  return page(
    `Inbox (${messages.length})`,
    `<main><header><h1>Inbox</h1><p class="count">${count}</p>${clear}</header>${list}</main>`,
    watch(messages.length),
  )
}

/** The view asked for, or the first that this message has. */
export function readView(asked: string | null, message: MailMessage): View {
  return views.find((view) => view === asked) ?? (message.html ? 'html' : 'text')
}

export function messagePage(message: MailMessage, view: View, raw: string): string {
  const names: Record<View, string> = {
    html: 'HTML',
    text: 'Text',
    source: 'Source',
    attachments: `Attachments (${message.attachments.length})`,
  }
  const tabs = views.map(
    (name) => `<a href="?view=${name}"${name === view ? ' aria-current="page"' : ''}>${names[name]}</a>`,
  )
  const facts = [
    ['From', message.from],
    ['To', message.to],
    ...(message.replyTo ? [['Reply to', message.replyTo]] : []),
    ['Envelope', `${message.envelope.from || '(empty)'} to ${message.envelope.to.join(', ')}`],
  ].map(([name = '', value = '']) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`)
  return page(
    message.subject || '(no subject)',
    `<main>
<p><a class="back" href="/">All messages</a></p>
<h1>${subjectOf(message)}</h1>
<dl>${facts.join('')}<div><dt>Received</dt><dd>${when(message.receivedAt)}</dd></div></dl>
<nav aria-label="Views of this message">${tabs.join('')}</nav>
${viewOf(message, view, raw)}
</main>`,
  )
}

function viewOf(message: MailMessage, view: View, raw: string): string {
  switch (view) {
    case 'html':
      return message.html
        ? `<iframe title="The message as HTML" src="/messages/${message.id}/html" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`
        : '<p class="empty">This message has no HTML part.</p>'
    case 'text':
      return message.text
        ? `<pre tabindex="0">${escapeHtml(message.text)}</pre>`
        : '<p class="empty">This message has no text part.</p>'
    case 'source':
      return `<p><a href="/messages/${message.id}/raw">Plain file</a></p><pre tabindex="0">${escapeHtml(raw)}</pre>`
    case 'attachments':
      return attachmentList(message)
  }
}

function attachmentList({ id, attachments }: MailMessage): string {
  if (attachments.length === 0) return '<p class="empty">This message has no attachments.</p>'
  const rows = attachments.map(
    ({ index, filename, contentType, size }) =>
      `<li><a href="/messages/${id}/attachments/${index}"><span class="subject">${escapeHtml(filename)}</span>
<span class="meta"><span>${escapeHtml(contentType)}</span><span>${size.toLocaleString('en')} bytes</span></span></a></li>`,
  )
  return `<ul class="messages">${rows.join('')}</ul>`
}

/** The message's HTML with its embedded images found, and its links opening outside of the frame. */
export function shownHtml(message: MailMessage): string {
  const embedded = new Map(message.attachments.map(({ contentId, index }) => [contentId, index]))
  const withImages = (message.html ?? '').replace(/(["'(])cid:([^"')\s]+)/g, (match, before, contentId) => {
    const index = embedded.get(contentId)
    return index === undefined ? match : `${before}/messages/${message.id}/attachments/${index}`
  })
  return `${withImages}<base target="_blank">`
}

export function notFoundPage(): string {
  return page(
    'Not in this inbox',
    '<main><h1>This message is not here</h1><p>It was deleted, or the address is not complete.</p><p><a href="/">All messages</a></p></main>',
  )
}
