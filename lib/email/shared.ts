import { describeWhen, type When } from '@/lib/calendar/when'
import { headerText, type Inline, link, type Section, safeUrl } from './document'
import type { FailedPayment, Sale } from './sale'

/** `24 November 2026`, by UTC: where the reader is, nobody knows. */
export const day = (instant: string) =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(instant))

/** What a reader's mail client makes a link of, or what turns the line around. */
const NO_NAME = /[/\\@\u202a-\u202e\u2066-\u2069]|[^\s.]{2,}\.\p{L}{2,}/u

/**
 * The name that its buyer gave, for a greeting; empty where it reads as an address. A free seat costs nobody anything, and anybody may
 * take one in another's name: our letter must carry no link of theirs.
 */
export function nameOf({ name }: Pick<Sale, 'name'>): string {
  const line = name ? headerText(name, 100) : ''
  return NO_NAME.test(line) ? '' : line
}

/** Nothing was paid: then nothing is said of paying. */
export const isFree = ({ total }: Pick<Sale, 'total'>): boolean => total.amount === 0

/** The name under which anybody here finds the purchase or, where there is none, the checkout. */
export const reference = (sale: Sale | FailedPayment): Inline[] => [
  `${isFree(sale) ? 'Reference' : 'Payment reference'}: ${headerText('purchaseId' in sale ? sale.purchaseId : sale.sessionId)}`,
]

/** Nothing is said of a date that nobody set. */
export const whenOf = (workshop: Sale['workshop']): When | undefined =>
  workshop.undated ? undefined : describeWhen(workshop)

export function whenSection(workshop: Sale['workshop']): Section[] {
  const when = whenOf(workshop)
  return when ? [{ title: 'When', lines: [when.date, when.local, ...(when.utc ? [when.utc] : [])] }] : []
}

/** How to reach a person, and to whom this was sent. */
export function contact(sale: Sale | FailedPayment, question: string): Inline[][] {
  const { replyTo, url } = sale.workshop
  return [
    replyTo
      ? [`${question} Reply to this e\u2011mail: a person reads it.`]
      : [
          `${question} Name the ${isFree(sale) ? 'reference' : 'payment reference'}, and `,
          link("write to us through the workshop's page", safeUrl(url)),
        ],
    [
      `Sent to ${headerText(sale.email)}, the address that was given when ${isFree(sale) ? 'registering' : 'paying'}.`,
    ],
  ]
}
