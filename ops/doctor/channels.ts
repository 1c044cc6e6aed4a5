import { createTransport } from 'nodemailer'
import type { OpsDeps } from '../deps'
import { type Check, fine, warning, wrong } from './check'

const PATIENCE_MS = 8000

/** Whether a message could leave. None is sent. */
export async function checkMail({ settings }: OpsDeps): Promise<Check[]> {
  if (settings.RESEND_API_KEY) return checkResend(settings.RESEND_API_KEY)
  if (settings.SMTP_URL) return checkSmtp(settings.SMTP_URL)
  return [
    warning('mail', 'is not set up: confirmations wait', 'Set RESEND_API_KEY or SMTP_URL, and EMAIL_FROM.'),
  ]
}

async function checkSmtp(url: string): Promise<Check[]> {
  const transport = createTransport({
    url,
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
  })
  try {
    await transport.verify()
    return [fine('mail', 'the server of SMTP_URL takes us')]
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer'
    return [
      wrong(
        'mail',
        `the server of SMTP_URL refuses (${code})`,
        'Check its address, port, name and password.',
      ),
    ]
  } finally {
    transport.close()
  }
}

async function checkResend(key: string): Promise<Check[]> {
  const base = process.env.RESEND_BASE_URL || 'https://api.resend.com'
  try {
    const answer = await fetch(`${base}/domains`, {
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    const text = await answer.text()
    // A key that may only send is what we advise.
    if (answer.ok || text.includes('restricted_api_key')) return [fine('mail', 'Resend takes RESEND_API_KEY')]
    return [
      wrong(
        'mail',
        `Resend answers ${answer.status}`,
        'Make a new key at resend.com and set RESEND_API_KEY.',
      ),
    ]
  } catch {
    return [wrong('mail', 'Resend does not answer', 'Let this server reach api.resend.com.')]
  }
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
