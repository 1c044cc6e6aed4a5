/** Stripe's test cards, and what comes of each. */
interface TestCard {
  country: string
  outcome: 'pays' | 'challenge' | { code: string; declineCode: string | null; message: string }
}

const declined = (code: string, declineCode: string | null, message: string): TestCard => ({
  country: 'US',
  outcome: { code, declineCode, message },
})
const DECLINED = 'Your card was declined. Try a different card.'
const pays = (country = 'US'): TestCard => ({ country, outcome: 'pays' })

const TEST_CARDS: Record<string, TestCard> = {
  '4242424242424242': pays(),
  '4000056655665556': pays(),
  '5555555555554444': pays(),
  '378282246310005': pays(),
  '4000000760000002': pays('BR'),
  '4000003560000008': pays('IN'),
  '4000002760000016': pays('DE'),
  '4000008260000000': pays('GB'),
  '4000002500003155': { country: 'US', outcome: 'challenge' },
  '4000000000009995': declined(
    'card_declined',
    'insufficient_funds',
    'Your card has insufficient funds. Try a different card.',
  ),
  '4000000000000002': declined('card_declined', 'generic_decline', DECLINED),
  '4000000000009987': declined('card_declined', 'lost_card', DECLINED),
  '4000000000000069': declined('expired_card', null, 'Your card has expired. Try a different card.'),
  '4000000000000127': declined('incorrect_cvc', null, 'Your card’s security code is incorrect.'),
  '4000000000000119': declined(
    'processing_error',
    null,
    'An error occurred while processing your card. Try again in a little bit.',
  ),
}

export interface Card extends TestCard {
  number: string
  brand: 'visa' | 'mastercard' | 'amex'
  last4: string
}

function luhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}

/** The card behind a typed number; null when no card has such a number. */
export function findCard(typed: string): Card | null {
  const number = typed.replaceAll(/[\s-]/g, '')
  if (!/^\d{13,19}$/.test(number) || !luhn(number)) return null
  const known =
    TEST_CARDS[number] ??
    declined(
      'card_declined',
      'live_mode_test_card',
      'Your card was declined. The sandbox takes Stripe’s test cards only, such as 4242 4242 4242 4242.',
    )
  const brand = number.startsWith('5') ? 'mastercard' : number.startsWith('3') ? 'amex' : 'visa'
  return { ...known, number, brand, last4: number.slice(-4) }
}

/** What is wrong with a typed expiry (`12 / 34`), or the month and year. `now` in seconds. */
export function readExpiry(typed: string, now: number): { month: number; year: number } | string {
  const match = /^\s*(\d{1,2})\s*\/?\s*(\d{2}|\d{4})\s*$/.exec(typed)
  const month = Number(match?.[1])
  if (!match || month < 1 || month > 12) return 'Your card’s expiration date is incomplete.'
  const year = Number(match[2]) + (match[2]?.length === 2 ? 2000 : 0)
  const today = new Date(now * 1000)
  if (year * 12 + month < today.getUTCFullYear() * 12 + today.getUTCMonth() + 1)
    return 'Your card’s expiration date is in the past.'
  return { month, year }
}

export function checkCvc(typed: string, brand: Card['brand'] | undefined): string | null {
  const digits = brand === 'amex' ? 4 : 3
  return new RegExp(`^\\d{${digits}}$`).test(typed.trim()) ? null : 'Your card’s security code is incomplete.'
}
