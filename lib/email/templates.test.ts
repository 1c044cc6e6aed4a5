import { describe, expect, it } from 'vitest'
import { confirmationEmail } from './confirmation'
import { paymentFailedEmail } from './payment-failed'
import { refundEmail } from './refund'
import { aBulkSale, aRefund, aSale } from './sale.fixture'

const flat = (text: string) => text.replace(/\s+/g, ' ')
const workshop = (change: Partial<ReturnType<typeof aSale>['workshop']>) => ({
  ...aSale().workshop,
  ...change,
})

/** What a reader sees of the HTML. */
const words = (html: string) =>
  html
    .replace(/<head>.*<\/head>/s, '')
    .replace(/<!--.*?-->/gs, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&#x27;', "'")
    .replaceAll('\u2011', '-')
    .replaceAll('&amp;', '&')

describe('confirmationEmail', () => {
  const facts = [
    'Claude Code from First Prompt to Production',
    'Tuesday 15 December 2026',
    '10:00–15:00 Pacific Standard Time (Los Angeles, UTC−8)',
    '18:00–23:00 UTC',
    'We meet on Zoom.',
    'calendar file',
    '$499',
    'EARLY_BIRD',
    '−$75',
    '$424',
    '24 November 2026',
    'purch_7Qm2ZtXw',
    'Reply to this e-mail',
    'ada@example.com',
  ]

  it('tells everything in both versions', async () => {
    const { subject, html, text } = await confirmationEmail(aSale())
    expect(subject).toBe("You're in: Claude Code from First Prompt to Production")
    for (const fact of facts) {
      expect(flat(text)).toContain(fact)
      expect(flat(words(html))).toContain(fact)
    }
    for (const address of [aSale().registrationUrl ?? '', aSale().receiptUrl ?? '', aSale().workshop.url]) {
      expect(text).toContain(address)
      expect(html).toContain(`href="${address}"`)
    }
  })

  it('needs no image, no script and nothing from elsewhere, and follows the reader into the dark', async () => {
    const { html } = await confirmationEmail(aSale())
    expect(html).not.toMatch(/<img|<script|<link|@import|url\(|@font-face/i)
    expect(html).toContain('prefers-color-scheme: dark')
    expect(html).toContain('<meta name="color-scheme" content="light dark"/>')
    expect(html.match(/<title>/g)).toHaveLength(1)
    expect(html).toMatch(/<html[^>]* lang="en"/)
  })

  it('keeps "e-mail" on one line where lines break at hyphens, and plain where they do not', async () => {
    const { html, text } = await confirmationEmail(aSale())
    expect(html).toContain('Reply to this e\u2011mail')
    expect(text).toContain('Reply to this e-mail')
    expect(text).not.toContain('\u2011')
  })

  it('is the same bytes at every try, its calendar file included', async () => {
    expect(await confirmationEmail(aSale())).toEqual(await confirmationEmail(aSale()))
  })

  it('escapes whatever a buyer or an editor typed', async () => {
    const evil = '<script>alert(1)</script>"\'><img src=x onerror=alert(2)>'
    const { subject, html } = await confirmationEmail(
      aSale({
        name: evil,
        email: `"${evil}"@example.com`,
        couponCode: evil,
        purchaseId: `purch_${evil}`,
        receiptUrl: 'javascript:alert(3)',
        registrationUrl: 'javascript:alert(4)',
        workshop: workshop({ title: evil, howToJoin: evil, url: 'data:text/html,x' }),
      }),
    )
    expect(html).not.toMatch(/<script|<img|javascript:|data:/i)
    expect(html).toContain('&lt;script&gt;')
    expect(subject).not.toMatch(/\p{Cc}/u)
  })

  it.each([
    'Claim your prize at https://evil.example',
    'evil.example/win',
    'www.evil.com',
    'write to prize@evil.example',
    'Ada \u202eecalevol',
  ])('greets nobody by a name that is an address: %s', async (name) => {
    const free = { name, total: { amount: 0, currency: 'usd' } }
    for (const { html, text } of [
      await confirmationEmail(aSale(free)),
      await refundEmail({ ...aRefund(), sale: aSale({ name }) }),
      await paymentFailedEmail({ ...aSale(), name }),
    ])
      for (const version of [html, text]) expect(version).not.toMatch(/evil|ecalevol/)
  })

  it.each(['J.R.R. Tolkien', 'Dr. Ada Lovelace', "Sinéad O'Connor", '李小龍', 'Anna-Maria B.'])(
    'greets %s',
    async (name) => {
      expect((await confirmationEmail(aSale({ name }))).text).toContain(`${name}, your seat in`)
    },
  )

  it('keeps line breaks out of the subject', async () => {
    const { subject } = await confirmationEmail(
      aSale({ workshop: workshop({ title: 'A\r\nBcc: everyone@example.com\u2028B' }) }),
    )
    expect(subject).toBe("You're in: A Bcc: everyone@example.com B")
  })

  it('tells a free seat as booked, not as paid', async () => {
    const { text } = await confirmationEmail(
      aSale({
        total: { amount: 0, currency: 'usd' },
        discount: { amount: 49900, currency: 'usd' },
        couponCode: 'SCHOLARSHIP',
      }),
    )
    expect(flat(text)).toContain('is booked. ')
    expect(flat(text)).toContain('Paid: Nothing, it was free')
    expect(flat(text)).toContain('the address that was given when registering')
    expect(flat(text)).not.toMatch(/\$0|and paid|when paying|Payment reference/)
  })

  it.each([
    ['jpy', 32000, '¥32,000'],
    ['eur', 39050, '€390.50'],
    ['kwd', 12340, 'KWD\u00a012.340'],
  ])('writes %s as it is written', async (currency, amount, written) => {
    const { discount: _, ...sale } = aSale({ total: { amount, currency } })
    expect((await confirmationEmail(sale)).text).toContain(written)
  })

  it('says how to hand out the seats of a bulk purchase', async () => {
    const { subject, html, text } = await confirmationEmail(aBulkSale())
    const link = 'https://builder.example.com/products/claude-code?coupon=coupon_9f8e7d6c'
    expect(subject).toBe('Your 5 seats: Claude Code from First Prompt to Production')
    expect(html).toContain(`href="${link}"`)
    expect(text).toContain(link)
    expect(flat(text)).toContain('Pass this link on')
    expect((await confirmationEmail(aSale({ bulkCouponId: 'coupon_x' }))).text).not.toContain('coupon_x')
    const { bulkCouponUrl: _, ...nowhere } = aBulkSale()
    const asked = flat((await confirmationEmail(nowhere)).text)
    expect(asked).toContain('Reply to this e-mail with the names and e-mail addresses')
    expect(asked).not.toContain('coupon_9f8e7d6c')
  })

  it('goes out without a calendar file where the dates make no event', async () => {
    const { text, attachments } = await confirmationEmail(
      aSale({ workshop: workshop({ endsAt: '2026-12-15T18:00:00Z', timeZone: 'Nowhere' }) }),
    )
    expect(attachments).toEqual([])
    expect(text).not.toContain('calendar file')
  })

  it('gives another way to reach us where no address for replies is known', async () => {
    const { replyTo: _, ...silent } = aSale().workshop
    const { text } = await confirmationEmail(aSale({ workshop: silent }))
    expect(flat(text)).not.toContain('Reply to this e-mail')
    expect(flat(text)).toContain(
      "write to us through the workshop's page: https://shop.example.com/workshop/claude-code",
    )
  })
})

describe('refundEmail', () => {
  it('tells a full refund: how much, what of the seat, when the money comes', async () => {
    const { subject, html, text } = await refundEmail(aRefund())
    expect(subject).toBe('Refunded: Claude Code from First Prompt to Production')
    for (const version of [flat(text), flat(words(html))]) {
      expect(version).toContain('$424 is on its way back')
      expect(version).toContain('Your seat is free for somebody else again.')
      // The same as the confirmation page says.
      expect(version).toContain('five to ten days to show')
      expect(version).toContain('purch_7Qm2ZtXw')
    }
  })

  it('tells a partial one: the seat stays', async () => {
    const amount = { amount: 10000, currency: 'usd' }
    const { subject, text } = await refundEmail(
      aRefund({ full: false, amount, refunded: { ...amount, amount: 15000 } }),
    )
    expect(subject).toBe('Partly refunded: Claude Code from First Prompt to Production')
    expect(flat(text)).toContain('Your seat stays yours.')
    expect(flat(text)).toContain('Refunded before: $50 Refunded now: $100')
    expect(flat(text)).toContain('Tuesday 15 December 2026')
  })

  it('says why, where the last seat was gone', async () => {
    expect(flat((await refundEmail(aRefund({ reason: 'oversold' }))).text)).toContain(
      'The last seat was taken before your payment reached us',
    )
  })
})

describe('paymentFailedEmail', () => {
  const { sessionId, email, name, total, createdAt, workshop: of } = aSale()
  const failed = { sessionId, email, name, quantity: 1, total, createdAt, workshop: of }

  it('tells that nothing was charged and no seat is booked, and where to try again', async () => {
    const { subject, html, text } = await paymentFailedEmail(failed)
    expect(subject).toBe("The payment didn't go through: Claude Code from First Prompt to Production")
    for (const version of [flat(text), flat(words(html))]) {
      expect(version).toContain('Ada Lovelace, your bank did not make the payment for your seat in')
      expect(version).toContain('Nothing was charged, and the seat is not booked.')
      expect(version).toContain('$424')
      expect(version).toContain('Payment reference: cs_test_a1b2c3')
      expect(version).toContain('Reply to this e-mail')
    }
    expect(html).toContain(`href="${of.url}"`)
  })

  it('counts the seats', async () => {
    expect(flat((await paymentFailedEmail({ ...failed, quantity: 3 })).text)).toContain(
      'the seats are not booked',
    )
  })
})
