import 'server-only'
import { createHash } from 'node:crypto'
import { isAddress, readSender, type Sender } from '@/lib/sender'
import { headerText } from './document'
import { MailError } from './mail-error'
import type { Deliver, MailMessage } from './message'

export type Mailer = {
  /** Hands a message over. @throws {MailError} */
  send(message: MailMessage): Promise<{ providerId?: string }>
  /** The name of an effect's one message, the same at every try. */
  messageId(effectId: string): string
}

export type MailerOptions = {
  /** Goes before `smtpUrl`. */
  resendApiKey?: string | undefined
  /** `smtp://user:password@host:587` or `smtps://…`, with nodemailer's options in the query. */
  smtpUrl?: string | undefined
  /** `Workshops <workshops@example.com>` */
  from: string
}

/** @throws where it holds no address */
export function parseSender(from: string): Sender {
  const sender = readSender(from)
  if (!sender) throw new Error('EMAIL_FROM must be an address, or a name and <an address>')
  return { ...sender, name: headerText(sender.name) }
}

/** `<confirmation.3f…@example.com>`: made of the effect's id alone, at the domain that we send from. */
export function messageIdFor(effectId: string, from: Sender): string {
  const digest = createHash('sha256').update(effectId).digest('hex').slice(0, 40)
  return `<${digest}@${from.address.split('@')[1]}>`
}

/** Whatever came in, no header of ours can be ended early, and nobody is written to who was not meant. */
function checked(message: MailMessage): MailMessage {
  if (!isAddress(message.to) || message.to.length > 254)
    throw new MailError('the recipient is not an e-mail address', { temporary: false })
  const { replyTo, ...rest } = message
  return {
    ...rest,
    subject: headerText(message.subject),
    ...(replyTo && isAddress(replyTo) ? { replyTo } : {}),
    messageId: message.messageId.replace(/[^\w<>@.-]/g, ''),
    idempotencyKey: headerText(message.idempotencyKey, 256),
    attachments: (message.attachments ?? []).map((attachment) => ({
      ...attachment,
      filename: headerText(attachment.filename).replace(/["\\/]/g, '-'),
      contentType: headerText(attachment.contentType),
    })),
  }
}

/** A mailer over Resend or SMTP; neither is loaded before the first message. Undefined where neither is set up. */
export function createMailer(options: MailerOptions): Mailer | undefined {
  const { resendApiKey, smtpUrl } = options
  if (!resendApiKey && !smtpUrl) return undefined
  const from = parseSender(options.from)
  let loading: Promise<Deliver> | undefined
  const load = () =>
    resendApiKey
      ? import('./resend').then(({ overResend }) => overResend(resendApiKey))
      : import('./smtp').then(({ overSmtp }) => overSmtp(smtpUrl ?? ''))
  return {
    messageId: (effectId) => messageIdFor(effectId, from),
    async send(message) {
      const safe = checked(message)
      loading ??= load()
      const deliver = await loading.catch((error: unknown) => {
        loading = undefined
        throw new MailError(`the mail transport could not be loaded: ${error}`, { temporary: true })
      })
      return deliver(from, safe)
    },
  }
}
