import type { Meta, StoryObj } from '@storybook/nextjs-vite'
import { delay, HttpResponse, http } from 'msw'
import { useState } from 'react'
import { expect, fn, screen, spyOn, userEvent, waitFor, within } from 'storybook/test'
import type { CheckoutRequest, ErrorBody } from '@/lib/contract/types'
import { select } from '../selection/selection'
import {
  earlyBird,
  free,
  hurryTimeouts,
  member,
  signBefore,
  standard,
  viewer,
  withCode,
  workshop,
} from '../stories.testing'
import { RegisterButton } from './register-button'

const endpoint = '/api/workshop/checkout'
const stripe = 'https://checkout.stripe.com/c/pay/cs_test_1'

/** What the wire was asked, newest last. */
const asked: CheckoutRequest[] = []
/** Products whose buyers left for the payment link. */
const beacons: string[] = []

/** One answer for each time it is asked; the last one stays. */
const answers = (...given: (() => Promise<Response> | Response)[]) =>
  http.post(endpoint, async ({ request }) => {
    if (request.url.endsWith('?start')) {
      beacons.push(await request.text())
      return new HttpResponse(null, { status: 204 })
    }
    const answer = given[Math.min(asked.length, given.length - 1)]
    asked.push((await request.json()) as CheckoutRequest)
    return answer ? answer() : HttpResponse.error()
  })

const hosted = () => HttpResponse.json({ checkoutUrl: stripe, sessionId: 'cs_test_1' })
const refused =
  (status: number, body: Partial<ErrorBody>, headers: Record<string, string> = {}) =>
  () =>
    HttpResponse.json({ requestId: 'req_1', ...body }, { status, headers })
const never = () => delay('infinite').then(hosted)

/** A place on this very page. */
const here = (place: string) => `${location.href.split('#')[0]}#${place}`

const press = async (name: RegExp | string = /^Register/) =>
  userEvent.click(await screen.findByRole('button', { name }))
const root = () => document.querySelector<HTMLElement>('[data-slot=register]')
const state = (expected: string) =>
  waitFor(() => expect(root()).toHaveAttribute('data-state', expected), { timeout: 4000 })

const meta = {
  title: 'RegisterButton',
  component: RegisterButton,
  args: {
    workshop,
    offer: earlyBird,
    // A story never leaves its page: the component tells where it would have gone.
    onRedirect: fn(() => false),
    onFallback: fn(() => false),
    onStart: fn(),
    onError: fn(),
  },
  beforeEach: () => {
    asked.length = 0
    beacons.length = 0
  },
  parameters: { msw: [answers(hosted)] },
} satisfies Meta<typeof RegisterButton>

export default meta
type Story = StoryObj<typeof meta>

