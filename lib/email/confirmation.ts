import { calendarFileName, calendarForWorkshop } from '@/lib/calendar/for-workshop'
import { formatMoney } from '@/lib/pricing/money'
import { type Email, type EmailDocument, headerText, link, type Section, safeUrl } from './document'
import { renderEmail } from './layout'
import type { Sale } from './sale'
import { contact, day, isFree, nameOf, reference, whenOf, whenSection } from './shared'

/** Dates that make no event are no reason to leave a buyer without a word. */
const hasCalendar = ({ workshop }: Sale) => Date.parse(workshop.endsAt) > Date.parse(workshop.startsAt)

const seats = (quantity: number) => (quantity === 1 ? 'seat' : `${quantity} seats`)

function payment(sale: Sale): Section {
  const { total, discount, quantity, couponCode } = sale
  const receipt = safeUrl(sale.receiptUrl)
  const registration = safeUrl(sale.registrationUrl)
  const reduced = discount !== undefined && discount.amount > 0
  return {
    title: isFree(sale) ? 'Price' : 'Payment',
    rows: [
      ...(reduced
        ? [
            {
              label: quantity === 1 ? '1 seat' : seats(quantity),
              value: formatMoney({ ...total, amount: total.amount + discount.amount }),
            },
            {
              label: couponCode ? `Discount ${headerText(couponCode, 64)}` : 'Discount',
              value: `−${formatMoney(discount)}`,
            },
          ]
        : []),
      {
        label: reduced || quantity === 1 ? 'Paid' : `Paid for ${seats(quantity)}`,
        value: isFree(sale) ? 'Nothing, it was free' : formatMoney(total),
        total: true,
      },
      { label: 'Date', value: day(sale.createdAt) },
    ],
    paragraphs: [
      ...(registration ? [[link('See your registration', registration)]] : []),
      ...(receipt ? [[link('See the receipt', receipt)]] : []),
      reference(sale),
    ],
  }
}

function joining(sale: Sale): Section {
  const { workshop } = sale
  const page = safeUrl(workshop.url)
  return {
    title: 'How to join',
    paragraphs: [
      [
        workshop.howToJoin ??
          'How to join comes by e\u2011mail, to this address, before the workshop starts.',
      ],
      ...(hasCalendar(sale) ? [['The attached calendar file puts the workshop into your calendar.']] : []),
      ...(page ? [[link('See what the workshop covers', page)]] : []),
    ],
  }
}

function handingOut(sale: Sale): Section[] {
  if (sale.quantity === 1) return []
  const href = safeUrl(sale.bulkCouponUrl)
  if (!href)
    return [
      {
        title: 'Your seats',
        paragraphs: [
          [
            `All ${sale.quantity}\u00a0seats are yours. ${sale.workshop.replyTo ? 'Reply to this e\u2011mail with' : 'Send us'} the names and e\u2011mail addresses of the people who take part, and each of them is told how to join.`,
          ],
        ],
      },
    ]
  return [
    {
      title: 'Your seats',
      paragraphs: [
        [
          `Pass this link on to the people who take part. It gives away your ${sale.quantity}\u00a0seats, one to each person who uses it; take one yourself if you are coming. Whoever has the link can take a seat, so share it with care.`,
        ],
        [link(href, href)],
      ],
    },
  ]
}

/** What a buyer is told about a recorded sale. */
export function confirmationDocument(sale: Sale): EmailDocument {
  const { workshop, quantity } = sale
  const title = headerText(workshop.title)
  const when = whenOf(workshop)
  const name = nameOf(sale)
  const one = quantity === 1
  return {
    subject: one ? `You're in: ${title}` : `Your ${seats(quantity)}: ${title}`,
    preheader: when ? `${when.date}, ${when.local}.` : `${one ? 'Your seat is' : 'Your seats are'} booked.`,
    heading: one ? "You're in." : `Your ${seats(quantity)} are booked.`,
    lead: [
      name ? `${name}, your ` : 'Your ',
      `${seats(quantity)} in `,
      { text: title, italic: true },
      `${one ? ' is' : ' are'} booked${isFree(sale) ? '' : ' and paid'}.`,
    ],
    sections: [...whenSection(workshop), ...handingOut(sale), joining(sale), payment(sale)],
    footer: contact(sale, 'Something not right, or you can no longer come?'),
  }
}

export type Attachment = { filename: string; content: string; contentType: string }

function attachments(sale: Sale): Attachment[] {
  if (!hasCalendar(sale)) return []
  return [
    {
      filename: calendarFileName(sale.workshop),
      content: calendarForWorkshop(sale.workshop, sale.createdAt),
      contentType: 'text/calendar; charset=utf-8; method=PUBLISH',
    },
  ]
}

/** The confirmation of a sale, with its calendar file. The same sale gives the same bytes. */
export async function confirmationEmail(sale: Sale): Promise<Email & { attachments: Attachment[] }> {
  return { ...(await renderEmail(confirmationDocument(sale))), attachments: attachments(sale) }
}
