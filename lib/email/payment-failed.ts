import { formatMoney } from '@/lib/pricing/money'
import { type Email, type EmailDocument, headerText, link, safeUrl } from './document'
import { renderEmail } from './layout'
import type { FailedPayment } from './sale'
import { contact, day, nameOf, reference, whenSection } from './shared'

/** What a buyer is told whose bank did not make a delayed payment: the page that said "still working on it" is long closed. */
export function paymentFailedDocument(failed: FailedPayment): EmailDocument {
  const { workshop, quantity, total } = failed
  const title = headerText(workshop.title)
  const name = nameOf(failed)
  const seats = quantity === 1 ? 'seat' : 'seats'
  return {
    subject: `The payment didn't go through: ${title}`,
    preheader: `Nothing was charged, and the ${seats} ${quantity === 1 ? 'is' : 'are'} not booked.`,
    heading: "The payment didn't go through.",
    lead: [
      name ? `${name}, your ` : 'Your ',
      `bank did not make the payment for your ${seats} in `,
      { text: title, italic: true },
      `. Nothing was charged, and the ${seats} ${quantity === 1 ? 'is' : 'are'} not booked.`,
    ],
    sections: [
      {
        title: 'If you still want to come',
        paragraphs: [
          ['Register once more, with a card or from another account.'],
          [link("Register on the workshop's page", safeUrl(workshop.url))],
        ],
      },
      ...whenSection(workshop),
      {
        title: 'The payment',
        rows: [
          { label: 'Not paid', value: formatMoney(total), total: true },
          { label: 'Started on', value: day(failed.createdAt) },
        ],
        paragraphs: [reference(failed)],
      },
    ],
    footer: contact(failed, 'Was money taken from your account all the same?'),
  }
}

/** The message about a delayed payment that failed. The same payment gives the same bytes. */
export const paymentFailedEmail = (failed: FailedPayment): Promise<Email> =>
  renderEmail(paymentFailedDocument(failed))
