/** The texts of a country price that is offered; those of one that is in use are the price's own. */
export const countryLabels = {
  pppOffer: 'Buying from {country}? You can register at {percent}% off, for your own use.',
  pppAccept: 'Use the price for {country}',
  pppDecline: 'No, thank you',
}

export type CountryLabels = typeof countryLabels
