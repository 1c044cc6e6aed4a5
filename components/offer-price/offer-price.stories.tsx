import type { Meta, StoryObj } from '@storybook/nextjs-vite'
import { delay, HttpResponse, http } from 'msw'
import { expect, screen, userEvent, waitFor } from 'storybook/test'
import type { CheckoutRequest, Offer } from '@/lib/contract/types'
import { RegisterButton } from '../register-button/register-button'
import {
  earlyBird,
  earlyBirdMember,
  free,
  hurryTimeouts,
  member,
  signBefore,
  standard,
  withCode,
  workshop,
} from '../stories.testing'
import { OfferPrice } from './offer-price'

const endpoint = '/api/workshop/:slug/offer'
const problem = {
  code: 'invalid_coupon' as const,
  error: "The code SPRING doesn't work for this workshop. You can register without it or try another one.",
}

/** The offer's address, as the server answers it for two codes, and for any other. */
const offers = (plain: Offer) =>
  http.get(endpoint, ({ request }) => {
    const code = new URL(request.url).searchParams.get('couponCode')
    if (!code) return HttpResponse.json(plain)
    if (code === 'FRIENDS') return HttpResponse.json(withCode)
    if (code === 'PPP_IN') return HttpResponse.json(inIndia)
    return HttpResponse.json({ ...plain, problem })
  })

const inIndia: Offer = {
  ...standard,
  discount: { amount: 29940, currency: 'usd' },
  total: { amount: 19960, currency: 'usd' },
  tier: 'ppp',
  couponCode: 'PPP_IN',
  reason: 'Price for buyers in India',
}

const meta = {
  title: 'OfferPrice',
  component: OfferPrice,
  args: { workshop, offer: earlyBird },
  parameters: { msw: [offers(earlyBird)] },
} satisfies Meta<typeof OfferPrice>

export default meta
type Story = StoryObj<typeof meta>

const total = (expected: string) =>
  waitFor(() => expect(document.querySelector('[data-slot=offer-total]')).toHaveTextContent(expected), {
    timeout: 4000,
  })

export const EarlyBird: Story = {
  play: async () => {
    await total('$424')
    await expect(document.querySelector('[data-slot=offer-base]')).toHaveTextContent('$499')
    await expect(screen.getByText(`${earlyBird.reason}. You save $75.`)).toBeVisible()
    await expect(screen.getByText(/^In your time until /)).toBeVisible()
    await expect(document.querySelector('[data-slot=offer]')).toHaveAttribute('aria-busy', 'false')
  },
}

export const Standard: Story = { args: { offer: standard } }

export const ForMembers: Story = { args: { offer: member } }

export const ForMembersEarly: Story = { args: { offer: earlyBirdMember } }

export const FewSeatsLeft: Story = {
  args: { offer: { ...standard, seatsLeft: 3 } },
  play: async () => {
    const words = await screen.findByText('3 seats left')
    await expect(words).toBeVisible()
    await expect(signBefore(words)).toContain('m0 3.2')
    // A number is never parted from its word.
    await expect(words.textContent).toBe('3\u00a0seats left')
  },
}

export const LastSeat: Story = { args: { offer: { ...standard, seatsLeft: 1 } } }

export const SeatsAlwaysShown: Story = { args: { offer: standard, showSeats: 'always' } }

export const SeveralSeats: Story = {
  args: {
    quantity: 3,
    offer: {
      ...earlyBird,
      base: { amount: 149700, currency: 'usd' },
      // An amount is taken off once, and not for each seat.
      discount: { amount: 7500, currency: 'usd' },
      total: { amount: 142200, currency: 'usd' },
    },
  },
}

export const Free: Story = { args: { offer: free, couponCode: 'FRIENDS' } }

const euros = (amount: number) => ({ amount, currency: 'eur' })

export const InEuros: Story = {
  args: {
    locale: 'de-DE',
    offer: { ...standard, base: euros(39050), discount: euros(0), total: euros(39050) },
  },
  play: async () => {
    await total('390,50 €')
  },
}

