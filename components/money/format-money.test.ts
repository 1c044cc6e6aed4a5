import { expect, it } from 'vitest'
import { formatMoney } from './format-money'

it.each([
  [42_400, 'usd', undefined, '$424'],
  [39_920, 'usd', undefined, '$399.20'],
  [5, 'usd', undefined, '$0.05'],
  [0, 'usd', undefined, '$0'],
  [32_000, 'jpy', undefined, '¥32,000'],
  [1_000, 'JPY', undefined, '¥1,000'],
  // Stripe counts these in hundredths, whatever Intl thinks of them.
  [1_234, 'ugx', undefined, 'UGX\u00a012.34'],
  [120_000, 'isk', undefined, 'ISK\u00a01,200'],
  [500, 'mga', undefined, 'MGA\u00a0500'],
  [12_345, 'kwd', undefined, 'KWD\u00a012.345'],
  [12_340, 'kwd', undefined, 'KWD\u00a012.340'],
  [12_000, 'kwd', undefined, 'KWD\u00a012'],
  [39_050, 'eur', 'de-DE', '390,50\u00a0€'],
])('%i %s in %s is %s', (amount, currency, locale, written) => {
  expect(formatMoney({ amount, currency }, locale)).toBe(written)
})
