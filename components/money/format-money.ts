import type { Money } from '@/lib/contract/types'

// Stripe's own lists, not Intl's: for some currencies (ISK, UGX) the two disagree about the minor unit.
// https://docs.stripe.com/currencies#zero-decimal
const zeroDecimal = /bif|clp|djf|gnf|jpy|kmf|krw|mga|pyg|rwf|vnd|vuv|xaf|xof|xpf/i
const threeDecimal = /bhd|jod|kwd|omr|tnd/i

/**
 * An amount in minor units, as people write it: `{ amount: 42400, currency: 'usd' }` is "$424". Cents show only
 * where there are any.
 *
 * @param locale BCP 47. Default `en-US`, and never the machine's: server and browser have to write the same.
 */
export function formatMoney({ amount, currency }: Money, locale = 'en-US'): string {
  const digits = zeroDecimal.test(currency) ? 0 : threeDecimal.test(currency) ? 3 : 2
  const units = amount / 10 ** digits
  return units.toLocaleString(locale, {
    style: 'currency',
    currency,
    // The amount is a whole number of minor units, so it never has more decimals than this.
    minimumFractionDigits: units % 1 ? digits : 0,
  })
}
