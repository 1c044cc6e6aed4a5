import { type AddressObject, type Attachment, simpleParser } from 'mailparser'

export interface MailAttachment {
  index: number
  filename: string
  contentType: string
  /** Bytes. */
  size: number
  contentId?: string
}

/** A message as the inbox shows it, and as `GET /api/messages` answers it. */
export interface MailMessage {
  id: string
  /** ISO 8601. */
  receivedAt: string
  /** The SMTP envelope: who it was really sent to, `Bcc` included. */
  envelope: { from: string; to: string[] }
  from: string
  to: string
  replyTo?: string
  subject: string
  messageId?: string
  text?: string
  html?: string
  headers: Record<string, string>
  attachments: MailAttachment[]
}

/** What arrived over SMTP, and all that is kept on disk; everything shown is read out of it. */
export interface StoredMail {
  id: string
  receivedAt: string
  envelope: { from: string; to: string[] }
  /** Base64. */
  raw: string
}

export async function parseMail(stored: StoredMail): Promise<MailMessage> {
  const mail = await simpleParser(Buffer.from(stored.raw, 'base64'), { skipImageLinks: true })
  const headers: Record<string, string> = {}
  for (const { key, line } of mail.headerLines) headers[key] = line.slice(line.indexOf(':') + 1).trim()
  const replyTo = addresses(mail.replyTo)
  return {
    id: stored.id,
    receivedAt: stored.receivedAt,
    envelope: stored.envelope,
    from: addresses(mail.from),
    to: addresses(mail.to),
    ...(replyTo && { replyTo }),
    subject: mail.subject ?? '',
    ...(mail.messageId && { messageId: mail.messageId }),
    ...(mail.text && { text: mail.text }),
    ...(mail.html && { html: mail.html }),
    headers,
    attachments: mail.attachments.map(describe),
  }
}

/** The bytes of one attachment, read out of the message again: they are not kept twice. */
export async function readAttachment(stored: StoredMail, index: number): Promise<Attachment | undefined> {
  const mail = await simpleParser(Buffer.from(stored.raw, 'base64'), { skipImageLinks: true })
  return mail.attachments[index]
}

function describe(attachment: Attachment, index: number): MailAttachment {
  return {
    index,
    filename: attachment.filename ?? `attachment-${index + 1}`,
    contentType: attachment.contentType,
    size: attachment.size,
    ...(attachment.cid && { contentId: attachment.cid }),
  }
}

function addresses(value: AddressObject | AddressObject[] | undefined): string {
  return [value ?? []]
    .flat()
    .map(({ text }) => text)
    .join(', ')
}
