import type { DialogLabels } from './dialog-labels'
import type { EmailLabels } from './email-labels'
import type { QueueLabels } from './queue-labels'
import type { SaleLabels } from './sale-labels'

/**
 * Every text of the button in its own words. Plain strings, so that a server component can replace them; `{price}`
 * and the like are filled in. `\u2011` is a hyphen at which no line breaks. Those of its dialogs, of a queue, of a
 * sale that is not open, and of a signed-in buyer's address come with what shows them.
 */
export const registerLabels = {
  register: 'Register · {price}',
  /** Where no price is known. */
  registerUnpriced: 'Register',
  free: 'free',
  submitting: 'Taking you to checkout…',
  slow: 'Still connecting to checkout. This can take a few seconds.',
  fallingBack: "Our checkout is not answering, so we are taking you to Stripe's payment page instead.",
  fallbackPrice: 'The price there is {price}.',
  fallbackPriceUnknown: 'The price there may differ.',
  /** In the button meanwhile. */
  toPaymentLink: "Taking you to Stripe's page…",
  goNow: 'Go there now',
  stay: 'Stay here',
  /** What happens next, under the button at rest. */
  note: "You pay on Stripe's page. The receipt comes by e\u2011mail.",
  /** The same where there is nothing to pay. */
  freeNote: "You need no card on Stripe's page. The receipt comes by e\u2011mail.",
  signIn: 'Sign in for a faster checkout',
  closedUndated: 'Registration is closed.',
  offline: "You're offline, and nothing was charged. Try again when you are connected.",
  interrupted: 'The connection was interrupted, and nothing was charged. Try again.',
  unavailable: 'Our checkout is not answering, and nothing was charged. Try again in a moment.',
}

export type RegisterLabels = typeof registerLabels &
  Partial<DialogLabels & EmailLabels & QueueLabels & SaleLabels>
