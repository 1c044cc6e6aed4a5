import 'server-only'
import { Resend } from 'resend'
import type { Sender } from '@/lib/sender'
import { MailError } from './mail-error'
import { type Deliver, SEND_TIMEOUT } from './message'

/**
 * What is wrong with the message itself. Everything else may pass later: throttling and outages by themselves, a
 * wrong key or an unverified domain (401, 403) once somebody has seen to it, a key in use (409) when it has run out.
 */
const REFUSED = new Set([400, 405, 413, 422])

const format = ({ name, address }: Sender) =>
  name ? `"${name.replace(/["\\]/g, "'")}" <${address}>` : address

const seconds = (value: string | undefined) => {
  const parsed = Number(value)
  return value && Number.isFinite(parsed) && parsed >= 0 ? parsed * 1000 : undefined
}

/** Sends through Resend's API; its SDK honours `RESEND_BASE_URL`. */
export function overResend(apiKey: string): Deliver {
  const resend = new Resend(apiKey)
  return async (from, message) => {
    const signal = AbortSignal.timeout(SEND_TIMEOUT)
    const { data, error, headers } = await resend.emails
      .send(
        {
          from: format(from),
          to: [message.to],
          subject: message.subject,
          html: message.html,
          text: message.text,
          headers: { 'Message-ID': message.messageId },
          ...(message.replyTo ? { replyTo: message.replyTo } : {}),
          attachments: (message.attachments ?? []).map(({ filename, content, contentType }) => ({
            filename,
            contentType,
            content: Buffer.from(content, 'utf8').toString('base64'),
          })),
        },
        { idempotencyKey: message.idempotencyKey, ...{ signal } },
      )
      .catch((cause: unknown) => {
        throw new MailError(`Resend did not answer: ${cause}`, { temporary: true, secrets: [apiKey] })
      })
    if (!error) return { providerId: data.id }
    const status = error.statusCode ?? 0
    throw new MailError(`Resend answered ${status || 'nothing'}: ${error.name}: ${error.message}`, {
      temporary: !REFUSED.has(status),
      retryAfter: seconds(headers?.['retry-after']),
      secrets: [apiKey],
    })
  }
}
