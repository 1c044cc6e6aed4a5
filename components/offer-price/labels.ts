import type { CountryLabels } from './country-labels'

/**
 * Every text of the price in its own words; `{price}` and the like are filled in. Reasons come from the server. No line
 * breaks at `\u00a0`. Those of a country price that is offered come with what shows it.
 */
export const offerLabels = {
  free: 'Free',
  regularPrice: 'Regular price:',
  priceNow: 'Price now:',
  seats: 'for {quantity} seats',
  saving: 'You save\u00a0{amount}.',
  until: 'Until {date}.',
  untilYours: 'In your time until {date}{left}.',
  left: ', {left} from now',
  seatsLeft: '{seats}\u00a0seats left',
  seatLeft: '1\u00a0seat left',
  haveCode: 'Have a code?',
  code: 'Code',
  apply: 'Apply',
  applying: 'Checking the code…',
  applied: 'The code {code} is applied: {price}.',
  remove: 'Remove {code}',
  /** Where a code is refused that is not for this visitor. */
  signIn: 'Sign in',
  pppApplied: 'The country price is applied: {price}.',
  pppRemove: 'Remove the country price',
  /** Once a code was taken off. */
  withoutCode: 'Without a code: {price}.',
  /** In place of a reason, by the offer's `sale`. */
  'not-open': 'Not open yet',
  'sold-out': 'Sold out',
  closed: 'Registration is closed',
  stale: 'We could not check the price just now. The one you pay is shown again before you pay.',
  unpriced: 'The price is shown before you pay.',
}

export type OfferLabels = typeof offerLabels & Partial<CountryLabels>
