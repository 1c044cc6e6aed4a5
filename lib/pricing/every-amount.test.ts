import { describe, expect, test } from 'vitest'
import { formatMoney, fromMajor, smallestStep, toMajor } from './money'

const HIGHEST = 1_000_000

/** What a person reads off the page, typed into a calculator. */
const typed = (text: string) => text.replace(/[^\d.]/g, '')

/** Course Builder reads the column as a number and wants at most two decimals in it. */
const isReadable = (text: string) => (Number(text).toString().split('.')[1]?.length ?? 0) <= 2

describe.each(['usd', 'eur', 'jpy', 'kwd'])(
  'every amount of %s from 0 to 1,000,000 minor units',
  (currency) => {
    const wrong = (holds: (money: { amount: number; currency: string }) => boolean): number[] => {
      const amounts: number[] = []
      for (let amount = 0; amount <= HIGHEST; amount += smallestStep(currency))
        if (!holds({ amount, currency })) amounts.push(amount)
      return amounts
    }

    test('is stored with at most two decimals, and read back without a difference', () => {
      const differences = wrong((money) => {
        const text = toMajor(money)
        const back = fromMajor(text, currency)
        return (
          /^\d+(\.\d\d)?$/.test(text) &&
          isReadable(text) &&
          back.amount === money.amount &&
          back.currency === currency
        )
      })
      expect(differences).toEqual([])
    }, 30_000)

    test('is the same amount when it is read off the page', () => {
      const differences = wrong(
        (money) => fromMajor(typed(formatMoney(money)), currency).amount === money.amount,
      )
      expect(differences).toEqual([])
    }, 30_000)
  },
)

test('an amount that the column could only hold rounded is refused, every one of them', () => {
  let stored = 0
  for (let amount = 0; amount <= 10_000; amount++) {
    if (amount % 10 === 0) continue
    try {
      toMajor({ amount, currency: 'kwd' })
      stored++
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError)
    }
  }
  expect(stored).toBe(0)
})
