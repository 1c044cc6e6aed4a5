import type { DialogLabels } from './dialog-labels'

/**
 * Every text of the button in its own words. Plain strings, so that a server component can replace them; `{price}`
 * and the like are filled in. Those of its dialogs are in a file of their own, and come with them.
 */
export const registerLabels = {
  register: 'Register · {price}',
  /** Where no price is known. */
  registerUnpriced: 'Register',
  free: 'free',
  submitting: 'Taking you to checkout…',
  slow: 'Still connecting to checkout. This can take a few seconds.',
  retrying: 'Many people are registering right now. We try again in {seconds} seconds.',
  fallingBack: "Our checkout is not answering, so we are taking you to Stripe's payment page instead.",
  fallbackPrice: 'The price there is {price}.',
  fallbackPriceUnknown: 'The price there may differ from the one here.',
  goNow: 'Go there now',
  stay: 'Stay here',
  /** What happens next, under the button at rest. */
  note: "You pay on Stripe's page. The receipt comes by e-mail.",
  registeringAs: 'Registering as',
  changeEmail: 'Change',
  email: 'E-mail address',
  signIn: 'Sign in for a faster checkout',
  soldOut: 'All {seats} seats are taken.',
  soldOutUncounted: 'All seats are taken.',
  closed: 'Registration closed on {date}.',
  closedUndated: 'Registration is closed.',
  notOpen: 'Registration opens on {date}.',
  notOpenUndated: 'Registration is not open yet.',
  offline: "You're offline, and nothing was charged. Register when you are connected again.",
  interrupted: 'The connection was interrupted, and nothing was charged. Press Register again.',
  unavailable: 'Our checkout is not answering, and nothing was charged. Try again in a moment.',
}

export type RegisterLabels = typeof registerLabels & Partial<DialogLabels>
