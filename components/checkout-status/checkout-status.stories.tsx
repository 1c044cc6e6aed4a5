import type { Meta, StoryObj } from '@storybook/nextjs-vite'
import { delay, HttpResponse, http } from 'msw'
import { useState } from 'react'
import { expect, fn, screen, spyOn, userEvent, waitFor } from 'storybook/test'
import type { CheckoutStatus as Checkout } from '@/lib/contract/types'
import { confirmed, hurryTimeouts, signBefore, workshop } from '../stories.testing'
import { CheckoutStatus } from './checkout-status'
import { statusLabels } from './labels'
import { StatusView } from './status-view'
import type { StatusState } from './use-checkout-status'

const address = '/api/workshop/checkout/:id'

/** What the wire was asked with, newest last. */
const asked: string[] = []

/** One answer for each time it is asked; the last one stays. */
const says = (...statuses: (Checkout | (() => Response))[]) =>
  http.all(address, ({ request }) => {
    const status = statuses[Math.min(asked.length, statuses.length - 1)]
    asked.push(request.method)
    return typeof status === 'function' ? status() : HttpResponse.json(status)
  })

// What each sign draws within its circle.
const success = 'm-3 6.7'
const problem = 'm0 3.2'
const waiting = 'm0 3V8'

const open: Checkout = { status: 'open' }
const heading = (name: string | RegExp) => screen.findByRole('heading', { name }, { timeout: 12_000 })

const meta = {
  title: 'CheckoutStatus',
  component: CheckoutStatus,
  args: { sessionId: 'cs_test_1', workshop, onConfirmed: fn() },
  beforeEach: () => {
    asked.length = 0
  },
  parameters: { width: '44rem', msw: [says(confirmed)] },
} satisfies Meta<typeof CheckoutStatus>

export default meta
type Story = StoryObj<typeof meta>

export const Verifying: Story = {
  parameters: { msw: [http.all(address, () => delay('infinite'))] },
  play: async () => {
    await expect(signBefore(await heading('Confirming your payment…'))).toBe('none')
  },
}

let given: number[]

/** Nobody answers: what ends such a look is a clock of the browser's, and here it goes faster. */
export const NoAnswerInTime: Story = {
  parameters: {
    msw: [
      http.all(address, ({ request }) => {
        asked.push(request.method)
        return asked.length > 1 ? HttpResponse.json(confirmed) : delay('infinite')
      }),
    ],
  },
  beforeEach: () => {
    given = hurryTimeouts()
  },
  play: async () => {
    await heading("You're in.")
    await expect(asked).toHaveLength(2)
    await expect(given).toEqual([8_000, 8_000])
  },
}

export const Confirmed: Story = {
  args: {
    initial: confirmed,
    children: <p>We meet on Zoom. The link comes by e‑mail the day before.</p>,
  },
  play: async ({ args }) => {
    const title = await heading("You're in.")
    await expect(signBefore(title)).toContain(success)
    await expect(screen.getByText('A receipt is on its way to a••@example.com.')).toBeVisible()
    await expect(screen.getByText('$424')).toBeVisible()
    await expect(screen.getByRole('link', { name: 'Calendar file (.ics)' })).toBeVisible()
    for (const name of ['Google Calendar', 'Outlook', 'See the receipt'])
      await expect(await screen.findByRole('link', { name })).toHaveAttribute('rel', 'noopener noreferrer')
    await expect(args.onConfirmed).toHaveBeenCalledTimes(1)
    await expect(asked).toHaveLength(0)
  },
}

/** A host gives a new callback with each of its renderings: the sale is told all the same, and once. */
export const CallbackThatIsNew: Story = {
  args: { initial: confirmed },
  render: (args) => {
    const [seen, setSeen] = useState(0)
    return (
      <>
        <CheckoutStatus {...args} onConfirmed={(checkout) => args.onConfirmed?.(checkout)} />
        <button type="button" onClick={() => setSeen(seen + 1)}>
          Seen {seen} times
        </button>
      </>
    )
  },
  play: async ({ args }) => {
    await userEvent.click(await screen.findByRole('button', { name: 'Seen 0 times' }))
    await screen.findByRole('button', { name: 'Seen 1 times' })
    await expect(args.onConfirmed).toHaveBeenCalledTimes(1)
  },
}

