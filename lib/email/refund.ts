import { formatMoney } from '@/lib/pricing/money'
import { type Email, type EmailDocument, headerText, type Inline } from './document'
import { renderEmail } from './layout'
import type { Refund } from './sale'
import { contact, day, nameOf, reference, whenSection } from './shared'

function seat({ sale, full, reason }: Refund): Inline[] {
  const many = sale.quantity > 1
  if (!full) return [many ? 'Your seats stay yours.' : 'Your seat stays yours.']
  if (reason === 'oversold')
    return [
      'The last seat was taken before your payment reached us, so there is none to give you. We are sorry. Please take the workshop out of your calendar if you have put it there.',
    ]
  return [
    many ? 'Your seats are free for others again.' : 'Your seat is free for somebody else again.',
    ' If the workshop is in your calendar, you can take it out.',
  ]
}

function subject({ full, reason }: Refund): string {
  if (reason === 'oversold') return 'The workshop was full, and you get your money back'
  return full ? 'Refunded' : 'Partly refunded'
}

/** What a buyer is told about a refund. */
export function refundDocument(refund: Refund): EmailDocument {
  const { sale, amount, refunded, full } = refund
  const title = headerText(sale.workshop.title)
  const name = nameOf(sale)
  const money = formatMoney(amount)
  const earlier = refunded.amount > amount.amount
  return {
    subject: `${subject(refund)}: ${title}`,
    preheader: `${money} is on its way back to you.`,
    heading: refund.reason === 'oversold' ? 'The workshop was full.' : `${money} is on its way back.`,
    lead: [
      name ? `${name}, we ` : 'We ',
      full && !earlier
        ? 'refunded what you paid for '
        : `refunded ${full ? 'the rest' : 'part'} of what you paid for `,
      { text: title, italic: true },
      '.',
    ],
    sections: [
      {
        title: full ? 'Your seat' : sale.quantity > 1 ? 'Your seats' : 'Your seat',
        paragraphs: [seat(refund)],
      },
      ...(full ? [] : whenSection(sale.workshop)),
      {
        title: 'The money',
        rows: [
          { label: 'Paid', value: formatMoney(sale.total) },
          ...(earlier
            ? [
                {
                  label: 'Refunded before',
                  value: formatMoney({ ...refunded, amount: refunded.amount - amount.amount }),
                },
              ]
            : []),
          { label: 'Refunded now', value: money, total: true as const },
          { label: 'Date', value: day(refund.refundedAt) },
        ],
        paragraphs: [
          ['It goes back to the card or account that you paid with. It can take five to ten days to show.'],
          reference(sale),
        ],
      },
    ],
    footer: contact(sale, 'Not what you expected, or no money after ten days?'),
  }
}

/** The message about a refund. The same refund gives the same bytes. */
export const refundEmail = (refund: Refund): Promise<Email> => renderEmail(refundDocument(refund))