export const Loading: Story = {
  args: { offer: undefined },
  parameters: { msw: [http.get(endpoint, () => delay('infinite'))] },
  play: async () => {
    await total('$499')
    await expect(document.querySelector('[data-slot=offer]')).toHaveAttribute('data-state', 'loading')
    await expect(document.querySelector('[data-slot=offer]')).toHaveAttribute('aria-busy', 'true')
  },
}

let given: number[]

/** Nobody answers: what ends such a request is a clock of the browser's, and here it goes faster. */
export const NoAnswerInTime: Story = {
  ...Loading,
  beforeEach: () => {
    given = hurryTimeouts()
  },
  play: async () => {
    await expect(
      await screen.findByText(/^We could not check the price just now/, {}, { timeout: 10_000 }),
    ).toBeVisible()
    // Asked once, and twice more.
    await expect(given).toEqual([8_000, 8_000, 8_000])
  },
}

let looks = 0
const inAMonth = new Date(Date.now() + 30 * 86_400_000).toISOString()

/** Further off than a browser's timers can count: one that is told to would be over at once, again and again. */
export const PriceThatEndsInAMonth: Story = {
  args: { offer: undefined },
  parameters: {
    msw: [
      http.get(endpoint, () => {
        looks++
        return HttpResponse.json({ ...earlyBird, endsAt: inAMonth })
      }),
    ],
  },
  play: async () => {
    looks = 0
    await total('$424')
    await new Promise((resolve) => setTimeout(resolve, 500))
    await expect(looks).toBeLessThanOrEqual(1)
  },
}

export const Unreachable: Story = {
  args: { offer: undefined },
  parameters: {
    msw: [
      http.get(endpoint, () => HttpResponse.json({ code: 'unavailable', error: 'No.' }, { status: 503 })),
    ],
  },
  play: async () => {
    // It is asked twice more before that.
    await expect(
      await screen.findByText(/^We could not check the price just now/, {}, { timeout: 10_000 }),
    ).toBeVisible()
    await total('$499')
  },
}

let failures = 2

/** What is over a moment later is nothing that a visitor need know of. */
export const UnreachableForAMoment: Story = {
  args: { offer: undefined },
  parameters: {
    msw: [
      http.get(endpoint, () =>
        failures-- > 0
          ? HttpResponse.json({ code: 'unavailable', error: 'No.' }, { status: 503 })
          : HttpResponse.json(earlyBird),
      ),
    ],
  },
  play: async () => {
    failures = 2
    await expect(await screen.findByText('$424', {}, { timeout: 10_000 })).toBeVisible()
    await expect(screen.queryByText(/^We could not check/)).toBeNull()
  },
}

export const FetchedInTheBrowser: Story = {
  args: { offer: undefined },
  play: async () => {
    await total('$424')
  },
}

export const CodeField: Story = {
  play: async () => {
    // What screen readers hear, from first to last.
    const status = await screen.findByRole('status')
    await userEvent.click(await screen.findByText('Have a code?'))
    await userEvent.type(screen.getByLabelText('Code'), 'FRIENDS')
    await userEvent.click(screen.getByRole('button', { name: 'Apply' }))
    await total('$399.20')
    await expect(screen.getByText('The code FRIENDS is applied: $399.20.')).toBeVisible()
    // What had the focus is gone: what stands there now has it.
    const removing = screen.getByRole('button', { name: 'Remove FRIENDS' })
    await expect(removing).toHaveFocus()
    await expect(getComputedStyle(status).fontSize).toBe('15px')
    await userEvent.click(removing)
    await total('$424')
    await expect(await screen.findByText('Without a code: $424.')).toBe(status)
    await expect(screen.getByLabelText('Code')).toHaveFocus()
  },
}