export const CallbackThatThrows: Story = {
  args: {
    initial: confirmed,
    onConfirmed: fn(() => {
      throw new Error('onConfirmed')
    }),
  },
  beforeEach: () => {
    spyOn(globalThis, 'reportError').mockImplementation(() => {})
  },
  play: async () => {
    await heading("You're in.")
    await waitFor(() => expect(reportError).toHaveBeenCalledTimes(1))
  },
}

export const WithoutAnAddress: Story = {
  args: { initial: { ...confirmed, purchase: { ...confirmed.purchase, emailMasked: '' } as never } },
  play: async () => {
    await heading("You're in.")
    await expect(screen.queryByText(/receipt is on its way/)).toBeNull()
  },
}

const referrers: string[] = []

/** The page's address carries the session: no request tells it, though the host forgot to say so for the whole page. */
export const TellsNobodyItsAddress: Story = {
  parameters: {
    msw: [
      http.all(address, ({ request }) => {
        referrers.push(request.referrerPolicy)
        return HttpResponse.json(confirmed)
      }),
    ],
  },
  play: async () => {
    referrers.length = 0
    await heading("You're in.")
    await expect(referrers).toEqual(['no-referrer'])
  },
}

export const VerifyingThenConfirmed: Story = {
  parameters: { msw: [says(open, open, confirmed)] },
  play: async ({ args }) => {
    await heading('Confirming your payment…')
    await heading("You're in.")
    // The third look has Stripe asked.
    await expect(asked).toEqual(['GET', 'GET', 'POST'])
    await expect(args.onConfirmed).toHaveBeenCalledTimes(1)
  },
}

export const SeveralSeats: Story = {
  args: {
    initial: {
      ...confirmed,
      purchase: { ...confirmed.purchase, quantity: 5, total: { amount: 242000, currency: 'usd' } } as never,
    },
    children: (
      <>
        <p>All 5 seats are yours.</p>
        <p>We meet on Zoom.</p>
      </>
    ),
  },
  play: async () => {
    const [first, second] = await Promise.all([/^All 5/, /^We meet/].map((words) => screen.findByText(words)))
    const gap = (second?.getBoundingClientRect().top ?? 0) - (first?.getBoundingClientRect().bottom ?? 0)
    await expect(gap).toBeGreaterThan(8)
  },
}

/** The visitor's zone, whatever the machine's is. */
const visitorIn = (timeZone: string) => () => {
  spyOn(Intl.DateTimeFormat.prototype, 'resolvedOptions').mockReturnValue({ timeZone } as never)
}

/** The server does not know the zone, so it leaves this line empty: its room has to be there before. */
const nothingMovesWithout = async (line: HTMLElement) => {
  const row = line.closest('dd')
  const height = row?.offsetHeight
  line.style.display = 'none'
  await expect(row?.offsetHeight).toBe(height)
  line.style.display = ''
}

export const InOwnTime: Story = {
  args: { initial: confirmed },
  beforeEach: visitorIn('Europe/Berlin'),
  play: async () => {
    const own = await screen.findByText('Tuesday 15 December, 19:00–00:00 your time (UTC+1)')
    await expect(own).toHaveAttribute('datetime', workshop.startsAt)
    await nothingMovesWithout(screen.getByText('Tuesday 15 December, 10:00–15:00 in Los Angeles (UTC−8)'))
  },
}

export const InTheWorkshopsTime: Story = {
  args: { initial: confirmed },
  beforeEach: visitorIn('America/Los_Angeles'),
  play: async () => {
    await screen.findByText('Tuesday 15 December, 10:00–15:00 your time (UTC−8)')
    await nothingMovesWithout(screen.getByText('The same time as in Los Angeles'))
  },
}

/** A word longer than the page breaks, and the page does not scroll sideways. */
export const LongTitle: Story = {
  args: {
    initial: {
      ...confirmed,
      workshop: {
        ...workshop,
        title: 'Softwarearchitekturdokumentationswerkstatt for Platform Engineers',
        calendarUrl: '/',
      },
    },
  },
  parameters: { width: '17.5rem' },
  play: async () => {
    await heading("You're in.")
    const root = document.querySelector<HTMLElement>('[data-slot=status]')
    await expect(root?.scrollWidth).toBe(root?.clientWidth)
  },
}

export const Free: Story = {
  args: {
    initial: {
      ...confirmed,
      purchase: { ...confirmed.purchase, total: { amount: 0, currency: 'usd' } } as never,
    },
  },
}

export const PartlyRefunded: Story = {
  args: {
    initial: {
      ...confirmed,
      purchase: { ...confirmed.purchase, refunded: { amount: 10000, currency: 'usd' } } as never,
    },
  },
  play: async () => {
    await heading("You're in.")
    await expect(screen.getByText('$100')).toBeVisible()
  },
}

