import { expect, it } from 'vitest'
import { inOneOrder } from './frozen'

it('gives the same bytes, whatever order a database gives the keys back in', () => {
  const first = { mode: 'payment', metadata: { b: '2', a: '1' }, line_items: [{ quantity: 1, price: 'p' }] }
  const stored = { line_items: [{ price: 'p', quantity: 1 }], metadata: { a: '1', b: '2' }, mode: 'payment' }
  expect(JSON.stringify(inOneOrder(first))).toBe(JSON.stringify(inOneOrder(stored)))
  expect(inOneOrder(first)).toEqual(first)
})

it('keeps the order of lists', () => {
  expect(inOneOrder({ discounts: [{ coupon: 'B' }, { coupon: 'A' }] })).toEqual({
    discounts: [{ coupon: 'B' }, { coupon: 'A' }],
  })
})
