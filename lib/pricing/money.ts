import type { Money } from '@/lib/contract/types'

/**
 * Integer arithmetic on Stripe's minor units. Nothing here passes through a float.
 * The lists are Stripe's, which are not ISO's: https://docs.stripe.com/currencies#zero-decimal
 */
const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '))
/** Written with two decimals that are always 00, though Stripe's page also lists UGX among the zero-decimal ones. */
const WHOLE_UNITS_AS_CENTS = new Set(['isk', 'ugx'])

/** Decimal places of Stripe's minor unit: 0, 2 or 3. HUF and TWD are charged with two, whatever CLDR shows. */
export function minorUnitExponent(currency: string): 0 | 2 | 3 {
  const code = currency.toLowerCase()
  return ZERO_DECIMAL.has(code) ? 0 : THREE_DECIMAL.has(code) ? 3 : 2
}

/** The smallest step, in minor units, in which Stripe takes this currency. */
export function smallestStep(currency: string): number {
  const code = currency.toLowerCase()
  return WHOLE_UNITS_AS_CENTS.has(code) ? 100 : THREE_DECIMAL.has(code) ? 10 : 1
}

const checked = (amount: number): number => {
  if (!Number.isSafeInteger(amount)) throw new RangeError('An amount is a whole number of minor units.')
  return amount
}

/** The exact decimal of an amount, with as many places as the currency has: `123.45`, `32000`, `1.250`. */
function decimal({ amount, currency }: Money): `${number}` {
  const places = minorUnitExponent(currency)
  const digits = String(Math.abs(checked(amount))).padStart(places + 1, '0')
  const sign = amount < 0 ? '-' : ''
  const whole = digits.slice(0, digits.length - places)
  const text = places === 0 ? `${sign}${digits}` : `${sign}${whole}.${digits.slice(-places)}`
  return text as `${number}`
}

/** Making one costs many times what using it does; there are as many as a site has currencies and languages. */
const formats = new Map<string, Intl.NumberFormat>()

function formatOf(locale: string, currency: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`
  const known = formats.get(key)
  if (known) return known
  const places = minorUnitExponent(currency)
  const made = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: places,
    maximumFractionDigits: places,
    trailingZeroDisplay: 'stripIfInteger',
  })
  formats.set(key, made)
  return made
}

/** For a person: `$424`, `$123.45`, `¥32,000`. Whole amounts lose their zeros. `locale` is a BCP 47 tag. */
export const formatMoney = (money: Money, locale = 'en-US'): string =>
  formatOf(locale, money.currency).format(decimal(money))

/**
 * For Course Builder's decimal columns: an exact decimal in whole units with at most two places (`499.00`, `32000`).
 * Three-decimal currencies come from Stripe in tens of minor units; any other amount of theirs throws `RangeError`.
 */
export function toMajor(money: Money): string {
  const text = decimal(money)
  if (minorUnitExponent(money.currency) < 3) return text
  if (!text.endsWith('0')) throw new RangeError('A three-decimal amount must be a multiple of ten.')
  return text.slice(0, -1)
}

/** Reads what such a column holds. Throws `RangeError` where the text is no decimal, or finer than the minor unit. */
export function fromMajor(text: string, currency: string): Money {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text.trim())
  const places = minorUnitExponent(currency)
  const fraction = (match?.[3] ?? '').replace(/0+$/, '')
  if (!match || fraction.length > places) throw new RangeError(`Not an amount in ${currency}.`)
  const size = checked(Number(`${match[2]}${fraction.padEnd(places, '0')}`))
  return { amount: match[1] === '-' && size !== 0 ? -size : size, currency: currency.toLowerCase() }
}

/** What the price of one seat comes to for several. */
export const times = (money: Money, quantity: number): Money => ({
  amount: checked(money.amount * quantity),
  currency: money.currency,
})

/** `left` less `right`. Throws `RangeError` across currencies. */
export function subtract(left: Money, right: Money): Money {
  if (left.currency !== right.currency) throw new RangeError('These are two currencies.')
  return { amount: checked(left.amount - right.amount), currency: left.currency }
}

const SCALE = BigInt(1_000_000)

/**
 * The discount (not what is left) of `percent` off an order's subtotal, as Stripe computes it: the discount itself is
 * rounded, half up, to what the currency can be charged in. Always between 0 and the subtotal.
 */
export function percentOff(subtotal: Money, percent: number): Money {
  const bounded = Math.min(Math.max(percent, 0), 100)
  const millionths = BigInt(bounded.toFixed(6).replace('.', ''))
  const step = BigInt(smallestStep(subtotal.currency))
  const whole = BigInt(Math.max(checked(subtotal.amount), 0))
  const divisor = BigInt(100) * SCALE * step
  const steps = (BigInt(2) * whole * millionths + divisor) / (BigInt(2) * divisor)
  return { amount: Math.min(Number(steps * step), Number(whole)), currency: subtotal.currency }
}