export const Refunded: Story = {
  args: {
    initial: {
      ...confirmed,
      status: 'refunded',
      purchase: { ...confirmed.purchase, refunded: { amount: 42400, currency: 'usd' } } as never,
    },
  },
  play: async () => {
    await heading('This registration was refunded')
    await expect(screen.getByText(/^\$424 went back/)).toBeVisible()
  },
}

export const BankStillWorking: Story = {
  parameters: { msw: [says({ status: 'processing' })] },
  play: async () => {
    await expect(signBefore(await heading('Your bank is still working on the payment'))).toContain(waiting)
    // Nothing is known of the sale yet, and no rule is drawn around it.
    await expect(document.querySelector('[data-slot=status-facts]')).not.toBeVisible()
  },
}

/** Paid after the last seat was gone: recorded, and on its way back. */
export const PaidTooLate: Story = {
  parameters: { msw: [says({ ...confirmed, status: 'processing' })] },
  play: async () => {
    await heading('The workshop was full')
    await expect(screen.getByText(/^Your payment came after the last seat was taken\./)).toBeVisible()
    await expect(screen.queryByText(/Your seat is held/)).toBeNull()
  },
}

export const Failed: Story = {
  parameters: { msw: [says({ status: 'failed' })] },
  play: async () => {
    await expect(signBefore(await heading("The payment didn't go through"))).toContain(problem)
    await expect(screen.getByRole('link', { name: 'Try again' })).toHaveAttribute(
      'href',
      '/workshop/claude-code',
    )
  },
}

export const Expired: Story = {
  parameters: { msw: [says({ status: 'expired' })] },
  play: async () => {
    await heading('This checkout has ended')
  },
}

export const NotFound: Story = {
  parameters: {
    msw: [
      says(() => HttpResponse.json({ code: 'session_not_found', error: 'No.' }, { status: 404 }), confirmed),
    ],
  },
  play: async () => {
    await heading("We can't find this registration")
    await expect(asked).toHaveLength(1)
  },
}

export const NotFoundAtFirst: Story = {
  ...NotFound,
  play: async () => {
    await heading("We can't find this registration")
    await userEvent.click(screen.getByRole('button', { name: 'Check again' }))
    await expect(document.querySelector('[data-slot=status]')).toHaveFocus()
    await heading("You're in.")
  },
}

/** The server has asked: there is nothing to look for. */
export const NotFoundByTheServer: Story = {
  args: { initial: null },
  play: async () => {
    await heading("We can't find this registration")
    await expect(asked).toHaveLength(0)
  },
}

export const WithoutASession: Story = {
  args: { sessionId: undefined },
  play: async () => {
    await expect(signBefore(await heading('This page belongs to a registration'))).toBe('none')
    await expect(asked).toHaveLength(0)
  },
}

export const ServerFailing: Story = {
  parameters: {
    msw: [
      says(
        () => HttpResponse.json({}, { status: 500 }),
        () => HttpResponse.error(),
        confirmed,
      ),
    ],
  },
  play: async () => {
    await heading('Confirming your payment…')
    await heading("You're in.")
  },
}

/** What takes too long to wait for in a story is shown by the view in that state. */
const Shown = (status: StatusState['status']): Story => ({
  render: () => (
    <StatusView
      state={{ status }}
      workshop={workshop}
      workshopUrl="/workshop/claude-code"
      headingLevel={1}
      locale={undefined}
      formatPrice={String}
      labels={statusLabels}
      rootProps={{}}
      next={null}
      onAgain={() => {}}
    />
  ),
  play: async () => {
    await waitFor(() =>
      expect(document.querySelector('[data-slot=status]')).toHaveAttribute('data-state', status),
    )
  },
})

export const Slow: Story = Shown('slow')
export const TakingLonger: Story = Shown('late')
export const Offline: Story = Shown('offline')

export const Dark: Story = { args: { initial: confirmed }, parameters: { look: { scheme: 'dark' } } }

export const PageTurnedDark: Story = {
  args: { initial: confirmed },
  parameters: { look: { turnedDark: true } },
}

export const RightToLeft: Story = {
  args: { initial: confirmed, locale: 'ar-EG' },
  parameters: { look: { direction: 'rtl' } },
}

export const Narrow: Story = { args: { initial: confirmed }, parameters: { width: '17.5rem' } }
