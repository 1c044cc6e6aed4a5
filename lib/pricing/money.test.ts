import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatMoney,
  fromMajor,
  minorUnitExponent,
  percentOff,
  smallestStep,
  subtract,
  times,
  toMajor,
} from './money'

const usd = (amount: number) => ({ amount, currency: 'usd' })
const currency = fc.constantFrom('usd', 'eur', 'jpy', 'krw', 'kwd', 'isk', 'ugx', 'huf', 'twd', 'mga')
const money = fc
  .record({ amount: fc.integer({ min: 0, max: 99_999_999 }), currency })
  .map(({ amount, currency }) => ({ amount: amount - (amount % smallestStep(currency)), currency }))

describe('minor units', () => {
  it.each([
    ['usd', 2, 1],
    ['JPY', 0, 1],
    ['kwd', 3, 10],
    ['isk', 2, 100],
    ['ugx', 2, 100],
    ['huf', 2, 1],
    ['twd', 2, 1],
    ['mga', 0, 1],
  ])('%s has %i places and steps of %i', (code, places, step) => {
    expect(minorUnitExponent(code)).toBe(places)
    expect(smallestStep(code)).toBe(step)
  })
})

describe('formatMoney', () => {
  it.each([
    [usd(49900), '$499'],
    [usd(12345), '$123.45'],
    [usd(5), '$0.05'],
    [usd(0), '$0'],
    [usd(-7550), '-$75.50'],
    [{ amount: 32000, currency: 'jpy' }, '¥32,000'],
    [{ amount: 1250, currency: 'kwd' }, 'KWD 1.250'],
    [{ amount: 500, currency: 'isk' }, 'ISK 5'],
    [{ amount: 17550, currency: 'huf' }, 'HUF 175.50'],
    [usd(Number.MAX_SAFE_INTEGER), '$90,071,992,547,409.91'],
  ])('%j is %s', (amount, text) => {
    expect(formatMoney(amount).replaceAll('\u00a0', ' ')).toBe(text)
  })

  it('writes as another country does', () => {
    expect(formatMoney({ amount: 123450, currency: 'eur' }, 'de-DE').replaceAll('\u00a0', ' ')).toBe(
      '1.234,50 €',
    )
  })
})

describe('toMajor and fromMajor', () => {
  it.each([
    [usd(12345), '123.45'],
    [usd(49900), '499.00'],
    [usd(7), '0.07'],
    [usd(-7), '-0.07'],
    [{ amount: 32000, currency: 'jpy' }, '32000'],
    [{ amount: 1250, currency: 'kwd' }, '1.25'],
    [{ amount: 500, currency: 'isk' }, '5.00'],
  ])('%j is stored as %s', (amount, text) => {
    expect(toMajor(amount)).toBe(text)
    expect(fromMajor(text, amount.currency)).toEqual(amount)
  })

  it('is the way there and back, never with more than two decimals', () => {
    fc.assert(
      fc.property(money, (amount) => {
        const text = toMajor(amount)
        expect(text).toMatch(/^\d+(\.\d{1,2})?$/)
        expect(fromMajor(text, amount.currency)).toEqual(amount)
      }),
    )
  })

  it('reads a column that holds more zeros than the currency has places', () => {
    expect(fromMajor('32000.00', 'JPY')).toEqual({ amount: 32000, currency: 'jpy' })
    expect(fromMajor('-0.00', 'usd')).toEqual(usd(0))
  })

  it.each(['1.005', '1.5.0', '', '1e3', '0x10', 'NaN', '1,000', '90071992547409.93'])(
    'refuses %j',
    (text) => {
      expect(() => fromMajor(text, 'usd')).toThrow(RangeError)
    },
  )

  it('refuses what cannot be stored exactly', () => {
    expect(() => fromMajor('1.50', 'jpy')).toThrow(RangeError)
    expect(() => toMajor({ amount: 1255, currency: 'kwd' })).toThrow(RangeError)
    expect(() => toMajor(usd(1.5))).toThrow(RangeError)
    expect(() => toMajor(usd(2 ** 53))).toThrow(RangeError)
  })
})

describe('percentOff', () => {
  it.each([
    [49900, 20, 9980],
    [3490, 15, 524], // 523.5, half up; as dollar floats it would be 5.23
    [1999, 99, 1979],
    [1005, 10, 101],
    [50, 1, 1],
    [49, 1, 0],
    [99999, 33.33, 33330],
    [10_000, 12.345, 1235],
    [49900, 0, 0],
    [49900, 100, 49900],
    [49900, 250, 49900],
    [49900, -5, 0],
    [0, 50, 0],
  ])('%i less %d %% is a discount of %i', (amount, percent, discount) => {
    expect(percentOff(usd(amount), percent)).toEqual(usd(discount))
  })

  it('rounds to what the currency can be charged in', () => {
    expect(percentOff({ amount: 333, currency: 'jpy' }, 50)).toEqual({ amount: 167, currency: 'jpy' })
    expect(percentOff({ amount: 1230, currency: 'kwd' }, 50)).toEqual({ amount: 620, currency: 'kwd' })
    expect(percentOff({ amount: 500, currency: 'isk' }, 50)).toEqual({ amount: 300, currency: 'isk' })
  })

  it('stays within the subtotal and within half a step of the exact figure', () => {
    fc.assert(
      fc.property(money, fc.integer({ min: 0, max: 10_000 }), (subtotal, basisPoints) => {
        const step = smallestStep(subtotal.currency)
        const discount = percentOff(subtotal, basisPoints / 100).amount
        expect(discount).toBeGreaterThanOrEqual(0)
        expect(discount).toBeLessThanOrEqual(subtotal.amount)
        expect(discount % step).toBe(0)
        const off = discount * 10_000 - subtotal.amount * basisPoints
        expect(2 * off).toBeGreaterThan(-step * 10_000)
        expect(2 * off).toBeLessThanOrEqual(step * 10_000)
      }),
    )
  })
})

describe('subtract and times', () => {
  it('stay exact', () => {
    expect(subtract(usd(30), usd(10))).toEqual(usd(20))
    expect(times(usd(49900), 3)).toEqual(usd(149700))
  })
  it('refuse two currencies and what no number holds', () => {
    expect(() => subtract(usd(1), { amount: 1, currency: 'eur' })).toThrow(RangeError)
    expect(() => times(usd(Number.MAX_SAFE_INTEGER), 2)).toThrow(RangeError)
  })
})
