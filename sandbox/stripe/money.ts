import { Refusal } from './errors'

/** Currencies whose minor unit is the whole one. */
const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))
/** Currencies with thousandths, which Stripe takes in tens: https://docs.stripe.com/currencies#three-decimal */
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '))
/** Written with two decimals that must be 00. */
const WHOLE_UNITS_AS_CENTS = new Set(['isk', 'ugx'])

/** The step, in minor units, in which a currency can be charged. */
export function smallestStep(currency: string): number {
  return WHOLE_UNITS_AS_CENTS.has(currency) ? 100 : THREE_DECIMAL.has(currency) ? 10 : 1
}

export const isWholeStep = (amount: number, currency: string): boolean =>
  amount % smallestStep(currency) === 0

/** Refuses an amount that lies between two steps of its currency. */
export function checkStep(amount: number, currency: string, param: string): void {
  if (isWholeStep(amount, currency)) return
  const step = smallestStep(currency)
  throw new Refusal(
    `Invalid ${currency} amount: ${amount}. The amount must be evenly divisible by ${step}.`,
    { param },
  )
}

/** Stripe's smallest charge, in minor units; 50 where we don't know better. */
const MINIMUMS: Record<string, number> = {
  aed: 200,
  bgn: 100,
  czk: 1500,
  dkk: 250,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  pln: 200,
  ron: 200,
  sek: 300,
  thb: 1000,
}

export function minimumCharge(currency: string): number {
  return MINIMUMS[currency] ?? 50
}

/** `$1,234.50`; whole amounts lose their zeros where `short`. */
export function formatMoney(amount: number, currency: string): string {
  const major = ZERO_DECIMAL.has(currency) ? amount : amount / (THREE_DECIMAL.has(currency) ? 1000 : 100)
  return new Intl.NumberFormat('en-US', { style: 'currency', currency: currency.toUpperCase() }).format(major)
}
