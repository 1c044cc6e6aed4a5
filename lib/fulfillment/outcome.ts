import type { CheckoutFlag } from '@/db/schema'

/** What became of an event or a session. A temporary failure is none of these: it is thrown, and tried again. */
export type Outcome =
  | { kind: 'recorded'; purchaseId: string; created: false }
  | {
      kind: 'recorded'
      purchaseId: string
      created: true
      variant: string | null
      flags: CheckoutFlag[]
      /** The event that was done with in the sale's own transaction. */
      eventId: string | undefined
    }
  | { kind: 'noted'; status: string }
  | { kind: 'ignored'; reason: string }
  | { kind: 'parked'; reason: string }
