import type { Money } from './types'

/** Codes by the claim they need. A value is a Stripe promotion code or a coupon id. */
export type TierCodes = {
  earlyBirdMember?: string
  member?: string
  earlyBird?: string
  /** ISO 3166-1 alpha-2 country to code. */
  ppp?: Record<string, string>
}

/** What we keep about a product in `checkout_Product.config`. */
export type ProductConfig = {
  paymentLink?: string
  /** Calendar date, `yyyy-mm-dd`: the window ends at 23:59:59 of it in the workshop's zone. */
  earlyBirdEndDate?: string
  coupons?: TierCodes
}

/** One workshop as `workshops.config.ts` declares it. */
export type WorkshopDeclaration = ProductConfig & {
  slug: string
  productId: string
  stripeProductId: string
  title: string
  summary: string
  description: string[]
  outline: { title: string; text: string }[]
  instructor: { name: string; bio: string }
  startsAt: string
  endsAt: string
  timeZone: string
  price: Money
  /** Seats in all; absent where unlimited. */
  capacity?: number
  openEnrollment?: string
  closeEnrollment?: string
  howToJoin: string
  replyTo?: string
  /**
   * Where people claim the seats that somebody bought for them: Course Builder's page of this product, which takes `?coupon=`. Without it
   * the buyer of several seats is asked to reply with who takes part.
   */
  redeemUrl?: string
  /** Coupons that `ops setup` and the demo's seed create in Stripe. */
  discounts?: { code: string; percentOff?: number; amountOff?: number; public?: boolean }[]
}
