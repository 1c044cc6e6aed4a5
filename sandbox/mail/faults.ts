/** What the SMTP server has been told to do wrong. All of it at once is allowed. */
export interface MailFaults {
  /** Refuse every message for good (554) until told otherwise. */
  refuse: boolean
  /** Fail this many of the next messages for now (451); a sender is expected to try again. */
  failNext: number
  /** Milliseconds before a message is answered. */
  delayMs: number
}

export const noFaults = (): MailFaults => ({ refuse: false, failNext: 0, delayMs: 0 })

/** Takes over the known fields of a JSON body and leaves the others as they are. */
export function setFaults(faults: MailFaults, change: unknown): void {
  if (typeof change !== 'object' || change === null) return
  if ('refuse' in change && typeof change.refuse === 'boolean') faults.refuse = change.refuse
  if ('failNext' in change && typeof change.failNext === 'number') faults.failNext = change.failNext
  if ('delayMs' in change && typeof change.delayMs === 'number') faults.delayMs = change.delayMs
}
