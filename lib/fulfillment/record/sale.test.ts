import { expect, test } from 'vitest'
import { redeemAt } from './sale'

test("seats bought for others are claimed on Course Builder's page of the product", () => {
  expect(redeemAt('https://builder.example.com/products/claude-code?ref=a', 'coupon_1')).toEqual({
    bulkCouponUrl: 'https://builder.example.com/products/claude-code?ref=a&coupon=coupon_1',
  })
})

test.each([undefined, '', 'builder.example.com/products'])(
  '%j is no such page, and no sale fails of it',
  (page) => {
    expect(redeemAt(page, 'coupon_1')).toEqual({})
  },
)
