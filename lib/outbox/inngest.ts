import 'server-only'
import { redact } from '@/lib/email/mail-error'

export type CourseBuilderEvent = {
  /** The effect's id: Inngest takes an id once within 24 hours. */
  id: string
  name: 'commerce/new-purchase-created' | 'commerce/update-purchase-status'
  data: Record<string, string>
}

export type EventSender = { send(event: CourseBuilderEvent): Promise<void> }

const REQUEST_TIMEOUT = 4000

/** Sends through Inngest's SDK, which is loaded with the first event. Undefined without a key. */
export function createEventSender(options: {
  eventKey?: string | undefined
  baseUrl?: string | undefined
}): EventSender | undefined {
  const { eventKey, baseUrl } = options
  if (!eventKey) return undefined
  const open = async () => {
    const { Inngest } = await import('inngest')
    return new Inngest({
      id: 'workshop-checkout',
      eventKey,
      // Else INNGEST_DEV, or the mere absence of NODE_ENV=production, would send events to a local server.
      isDev: false,
      ...(baseUrl ? { baseUrl } : {}),
      fetch: (input: RequestInfo | URL, init?: RequestInit) =>
        fetch(input, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT) }),
    })
  }
  let client: ReturnType<typeof open> | undefined
  return {
    async send(event) {
      try {
        client ??= open()
        await (await client).send(event)
      } catch (error) {
        // The key is a part of the address that a failed request may name.
        throw new Error(redact(`Inngest: ${error}`, [eventKey]))
      }
    },
  }
}
