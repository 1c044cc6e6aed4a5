import { checkCvc, findCard, readExpiry } from '../cards'
import type { Means } from '../charge-objects'
import type { Buyer } from '../state'
import { isCountry } from './countries'

/** What the buyer typed, as it is shown again after a refusal. Card data are not. */
export interface Typed {
  email: string
  billingName: string
  country: string
  promotionCode: string
  method: 'card' | 'bank'
  cardNumber: string
  cardExpiry: string
  cardCvc: string
}

export type FieldErrors = Partial<Record<keyof Typed | 'page', string>>

export function readTyped(form: URLSearchParams, email: string): Typed {
  const field = (name: string) => form.get(name)?.trim() ?? ''
  return {
    email: form.has('email') ? field('email') : email,
    billingName: field('billingName'),
    country: field('country') || 'US',
    promotionCode: field('promotionCode'),
    method: field('method') === 'bank' ? 'bank' : 'card',
    cardNumber: field('cardNumber'),
    cardExpiry: field('cardExpiry'),
    cardCvc: field('cardCvc'),
  }
}

function checkCard(typed: Typed, now: number, errors: FieldErrors): Means | null {
  const card = findCard(typed.cardNumber)
  if (!typed.cardNumber) errors.cardNumber = 'Your card number is incomplete.'
  else if (!card) errors.cardNumber = 'Your card number is invalid.'
  const expiry = readExpiry(typed.cardExpiry, now)
  if (typeof expiry === 'string') errors.cardExpiry = expiry
  const cvc = checkCvc(typed.cardCvc, card?.brand)
  if (cvc) errors.cardCvc = cvc
  if (!card || typeof expiry === 'string') return null
  return { type: 'card', card, expMonth: expiry.month, expYear: expiry.year }
}

/** The buyer and what they pay with, or a sentence for each field that is wrong. Nothing is asked about the card when it is free. */
export function checkTyped(
  typed: Typed,
  options: { free: boolean; now: number },
): { buyer: Buyer; means: Means } | { errors: FieldErrors } {
  const errors: FieldErrors = {}
  if (!/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(typed.email)) errors.email = 'Your email is incomplete.'
  const wantsCard = typed.method === 'card' && !options.free
  if (!typed.billingName && !options.free)
    errors.billingName = wantsCard ? 'Enter the name on your card.' : 'Enter the name of the account holder.'
  if (!isCountry(typed.country)) errors.country = 'Choose a country.'
  const means: Means | null = wantsCard ? checkCard(typed, options.now, errors) : { type: 'bank' }
  if (Object.keys(errors).length > 0 || !means) return { errors }
  const buyer = { email: typed.email, name: typed.billingName || typed.email, country: typed.country }
  return { buyer, means }
}
