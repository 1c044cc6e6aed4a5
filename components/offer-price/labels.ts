/** Every text of the price in its own words; `{price}` and the like are filled in. Reasons come from the server. */
export const offerLabels = {
  free: 'Free',
  regularPrice: 'Regular price:',
  priceNow: 'Price now:',
  seats: 'for {quantity} seats',
  saving: 'You save {amount}.',
  until: 'Until {date}.',
  untilYours: 'In your time until {date}{left}.',
  left: ', {left} from now',
  seatsLeft: '{seats} seats left',
  seatLeft: '1 seat left',
  pppOffer: 'Buying from {country}? You can register at {percent}% off, for your own use.',
  pppAccept: 'Use the price for {country}',
  pppDecline: 'No, thank you',
  haveCode: 'Have a code?',
  code: 'Code',
  apply: 'Apply',
  applying: 'Checking the code…',
  applied: 'The code {code} is applied.',
  remove: 'Remove {code}',
  stale: 'We could not check the price just now. The one you pay is shown again before you pay.',
  unpriced: 'The price is shown before you pay.',
}

export type OfferLabels = typeof offerLabels
