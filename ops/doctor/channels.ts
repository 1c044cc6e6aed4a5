import { type MailProbe, probeMail } from '@/lib/email/probe'
import type { OpsDeps } from '../deps'
import { type Check, fine, warning, wrong } from './check'

const PATIENCE_MS = 8000

/** Whether a message could leave. None is sent. */
export async function checkMail({ settings }: OpsDeps): Promise<Check[]> {
  const { RESEND_API_KEY: resendApiKey, SMTP_URL: smtpUrl } = settings
  const probe = await probeMail({ resendApiKey, smtpUrl }, PATIENCE_MS)
  if (!probe)
    return [
      warning('mail', 'is not set up: confirmations wait', 'Set RESEND_API_KEY or SMTP_URL, and EMAIL_FROM.'),
    ]
  return [probe.via === 'smtp' ? judgeSmtp(probe) : judgeResend(probe)]
}

const judgeSmtp = ({ ok, why }: MailProbe): Check =>
  ok
    ? fine('mail', 'the server of SMTP_URL takes us')
    : wrong('mail', `the server of SMTP_URL refuses (${why})`, 'Check its address, port, name and password.')

function judgeResend({ ok, why }: MailProbe): Check {
  if (ok) return fine('mail', 'Resend takes RESEND_API_KEY')
  if (why === 'no answer')
    return wrong('mail', 'Resend does not answer', 'Let this server reach api.resend.com.')
  return wrong('mail', `Resend answers ${why}`, 'Make a new key at resend.com and set RESEND_API_KEY.')
}

/** Whether Inngest can be reached at all; only an event would show whether it takes the key. */
export async function checkInngest({ settings }: OpsDeps): Promise<Check[]> {
  if (!settings.INNGEST_EVENT_KEY) return []
  const base = settings.INNGEST_BASE_URL ?? 'https://inn.gs'
  try {
    const answer = await fetch(base, { signal: AbortSignal.timeout(PATIENCE_MS) })
    await answer.body?.cancel()
    return [fine('inngest', 'can be reached')]
  } catch {
    return [
      wrong('inngest', `${base} does not answer`, 'Check INNGEST_BASE_URL, and what this server may reach.'),
    ]
  }
}
