import 'server-only'
import { createTransport } from 'nodemailer'
import { inTime, TooLate } from '@/lib/in-time'
import { MailError } from './mail-error'
import { type Deliver, SEND_TIMEOUT } from './message'

const PATIENCE = {
  dnsTimeout: 5000,
  connectionTimeout: 8000,
  greetingTimeout: 8000,
  socketTimeout: 10_000,
}

/** Sends over SMTP, one connection a message. */
export function overSmtp(url: string): Deliver {
  const { password } = new URL(url)
  const secrets = [password, decodeURIComponent(password)]
  return async (from, message) => {
    const transport = createTransport(
      { url, ...PATIENCE, disableFileAccess: true, disableUrlAccess: true },
      { from },
    )
    const sending = transport.sendMail({
      // An address as an object is taken as it stands: a list in one string would be several recipients.
      to: { name: '', address: message.to },
      subject: message.subject,
      html: message.html,
      text: message.text,
      messageId: message.messageId,
      ...(message.replyTo ? { replyTo: { name: '', address: message.replyTo } } : {}),
      attachments: message.attachments ?? [],
    })
    try {
      await inTime(sending, SEND_TIMEOUT, 'the mail server took too long')
      return { providerId: message.messageId }
    } catch (error) {
      if (error instanceof TooLate) throw new MailError(error.message, { temporary: true })
      throw classify(error, secrets)
    } finally {
      transport.close()
    }
  }
}

type SmtpFailure = Error & { code?: string; command?: string; responseCode?: number; response?: string }

/**
 * Refused for good is a 5xx to this recipient or to this message. A 5xx at greeting, TLS, sign-in or to our sender
 * address is about us: somebody will put it right, and the message waits for that.
 */
function classify(error: unknown, secrets: string[]): MailError {
  const failure: SmtpFailure = error instanceof Error ? error : new Error(String(error))
  const status = failure.responseCode ?? 0
  const aboutMessage =
    failure.command === 'RCPT TO' || failure.command === 'DATA' || failure.code === 'EMESSAGE'
  const said = failure.response ?? failure.message
  return new MailError(`SMTP ${failure.command ?? failure.code ?? 'error'}: ${said}`, {
    temporary: !(status >= 500 && aboutMessage),
    secrets,
  })
}