export const CodeApplied: Story = {
  args: { offer: withCode, couponCode: 'FRIENDS' },
  play: async () => {
    await screen.findByRole('button', { name: 'Remove FRIENDS' })
    // Nobody has done anything yet.
    await expect(document.body).toHaveFocus()
  },
}

export const CodeThatFails: Story = {
  args: { signInUrl: '/sign-in' },
  play: async () => {
    await userEvent.click(await screen.findByText('Have a code?'))
    await userEvent.type(screen.getByLabelText('Code'), 'SPRING{Enter}')
    await expect(await screen.findByText(/The code SPRING doesn't work for this workshop\./)).toBeVisible()
    await expect(screen.getByLabelText('Code')).toHaveValue('SPRING')
    await expect(screen.getByLabelText('Code')).toHaveAccessibleDescription(problem.error)
    // Signing in would not make it one.
    await expect(screen.queryByRole('link')).toBeNull()
    await total('$424')
  },
}

export const CodeBeingChecked: Story = {
  parameters: { msw: [http.get(endpoint, () => delay('infinite'))] },
  play: async () => {
    await userEvent.click(await screen.findByText('Have a code?'))
    await userEvent.type(screen.getByLabelText('Code'), 'FRIENDS{Enter}')
    await expect(await screen.findByText('Checking the code…')).toBeVisible()
    await expect(screen.getByLabelText('Code')).toHaveAccessibleDescription('Checking the code…')
    await expect(document.querySelector('[data-slot=offer]')).toHaveAttribute('aria-busy', 'true')
  },
}

/** Nobody could ask for the page's own code on the server. */
export const PageCodeBeingChecked: Story = {
  args: { offer: null, couponCode: 'FRIENDS' },
  parameters: { msw: [http.get(endpoint, () => delay('infinite'))] },
  play: async () => {
    await expect(await screen.findByText('Checking the code…')).toBeVisible()
    await expect(screen.queryByText(/is applied/)).toBeNull()
  },
}

export const PageCodeChecked: Story = {
  args: { offer: null, couponCode: 'FRIENDS' },
  play: async () => {
    await total('$399.20')
    await expect(screen.getByText('The code FRIENDS is applied: $399.20.')).toBeVisible()
  },
}

export const PageCodeThatFails: Story = {
  args: { offer: { ...earlyBird, problem }, couponCode: 'SPRING' },
  play: async () => {
    await expect(await screen.findByText(problem.error)).toBeVisible()
    await expect(screen.queryByText(/is applied/)).toBeNull()
    // Nobody has done anything yet.
    await expect(document.body).toHaveFocus()
  },
}

const membersOnly = {
  code: 'coupon_not_eligible' as const,
  error: 'MEMBER is a price for yearly members. Sign in with your membership, or register at $424.',
}

export const CodeForMembers: Story = {
  args: { offer: { ...earlyBird, problem: membersOnly }, couponCode: 'MEMBER', signInUrl: '/sign-in' },
  play: async () => {
    await expect(await screen.findByText(membersOnly.error)).toBeVisible()
    const link = screen.getByRole('link', { name: 'Sign in' })
    await expect(link).toHaveAttribute('href', '/sign-in')
    await expect(link.offsetHeight).toBeGreaterThanOrEqual(44)
  },
}

export const CountryPrice: Story = {
  args: { offer: { ...standard, ppp: { country: 'IN', couponCode: 'PPP_IN', percentOff: 60 } } },
  parameters: {
    msw: [offers({ ...standard, ppp: { country: 'IN', couponCode: 'PPP_IN', percentOff: 60 } })],
  },
  play: async () => {
    await expect(await screen.findByText(/^Buying from India\?/)).toBeVisible()
    await total('$499')
  },
}

export const CountryPriceTaken: Story = {
  args: CountryPrice.args ?? {},
  parameters: CountryPrice.parameters ?? {},
  play: async () => {
    await userEvent.click(await screen.findByRole('button', { name: 'Use the price for India' }))
    await total('$199.60')
    // Nobody has typed its code.
    await expect(screen.getByText('The country price is applied: $199.60.')).toBeVisible()
    await expect(screen.getByRole('button', { name: 'Remove the country price' })).toHaveFocus()
  },
}

export const CountryPriceDeclined: Story = {
  args: CountryPrice.args ?? {},
  parameters: CountryPrice.parameters ?? {},
  play: async () => {
    await userEvent.click(await screen.findByRole('button', { name: 'No, thank you' }))
    await expect(screen.queryByText(/^Buying from India\?/)).toBeNull()
    await expect(document.querySelector('[data-slot=offer]')).toHaveFocus()
    await total('$499')
  },
}

export const SoldOut: Story = { args: { offer: { ...standard, sale: 'sold-out', seatsLeft: 0 } } }

/** A code that was asked for is taken though this buyer would pay less without one. */
export const DearerCode: Story = {
  args: {
    couponCode: 'FRIENDS',
    offer: {
      ...withCode,
      reason: '20% off with the code FRIENDS. Without the code you pay $349.',
      withoutCode: { amount: 34900, currency: 'usd' },
    },
  },
  play: async () => {
    await expect(await screen.findByText(/Without the code you pay \$349\.$/)).toBeVisible()
    await expect(signBefore(screen.getByText('The code FRIENDS is applied: $399.20.'))).toBe('none')
  },
}

/** It opens, or somebody gives back a seat: the price is still there to say so. */
export const NotOpenWithAnEarlyBird: Story = {
  args: { offer: { ...earlyBird, sale: 'not-open', saleChangesAt: '2027-01-15T12:00:00.000Z' } },
  play: async () => {
    await total('$499')
    await expect(await screen.findByText('Not open yet')).toBeVisible()
    await expect(screen.queryByText(/You save|until/i)).toBeNull()
  },
}

export const Closed: Story = {
  args: { offer: { ...standard, sale: 'closed' } },
  play: async () => {
    await total('$499')
    await expect(screen.queryByText('Have a code?')).toBeNull()
  },
}

export const NotOpenYet: Story = {
  args: { offer: { ...standard, sale: 'not-open', saleChangesAt: '2027-01-15T12:00:00.000Z' } },
  play: async () => {
    await total('$499')
    // Nothing can be done with a code yet.
    await expect(screen.queryByText('Have a code?')).toBeNull()
  },
}

export const BesideTheButton: Story = {
  render: (args) => (
    <div style={{ display: 'grid', gap: '1.25rem' }}>
      <OfferPrice {...args} />
      <RegisterButton workshop={workshop} offer={earlyBird} />
    </div>
  ),
  play: async () => {
    await userEvent.click(await screen.findByText('Have a code?'))
    await userEvent.type(screen.getByLabelText('Code'), 'FRIENDS{Enter}')
    await expect(await screen.findByRole('button', { name: 'Register · $399.20' })).toBeVisible()
  },
}

/** What the button has sent, newest last. */
const sent: CheckoutRequest[] = []
const checkout = http.post('/api/workshop/checkout', async ({ request }) => {
  sent.push((await request.json()) as CheckoutRequest)
  return HttpResponse.json({ checkoutUrl: 'https://checkout.stripe.com/c/pay/cs_test_1' })
})
const typeBesideTheButton = async (code: string) => {
  sent.length = 0
  await userEvent.click(await screen.findByText('Have a code?'))
  await userEvent.type(screen.getByLabelText('Code'), `${code}{Enter}`)
}
const besideTheButton: Story['render'] = (args) => (
  <div style={{ display: 'grid', gap: '1.25rem' }}>
    <OfferPrice {...args} />
    <RegisterButton workshop={workshop} offer={args.offer} onRedirect={() => false} />
  </div>
)

/** Whoever does not wait for the answer pays the price of the code all the same. */
export const RegisteringWhileChecking: Story = {
  parameters: { msw: [http.get(endpoint, () => delay('infinite')), checkout] },
  render: besideTheButton,
  play: async () => {
    await typeBesideTheButton('FRIENDS')
    await expect(await screen.findByText('Checking the code…')).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: /^Register/ }))
    await waitFor(() => expect(sent).toMatchObject([{ couponCode: 'FRIENDS' }]))
  },
}

