import 'server-only'
import { fromJson } from '@/db/json'
import type { Mailer } from '@/lib/email/transport'
import { type Effect, effectSchema } from './effects'
import type { EventSender } from './inngest'
import type { RefundSender } from './refund'

export type Channels = {
  mailer?: Mailer | undefined
  inngest?: EventSender | undefined
  refunds?: RefundSender | undefined
}

/** What a row needs is not set up here: it waits, however long that takes. */
export class NotConfigured extends Error {
  override readonly name = 'NotConfigured'
}

/** Reads a row as the effect that it names. */
export function readEffect(row: { id: string; kind: string; payload: unknown }): Effect {
  const { id, kind } = row
  return { id, ...effectSchema.parse({ kind, payload: fromJson(row.payload) }) }
}

type Letter = Extract<Effect, { kind: `email.${string}` }>

const isLetter = (effect: Effect): effect is Letter => effect.kind.startsWith('email.')

async function letter(effect: Letter) {
  // The templates and React are loaded when there is something to write.
  if (effect.kind === 'email.confirmation') {
    const { confirmationEmail } = await import('@/lib/email/confirmation')
    return { sale: effect.payload, ...(await confirmationEmail(effect.payload)) }
  }
  if (effect.kind === 'email.payment-failed') {
    const { paymentFailedEmail } = await import('@/lib/email/payment-failed')
    return { sale: effect.payload, ...(await paymentFailedEmail(effect.payload)) }
  }
  const { refundEmail } = await import('@/lib/email/refund')
  return { sale: effect.payload.sale, ...(await refundEmail(effect.payload)) }
}

/**
 * Carries one effect out. Doing it twice is, at the provider, doing it once.
 * @param attempt counts the tries of this effect, from 1
 */
export async function perform(effect: Effect, channels: Channels, attempt = 1): Promise<void> {
  const { mailer, inngest, refunds } = channels
  if (isLetter(effect)) {
    if (!mailer) throw new NotConfigured('e-mail is not set up: RESEND_API_KEY or SMTP_URL, and EMAIL_FROM')
    const { sale, ...message } = await letter(effect)
    const { replyTo } = sale.workshop
    await mailer.send({
      ...message,
      to: sale.email,
      ...(replyTo ? { replyTo } : {}),
      messageId: mailer.messageId(effect.id),
      idempotencyKey: effect.id,
    })
    return
  }
  if (effect.kind === 'stripe.refund') {
    if (!refunds) throw new NotConfigured('refunds are not set up: STRIPE_SECRET_KEY')
    await refunds.refund(effect.payload, `${effect.id}:${attempt}`)
    return
  }
  if (!inngest) throw new NotConfigured('events are not set up: INNGEST_EVENT_KEY')
  await inngest.send(
    effect.kind === 'inngest.purchase-created'
      ? { id: effect.id, name: 'commerce/new-purchase-created', data: effect.payload }
      : { id: effect.id, name: 'commerce/update-purchase-status', data: effect.payload },
  )
}
