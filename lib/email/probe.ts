import 'server-only'
import { inTime } from '@/lib/in-time'
import type { MailerOptions } from './transport'

export type MailProbe = { via: 'smtp' | 'resend'; ok: boolean; why?: string }

/**
 * Whether a message could leave; none is sent. Null where nothing is set up. `why` is a code or a status: never a host, a name or a key.
 * Never rejects.
 */
export async function probeMail(
  { resendApiKey, smtpUrl }: Omit<MailerOptions, 'from'>,
  patienceMs: number,
): Promise<MailProbe | null> {
  if (resendApiKey) return probeResend(resendApiKey, patienceMs)
  if (smtpUrl) return probeSmtp(smtpUrl, patienceMs)
  return null
}

async function probeSmtp(url: string, patienceMs: number): Promise<MailProbe> {
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    url,
    dnsTimeout: patienceMs,
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
  })
  try {
    await inTime(transport.verify(), patienceMs, 'late')
    return { via: 'smtp', ok: true }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer'
    return { via: 'smtp', ok: false, why: code }
  } finally {
    transport.close()
  }
}

async function probeResend(key: string, patienceMs: number): Promise<MailProbe> {
  const base = process.env.RESEND_BASE_URL || 'https://api.resend.com'
  try {
    const answer = await fetch(`${base}/domains`, {
      headers: { authorization: `Bearer ${key}` },
      cache: 'no-store',
      signal: AbortSignal.timeout(patienceMs),
    })
    const text = await answer.text()
    // A key that may only send is what we advise.
    if (answer.ok || text.includes('restricted_api_key')) return { via: 'resend', ok: true }
    return { via: 'resend', ok: false, why: String(answer.status) }
  } catch {
    return { via: 'resend', ok: false, why: 'no answer' }
  }
}
