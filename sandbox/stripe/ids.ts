import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** `length` characters of base 62, as in the tail of Stripe's ids. */
export function randomText(length: number): string {
  return Array.from(randomBytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join('')
}

/** How each kind of id looks at Stripe: what comes before the random part, and how long that is. */
const FORMS = {
  balanceTransaction: ['txn_3', 23],
  charge: ['ch_3', 23],
  coupon: ['', 8],
  customer: ['cus_', 14],
  discount: ['di_1', 23],
  dispute: ['dp_1', 23],
  event: ['evt_1', 23],
  lineItem: ['li_1', 23],
  paymentIntent: ['pi_3', 23],
  paymentLink: ['plink_1', 23],
  paymentMethod: ['pm_1', 23],
  price: ['price_1', 23],
  product: ['prod_', 14],
  promotionCode: ['promo_1', 23],
  refund: ['re_3', 23],
  request: ['req_', 14],
  session: ['cs_test_a1', 56],
  subscription: ['sub_1', 23],
  subscriptionItem: ['si_', 14],
  webhookEndpoint: ['we_1', 23],
} as const satisfies Record<string, readonly [string, number]>

export function newId(kind: keyof typeof FORMS): string {
  const [prefix, length] = FORMS[kind]
  return prefix + randomText(length)
}
