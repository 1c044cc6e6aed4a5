import 'server-only'
import type { Sender } from '@/lib/sender'

export type MailAttachment = { filename: string; content: string; contentType: string }

export type MailMessage = {
  /** One address. */
  to: string
  subject: string
  html: string
  text: string
  replyTo?: string
  attachments?: MailAttachment[]
  /** With its angle brackets; see `messageId`. */
  messageId: string
  /** At most 256 characters; Resend keeps it for 24 hours. */
  idempotencyKey: string
}

export type Deliver = (from: Sender, message: MailMessage) => Promise<{ providerId?: string }>

/** How long one message may take in all, in milliseconds. */
export const SEND_TIMEOUT = 20_000