export const CodeThatCouldNotBeChecked: Story = {
  parameters: {
    msw: [
      http.get(endpoint, ({ request }) =>
        request.url.includes('couponCode')
          ? HttpResponse.json({ code: 'unavailable', error: 'Nobody answers.' }, { status: 503 })
          : HttpResponse.json(earlyBird),
      ),
      checkout,
    ],
  },
  render: besideTheButton,
  play: async () => {
    await typeBesideTheButton('FRIENDS')
    await expect(await screen.findByText('Nobody answers.', {}, { timeout: 10_000 })).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: /^Register/ }))
    await waitFor(() => expect(sent).toHaveLength(1))
    await expect(sent[0]?.couponCode).toBeUndefined()
  },
}

/** The last seats went while the page was open: what the button learned, the price does not contradict. */
export const SoldOutBesideTheButton: Story = {
  args: { offer: { ...standard, seatsLeft: 3 } },
  parameters: {
    msw: [
      offers({ ...standard, sale: 'sold-out', seatsLeft: 0 }),
      http.post('/api/workshop/checkout', () =>
        HttpResponse.json({ code: 'sold_out', error: 'All 30 seats are taken.' }, { status: 409 }),
      ),
    ],
  },
  render: (args) => (
    <div style={{ display: 'grid', gap: '1.25rem' }}>
      <OfferPrice {...args} />
      <RegisterButton workshop={workshop} offer={args.offer} />
    </div>
  ),
  play: async () => {
    await expect(await screen.findByText('3 seats left')).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: /^Register/ }))
    await expect(await screen.findByText('All 30 seats are taken.')).toBeVisible()
    await waitFor(() => expect(screen.queryByText('3 seats left')).toBeNull())
    await expect(document.querySelector('[data-slot=offer]')).toHaveAttribute('data-sale', 'sold-out')
  },
}