export const Idle: Story = {
  play: async () => {
    const button = await screen.findByRole('button', { name: 'Register · $424' })
    await expect(button).toHaveAccessibleDescription(/^You pay on Stripe's page\./)
    await state('idle')
  },
}

export const WithoutAnOffer: Story = { args: { offer: undefined } }

export const WithoutAPrice: Story = {
  args: { offer: undefined, workshop: { ...workshop, price: undefined } as never },
  play: async () => {
    await expect(await screen.findByRole('button', { name: 'Register' })).toBeVisible()
  },
}

export const Free: Story = {
  args: { offer: free },
  play: async () => {
    const button = await screen.findByRole('button', { name: 'Register · free' })
    await expect(button).toHaveAccessibleDescription(/^You need no card on Stripe's page\./)
  },
}

export const FreeInOwnWords: Story = {
  args: { offer: free, labels: { note: 'You can cancel until the day before.' } },
  play: async () => {
    await expect(await screen.findByText('You can cancel until the day before.')).toBeVisible()
  },
}

export const InYen: Story = {
  args: {
    offer: {
      ...standard,
      base: { amount: 32000, currency: 'jpy' },
      discount: { amount: 0, currency: 'jpy' },
      total: { amount: 32000, currency: 'jpy' },
    },
  },
  play: async () => {
    await expect(await screen.findByRole('button', { name: 'Register · ¥32,000' })).toBeVisible()
  },
}

export const SignedIn: Story = {
  args: { viewer, offer: member },
  play: async () => {
    await userEvent.click(await screen.findByText('Change'))
    const field = screen.getByLabelText('E-mail address')
    await userEvent.clear(field)
    await userEvent.type(field, 'grace@example.com')
    await expect(screen.getByText('Registering as')).toHaveTextContent('Registering as grace@example.com')
    // What was typed does not look like a placeholder.
    await expect(getComputedStyle(field).color).toBe(getComputedStyle(document.body).color)
    await press()
    await state('redirecting')
    await expect(asked.at(-1)).toMatchObject({ email: 'grace@example.com' })
  },
}

/** A browser says nothing of a field that it can't show. */
export const AddressThatIsNone: Story = {
  args: { viewer },
  play: async () => {
    await userEvent.click(await screen.findByText('Change'))
    const field = screen.getByLabelText('E-mail address')
    await userEvent.clear(field)
    await userEvent.type(field, 'grace')
    await userEvent.click(screen.getByText('Change'))
    await expect(field).not.toBeVisible()
    await press()
    await expect(field).toBeVisible()
    await expect(field).toHaveFocus()
    await expect(asked).toHaveLength(0)
  },
}

const signIn = () => screen.queryByRole('link', { name: /^Sign in/ })

export const SignInHint: Story = {
  args: { signInUrl: '/sign-in' },
  play: async () => {
    await screen.findByRole('button', { name: /^Register/ })
    await expect(signIn()).toHaveAttribute('href', '/sign-in')
  },
}

export const NoSignInForWhoIs: Story = {
  args: { signInUrl: '/sign-in', viewer },
  play: async () => {
    await screen.findByText('Registering as')
    await expect(signIn()).toBeNull()
  },
}

export const Redirecting: Story = {
  play: async ({ args }) => {
    await press()
    await state('redirecting')
    await expect(args.onRedirect).toHaveBeenCalledWith(stripe)
    await expect(asked).toHaveLength(1)
    // What is left out has its default on the server: a hosted page.
    await expect(asked[0]).toMatchObject({ productId: 'prod_claude_code', quantity: 1 })
    await expect(asked[0]?.uiMode).toBeUndefined()
    await expect(asked[0]?.attemptId).toMatch(/^[0-9a-f-]{36}$/)
    await expect(JSON.stringify(asked[0])).not.toMatch(/amount|price|currency/)
  },
}

export const PressedManyTimes: Story = {
  parameters: { msw: [answers(never)] },
  play: async () => {
    await press()
    await state('submitting')
    await press('Taking you to checkout…')
    await press('Taking you to checkout…')
    await expect(asked).toHaveLength(1)
  },
}

export const Submitting: Story = {
  parameters: { msw: [answers(never)] },
  play: async () => {
    await press()
    await state('submitting')
    await expect(screen.getByRole('button', { name: 'Taking you to checkout…' })).toHaveAttribute(
      'aria-disabled',
      'true',
    )
  },
}

export const Slow: Story = {
  parameters: { msw: [answers(never)] },
  play: async () => {
    await press()
    await expect(
      await screen.findByText(
        'Still connecting to checkout. This can take a few seconds.',
        {},
        { timeout: 6000 },
      ),
    ).toBeVisible()
  },
}

const busy = refused(
  429,
  { code: 'rate_limited', error: 'That was many tries in a short time.' },
  { 'Retry-After': '1' },
)

/** What the eye reads while it counts. */
const countdown = (words: RegExp) =>
  screen.findByText(words, { selector: '[aria-hidden]' }, { timeout: 4000 })
/** What a screen reader is told. */
const told = () =>
  document.querySelector('[data-slot=register-status] > [data-slot=register-unseen]')?.textContent

export const ManyAtOnce: Story = {
  parameters: {
    msw: [
      answers(refused(429, { code: 'rate_limited', error: 'Many tries.' }, { 'Retry-After': '600' }), hosted),
    ],
  },
  play: async () => {
    await press()
    // Nobody is kept for minutes.
    await expect(await countdown(/^Many people .+ We try again in 10 seconds\.$/)).toBeVisible()
    await state('submitting')
  },
}

export const ManyAtOnceThenThrough: Story = {
  parameters: { msw: [answers(busy, hosted)] },
  play: async () => {
    await press()
    await expect(await countdown(/^Many people are registering right now/)).toBeVisible()
    await state('redirecting')
    await expect(asked).toHaveLength(2)
    await expect(asked[0]?.attemptId).toBe(asked[1]?.attemptId)
  },
}

/** On another origin a browser shows no header of ours: the wait is in the answer too. */
export const StillTooMany: Story = {
  parameters: {
    msw: [
      answers(
        refused(429, {
          code: 'rate_limited',
          error: 'That was many tries in a short time.',
          retryAfter: 3,
        }),
      ),
    ],
  },
  play: async ({ args }) => {
    await press()
    await expect(await countdown(/We try again in 3 seconds\.$/)).toBeVisible()
    await expect(told()).toMatch(/We try again in 3 seconds\.$/)
    await expect(await countdown(/We try again in a second\.$/)).toBeVisible()
    // The number counts for the eye; to the ear the wait is told once, and then its end.
    await expect(told()).toMatch(/We try again in 3 seconds\.$/)
    await expect(
      await screen.findByText('That was many tries in a short time.', {}, { timeout: 5000 }),
    ).toBeVisible()
    await expect(args.onFallback).not.toHaveBeenCalled()
  },
}

const down = refused(503, { code: 'unavailable', error: 'Our checkout is not answering right now.' })

export const FallingBack: Story = {
  args: { offer: standard },
  parameters: { msw: [answers(down)] },
  play: async ({ args }) => {
    await press()
    await state('falling-back')
    await expect(screen.getByText(/we are taking you to Stripe's payment page instead\.$/)).toBeVisible()
    await expect(screen.getByRole('button', { name: "Taking you to Stripe's page…" })).toBeVisible()
    await expect(args.onFallback).not.toHaveBeenCalled()
  },
}

export const GoingThereNow: Story = {
  ...FallingBack,
  play: async ({ args }) => {
    await press()
    await userEvent.click(await screen.findByRole('link', { name: 'Go there now' }))
    await expect(args.onFallback).toHaveBeenCalledWith('https://buy.stripe.com/test_workshop')
  },
}

export const FallingBackToAnotherPrice: Story = {
  parameters: { msw: [answers(() => HttpResponse.error())] },
  play: async () => {
    await press()
    await expect(await screen.findByText(/The price there is \$499\.$/)).toBeVisible()
  },
}

export const StayingHere: Story = {
  ...FallingBackToAnotherPrice,
  play: async () => {
    await press()
    await userEvent.click(await screen.findByRole('button', { name: 'Stay here' }))
    await state('idle')
    await expect(screen.getByRole('button', { name: /^Register/ })).toHaveFocus()
  },
}

export const FallingBackWithTheServersLink: Story = {
  args: { viewer },
  parameters: {
    msw: [
      answers(
        refused(502, {
          code: 'stripe_error',
          error: 'Stripe is not answering right now.',
          fallbackUrl: 'https://buy.stripe.com/test_server?prefilled_promo_code=EARLY_BIRD',
        }),
      ),
    ],
  },
  play: async () => {
    await press()
    await expect(await screen.findByRole('link', { name: 'Go there now' })).toHaveAttribute(
      'href',
      'https://buy.stripe.com/test_server?prefilled_promo_code=EARLY_BIRD',
    )
  },
}

export const NothingToFallBackTo: Story = {
  args: { workshop: { ...workshop, paymentLink: undefined } as never },
  parameters: { msw: [answers(down)] },
  play: async () => {
    await press()
    await state('error')
    await expect(root()).toHaveAttribute('data-error-code', 'unavailable')
    const words = screen.getByText('Our checkout is not answering right now.')
    await expect(words).toBeVisible()
    await expect(signBefore(words)).toContain('m0 3.2')
  },
}

let given: number[]

/** Nobody answers: what ends such a request is a clock of the browser's, and here it goes faster. */
export const NoAnswerInTime: Story = {
  args: { offer: standard },
  parameters: { msw: [answers(never)] },
  beforeEach: () => {
    given = hurryTimeouts()
  },
  play: async () => {
    await press()
    await state('falling-back')
    await expect(given).toEqual([8_000])
  },
}

/** Whatever an answer says, only the addresses of pages are gone to. */
export const AnswerThatIsNoAddress: Story = {
  args: { workshop: { ...workshop, paymentLink: undefined } as never },
  parameters: {
    msw: [
      answers(() =>
        HttpResponse.json({
          checkoutUrl: 'javascript:alert(1)',
          fallbackUrl: 'javascript:alert(2)',
        } as never),
      ),
    ],
  },
  play: async ({ args }) => {
    await press()
    await state('error')
    await expect(args.onRedirect).not.toHaveBeenCalled()
    await expect(args.onFallback).not.toHaveBeenCalled()
    await expect(screen.queryByRole('link')).toBeNull()
  },
}

const switchedOff = (fallbackUrl: string) =>
  refused(503, {
    code: 'unavailable',
    reason: 'rollout',
    error: 'Our checkout is not answering.',
    fallbackUrl,
  })

/** A page that was opened before the operator went back to payment links: nothing is wrong, and nobody is alarmed. */
export const RolledBack: Story = {
  parameters: {
    msw: [answers(switchedOff('https://buy.stripe.com/test_link?prefilled_promo_code=EARLY_BIRD'))],
  },
  play: async ({ args }) => {
    await press()
    await state('redirecting')
    await expect(args.onRedirect).toHaveBeenCalledWith(
      'https://buy.stripe.com/test_link?prefilled_promo_code=EARLY_BIRD',
    )
    await expect(screen.queryByText(/not answering/)).toBeNull()
    await expect(args.onError).not.toHaveBeenCalled()
  },
}

export const RolledBackToAnotherPrice: Story = {
  parameters: { msw: [answers(switchedOff('https://buy.stripe.com/test_link'))] },
  play: async () => {
    await press()
    await state('falling-back')
    await expect(screen.getByText(/^You pay on Stripe's page\. .+ The price there is \$499\.$/)).toBeVisible()
    await expect(screen.queryByText(/not answering/)).toBeNull()
  },
}

/** A callback of the host's that throws is reported, and the sale goes on. */
export const CallbacksThatThrow: Story = {
  args: {
    onStart: fn(() => {
      throw new Error('onStart')
    }),
    onRedirect: fn(() => {
      throw new Error('onRedirect')
    }),
  },
  parameters: {
    // Leads to a place on this page, so that the story stays here though the callback could not say so.
    msw: [answers(() => HttpResponse.json({ checkoutUrl: here('paid'), sessionId: 'cs_test_1' }))],
  },
  play: async () => {
    const reported = spyOn(globalThis, 'reportError').mockImplementation(() => {})
    await press()
    await waitFor(() => expect(location.hash).toBe('#paid'))
    await expect(reported.mock.calls.map(([error]) => String(error))).toEqual([
      'Error: onStart',
      'Error: onRedirect',
    ])
    location.hash = ''
  },
}

export const CallbacksThatThrowOnTheWayOut: Story = {
  args: {
    offer: standard,
    workshop: { ...workshop, paymentLink: here('link') },
    onFallback: fn(() => {
      throw new Error('onFallback')
    }),
    onError: fn(() => {
      throw new Error('onError')
    }),
  },
  parameters: {
    msw: [
      answers(refused(400, { code: 'invalid_request', error: 'The e-mail address is not complete.' }), down),
    ],
  },
  play: async () => {
    const reported = spyOn(globalThis, 'reportError').mockImplementation(() => {})
    await press()
    await expect(await screen.findByText('The e-mail address is not complete.')).toBeVisible()
    await press()
    await userEvent.click(await screen.findByRole('link', { name: 'Go there now' }))
    await waitFor(() => expect(location.hash).toBe('#link'))
    await expect(reported.mock.calls.map(([error]) => String(error))).toEqual([
      'Error: onError',
      'Error: onFallback',
    ])
    location.hash = ''
  },
}

export const Offline: Story = {
  beforeEach: () => {
    spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  },
  play: async ({ args }) => {
    await press()
    await state('error')
    await expect(root()).toHaveAttribute('data-error-code', 'offline')
    await expect(screen.getByText(/^You're offline, and nothing was charged\./)).toBeVisible()
    await expect(args.onError).toHaveBeenCalledWith('offline', expect.stringContaining("You're offline"))
    await expect(asked).toHaveLength(0)
  },
}

export const OnlineAgain: Story = {
  beforeEach: Offline.beforeEach ?? [],
  play: async () => {
    await press()
    await state('error')
    dispatchEvent(new Event('online'))
    await state('idle')
  },
}

/** The network went away while the answer was on its way. */
export const Interrupted: Story = {
  parameters: {
    msw: [
      http.post(endpoint, () => {
        spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
        return HttpResponse.error()
      }),
    ],
  },
  play: async () => {
    await press()
    await state('error')
    await expect(root()).toHaveAttribute('data-error-code', 'interrupted')
    await expect(screen.getByText(/^The connection was interrupted, and nothing was charged\./)).toBeVisible()
  },
}

/** Stripe.js, as far as a page in a dialog needs it. */
const stripeJs = http.get('https://js.stripe.com/*', () =>
  HttpResponse.text(
    `window.Stripe = Object.assign(() => ({
      _registerWrapper() {},
      createEmbeddedCheckoutPage: async () => ({
        mount: (place) => { place.textContent = "Stripe's page" },
        destroy() {},
      }),
    }), { version: 'endive' })`,
    { headers: { 'Content-Type': 'text/javascript' } },
  ),
)

export const PayingInPlace: Story = {
  args: { ui: 'embedded', publishableKey: 'pk_test_story' },
  parameters: {
    msw: [
      stripeJs,
      answers(() => HttpResponse.json({ clientSecret: 'cs_test_1_secret_1', sessionId: 'cs_test_1' })),
    ],
  },
  play: async () => {
    await press()
    const dialog = await screen.findByRole('dialog', { name: workshop.title }, { timeout: 8000 })
    await waitFor(() => expect(dialog).toHaveTextContent("Stripe's page"))
    await expect(asked[0]?.uiMode).toBe('embedded')
  },
}

export const CodeDoesNotWork: Story = {
  args: { couponCode: 'SPRING' },
  parameters: {
    msw: [
      answers(
        refused(400, {
          code: 'invalid_coupon',
          error:
            "The code SPRING doesn't work for this workshop. You can register without it or try another one.",
        }),
        hosted,
      ),
    ],
  },
  play: async () => {
    await press()
    const dialog = await screen.findByRole('dialog', { name: "This code doesn't work here" })
    await expect(dialog).toHaveTextContent("The code SPRING doesn't work for this workshop.")
    // Room for a code of sixteen letters.
    await expect(within(dialog).getByLabelText('Another code').clientWidth).toBeGreaterThan(220)
  },
}

export const WithoutTheCode: Story = {
  ...CodeDoesNotWork,
  play: async () => {
    await press()
    await screen.findByRole('dialog', { name: "This code doesn't work here" })
    await userEvent.click(screen.getByRole('button', { name: 'Register without the code' }))
    await state('redirecting')
    await expect(asked.at(-1)?.couponCode).toBeUndefined()
  },
}

export const AnotherCode: Story = {
  args: { couponCode: 'SPRING' },
  parameters: {
    msw: [
      answers(
        refused(400, {
          code: 'invalid_coupon',
          error:
            "The code SPRING doesn't work for this workshop. You can register without it or try another one.",
        }),
        hosted,
      ),
    ],
  },
  play: async () => {
    await press()
    await userEvent.type(await screen.findByLabelText('Another code'), 'FRIENDS')
    await press('Register with this code')
    await state('redirecting')
    await expect(asked.at(-1)).toMatchObject({ couponCode: 'FRIENDS' })
  },
}

export const PriceForMembers: Story = {
  args: { couponCode: 'MEMBER', signInUrl: '/sign-in' },
  parameters: {
    msw: [
      answers(
        refused(400, {
          code: 'coupon_not_eligible',
          error: 'MEMBER is a price for yearly members. Sign in with your membership, or register at $499.',
        }),
      ),
    ],
  },
  play: async () => {
    await press()
    await screen.findByRole('dialog', { name: 'This price is not open to you' })
    await expect(screen.getByRole('link', { name: 'Sign in' })).toHaveAttribute('href', '/sign-in')
  },
}

/** Somebody who is signed in has no membership: signing in again would change nothing. */
export const PriceForOtherMembers: Story = {
  ...PriceForMembers,
  args: { ...PriceForMembers.args, viewer },
  play: async () => {
    await press()
    await screen.findByRole('dialog', { name: 'This price is not open to you' })
    await expect(screen.queryByRole('link', { name: 'Sign in' })).toBeNull()
  },
}

export const AlreadyRegistered: Story = {
  args: { viewer },
  parameters: {
    msw: [
      answers(
        refused(409, {
          code: 'already_purchased',
          error:
            'You already have a seat: ada@example.com, bought on 3 October. See your registration, or buy another seat.',
          confirmationUrl: '/workshop/claude-code/confirmation?session_id=cs_test_0',
        }),
        hosted,
      ),
    ],
  },
  play: async () => {
    await press()
    await screen.findByRole('dialog', { name: 'You are registered already' })
    await userEvent.keyboard('{Escape}')
    await waitFor(() => expect(screen.getByRole('button', { name: /^Register ·/ })).toHaveFocus())
    await expect(screen.getByRole('link', { name: 'See your registration' })).toBeVisible()
  },
}

export const BuyingAnother: Story = {
  args: AlreadyRegistered.args ?? {},
  parameters: AlreadyRegistered.parameters ?? {},
  play: async () => {
    await press()
    await userEvent.click(await screen.findByRole('button', { name: 'Buy another seat' }))
    await state('redirecting')
    await expect(asked.at(-1)).toMatchObject({ allowDuplicate: true })
  },
}

export const AlreadyRegisteredDialog: Story = {
  args: AlreadyRegistered.args ?? {},
  parameters: AlreadyRegistered.parameters ?? {},
  play: async () => {
    await press()
    const dialog = await screen.findByRole('dialog', { name: 'You are registered already' })
    await expect(dialog).toBeVisible()
    // Not on what would buy a second seat.
    await waitFor(() =>
      expect(within(dialog).getByRole('link', { name: 'See your registration' })).toHaveFocus(),
    )
  },
}

/** A seat whose page nobody can name. */
export const AlreadyRegisteredSomewhere: Story = {
  parameters: {
    msw: [answers(refused(409, { code: 'already_purchased', error: 'You already have a seat.' }))],
  },
  play: async () => {
    await press()
    await screen.findByRole('dialog', { name: 'You are registered already' })
    await waitFor(() => expect(screen.getByRole('button', { name: 'Close' })).toHaveFocus())
  },
}

export const SoldOutWhilePressing: Story = {
  parameters: { msw: [answers(refused(409, { code: 'sold_out', error: 'All 30 seats are taken.' }))] },
  play: async ({ args }) => {
    const status = await screen.findByRole('status')
    await press()
    await state('sold-out')
    await expect(screen.queryByRole('button', { name: /^Register/ })).toBeNull()
    await expect(args.onFallback).not.toHaveBeenCalled()
    // What is gone had the focus, and the same live region says why.
    await expect(root()).toHaveFocus()
    await expect(screen.getByRole('status')).toBe(status)
    await waitFor(() => expect(status).toHaveTextContent('All 30 seats are taken.'))
  },
}

/** Somebody left Stripe's page without paying: the page's next look at the offer brings the button back. */
export const SeatsAreBack: Story = {
  parameters: {
    msw: [answers(refused(409, { code: 'sold_out', error: 'All 30 seats are taken.' }), hosted)],
  },
  play: async () => {
    await press()
    await state('sold-out')
    select(workshop.slug, { offer: { ...standard, sale: 'sold-out', seatsLeft: 0 } })
    await expect(await screen.findByText('All 30 seats are taken.')).toBeVisible()
    await state('sold-out')
    select(workshop.slug, { offer: { ...standard, seatsLeft: 1 } })
    await expect(await screen.findByRole('button', { name: 'Register · $499' })).toBeVisible()
    await state('idle')
  },
}

export const RegisteringOnceSeatsAreBack: Story = {
  parameters: SeatsAreBack.parameters ?? {},
  play: async () => {
    await press()
    await state('sold-out')
    select(workshop.slug, { offer: { ...standard, sale: 'sold-out', seatsLeft: 0 } })
    select(workshop.slug, { offer: { ...standard, seatsLeft: 1 } })
    await press('Register · $499')
    await state('redirecting')
  },
}

/** Nobody pressed: the page itself learned that the sale is over, with the focus on the button. */
export const SoldOutUnderTheFocus: Story = {
  args: { viewer },
  play: async () => {
    const button = await screen.findByRole('button', { name: /^Register/ })
    button.focus()
    select(workshop.slug, { offer: { ...standard, sale: 'sold-out', seatsLeft: 0 } })
    await expect(await screen.findByText('All 30 seats are taken.')).toBeVisible()
    await expect(root()).toHaveFocus()
  },
}

/** Where nothing on the page looks at the offer again, whoever comes back to it may try again. */
export const BackAtASoldOutPage: Story = {
  parameters: SoldOutWhilePressing.parameters ?? {},
  play: async () => {
    await press()
    await state('sold-out')
    dispatchEvent(new Event('focus'))
    await state('idle')
  },
}

export const SoldOut: Story = {
  args: {
    offer: { ...standard, sale: 'sold-out', seatsLeft: 0 },
    instead: <a href="/">See the other workshops</a>,
  },
  play: async () => {
    await expect(await screen.findByText('All 30 seats are taken.')).toBeVisible()
    // It opened like this: nothing takes the focus.
    await expect(document.body).toHaveFocus()
    // The host's own words may hold a form.
    await expect(screen.getByRole('link').closest('form')).toBeNull()
  },
}

export const Closed: Story = {
  args: { offer: { ...standard, sale: 'closed', saleChangesAt: '2026-12-09T18:00:00.000Z' } },
  play: async () => {
    await expect(await screen.findByText('Registration closed on 9 December.')).toBeVisible()
  },
}

export const NotOpenYet: Story = {
  args: { offer: { ...standard, sale: 'not-open', saleChangesAt: '2027-01-15T12:00:00.000Z' } },
  play: async () => {
    await expect(
      await screen.findByText(/^Registration opens on Friday 15 January, \d\d:\d\d \(UTC.*\)\.$/),
    ).toBeVisible()
  },
}

export const ByPaymentLink: Story = {
  args: { offer: { ...standard, checkout: 'payment-link', fallbackUrl: 'https://buy.stripe.com/test_link' } },
  play: async ({ args }) => {
    await press()
    await state('redirecting')
    await expect(args.onRedirect).toHaveBeenCalledWith('https://buy.stripe.com/test_link')
    await waitFor(() => expect(beacons).toEqual(['prod_claude_code']))
    await expect(asked).toHaveLength(0)
  },
}

export const AsChild: Story = {
  args: { asChild: true, children: <button type="button">Reserve my seat</button> },
  play: async () => {
    await press('Reserve my seat')
    await state('redirecting')
  },
}

const childClicked = fn()

/** What the child says itself is heard and seen beside what the button says. */
export const AsChildOfItsOwn: Story = {
  args: {
    asChild: true,
    onClick: fn(),
    style: { color: 'rgb(1, 2, 3)' },
    children: (
      <button type="button" onClick={childClicked} style={{ letterSpacing: '3px' }}>
        Reserve my seat
      </button>
    ),
  },
  play: async ({ args }) => {
    childClicked.mockClear()
    const button = await screen.findByRole('button', { name: 'Reserve my seat' })
    await expect(button).toHaveStyle({ letterSpacing: '3px', color: 'rgb(1, 2, 3)' })
    await press('Reserve my seat')
    await state('redirecting')
    await expect(childClicked).toHaveBeenCalledOnce()
    await expect(args.onClick).toHaveBeenCalledOnce()
  },
}

export const OwnWords: Story = {
  args: {
    children: ({ price }) => `Take a seat for ${price}`,
    labels: { note: 'You can cancel until the day before.' },
    offer: withCode,
  },
  play: async () => {
    await expect(await screen.findByRole('button', { name: 'Take a seat for $399.20' })).toBeVisible()
    await expect(screen.getByText('You can cancel until the day before.')).toBeVisible()
  },
}

/** A host's own link to the button: `ref` is the button itself, with asChild too. */
export const ReachedByRef: Story = {
  render: (args) => {
    const [buttons, setButtons] = useState<Record<string, HTMLButtonElement | null>>({})
    const [ours] = useState(() => (ours: HTMLButtonElement | null) => setButtons((all) => ({ ...all, ours })))
    const [child] = useState(
      () => (child: HTMLButtonElement | null) => setButtons((all) => ({ ...all, child })),
    )
    return (
      <>
        <RegisterButton {...args} ref={ours} />
        <RegisterButton {...args} ref={child} asChild>
          <button type="submit">Take a seat</button>
        </RegisterButton>
        <button type="button" onClick={() => buttons.ours?.focus()}>
          To the button
        </button>
        <button type="button" onClick={() => buttons.child?.focus()}>
          To the child
        </button>
      </>
    )
  },
  play: async () => {
    await userEvent.click(await screen.findByRole('button', { name: 'To the button' }))
    await expect(screen.getByRole('button', { name: /^Register/ })).toHaveFocus()
    await userEvent.click(screen.getByRole('button', { name: 'To the child' }))
    await expect(screen.getByRole('button', { name: 'Take a seat' })).toHaveFocus()
  },
}

export const Dark: Story = { args: { viewer }, parameters: { look: { scheme: 'dark' } } }

export const PageTurnedDark: Story = {
  args: { viewer, signInUrl: '/sign-in' },
  parameters: { look: { turnedDark: true } },
}

export const RightToLeft: Story = {
  args: { viewer, locale: 'ar-EG', signInUrl: '/sign-in' },
  parameters: { look: { direction: 'rtl' } },
}

export const Narrow: Story = { args: { viewer, offer: member }, parameters: { width: '17.5rem' } }