const thrice = { amount: 149700, currency: 'usd' }
const tooFew =
  'Only 2 seats are left, and you asked for 3. Nothing was charged; choose 2 or fewer, then try again.'
const threeSeats: Offer = { ...standard, base: thrice, total: thrice, seatsLeft: 3 }

/** Too few seats for this buyer, and the sale goes on: how many are left stays to be read. */
export const TooFewSeatsLeft: Story = {
  args: { offer: threeSeats, quantity: 3 },
  parameters: {
    msw: [
      offers({ ...threeSeats, seatsLeft: 2 }),
      http.post('/api/workshop/checkout', () =>
        HttpResponse.json({ code: 'sold_out', error: tooFew }, { status: 409 }),
      ),
    ],
  },
  render: (args) => (
    <div style={{ display: 'grid', gap: '1.25rem' }}>
      <OfferPrice {...args} />
      <RegisterButton workshop={workshop} offer={args.offer} quantity={3} />
    </div>
  ),
  play: async () => {
    await expect(await screen.findByText('3 seats left')).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: /^Register/ }))
    await expect(await screen.findByText('2 seats left')).toBeVisible()
    await expect(screen.getByText(tooFew)).toBeVisible()
  },
}

export const Dark: Story = { parameters: { look: { scheme: 'dark' } } }

export const PageTurnedDark: Story = {
  args: { couponCode: 'FRIENDS', offer: { ...withCode, seatsLeft: 3 } },
  parameters: { look: { turnedDark: true } },
}

export const RightToLeft: Story = { args: { locale: 'ar-EG' }, parameters: { look: { direction: 'rtl' } } }

export const Narrow: Story = {
  args: { couponCode: 'FRIENDS', offer: withCode },
  parameters: { width: '17.5rem' },
}
