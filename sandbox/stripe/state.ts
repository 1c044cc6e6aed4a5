import type {
  WireBalanceTransaction,
  WireCharge,
  WireCoupon,
  WireCustomer,
  WireDiscount,
  WireDispute,
  WireEvent,
  WireLineItem,
  WirePaymentIntent,
  WirePaymentLink,
  WirePaymentMethod,
  WirePrice,
  WireProduct,
  WirePromotionCode,
  WireRefund,
  WireSession,
  WireSubscription,
  WireWebhookEndpoint,
} from './wire'

export type Table<T> = Record<string, T>

/** What we know of a session beyond what Stripe shows of it. */
export interface SessionNotes {
  lineItems: WireLineItem[]
  discount: WireDiscount | null
  paymentIntentMetadata: Record<string, string>
  paymentIntentDescription: string | null
  /** The payment intent that declined attempts are on; a paid session names it itself. */
  attempt: string | null
  /** The order waits for the buyer's answer on the 3-D Secure page. */
  challenge: { card: string; expMonth: number; expYear: number; buyer: Buyer } | null
  /** A delayed payment that settles by itself at this second of the sandbox's clock. */
  settlesAt: number | null
  settlesWell: boolean
  /** Where a payment link sends its buyer on; its own confirmation when null. */
  linkRedirect: string | null
}

/** Who pays, as typed into the page. `country` is ISO 3166-1 alpha-2. */
export interface Buyer {
  email: string
  name: string
  country: string
}

export interface DeliveryAttempt {
  /** Milliseconds since the epoch, by the machine's clock. */
  at: number
  status: number | null
  ms: number
  error: string | null
}

export interface Delivery {
  id: string
  event: string
  type: string
  endpoint: string
  url: string
  status: 'pending' | 'held' | 'delivered' | 'failed' | 'dropped'
  attempts: DeliveryAttempt[]
}

export interface StoredResponse {
  fingerprint: string
  status: number
  body: string
  requestId: string
  /** Seconds, by the sandbox's clock. */
  at: number
}

export interface State {
  clockOffsetMs: number
  balanceTransactions: Table<WireBalanceTransaction>
  charges: Table<WireCharge>
  coupons: Table<WireCoupon>
  /** The products that a coupon is limited to; Stripe shows them only when `applies_to` is expanded. */
  couponProducts: Table<string[]>
  customers: Table<WireCustomer>
  disputes: Table<WireDispute>
  events: Table<WireEvent>
  paymentIntents: Table<WirePaymentIntent>
  paymentLinks: Table<WirePaymentLink>
  paymentLinkItems: Table<{ price: string; quantity: number }[]>
  paymentMethods: Table<WirePaymentMethod>
  prices: Table<WirePrice>
  products: Table<WireProduct>
  promotionCodes: Table<WirePromotionCode>
  refunds: Table<WireRefund>
  sessions: Table<WireSession>
  notes: Table<SessionNotes>
  subscriptions: Table<WireSubscription>
  webhookEndpoints: Table<WireWebhookEndpoint>
  webhookSecrets: Table<string>
  deliveries: Delivery[]
  idempotency: Table<StoredResponse>
}

export function emptyState(): State {
  return {
    clockOffsetMs: 0,
    balanceTransactions: {},
    charges: {},
    coupons: {},
    couponProducts: {},
    customers: {},
    disputes: {},
    events: {},
    paymentIntents: {},
    paymentLinks: {},
    paymentLinkItems: {},
    paymentMethods: {},
    prices: {},
    products: {},
    promotionCodes: {},
    refunds: {},
    sessions: {},
    notes: {},
    subscriptions: {},
    webhookEndpoints: {},
    webhookSecrets: {},
    deliveries: [],
    idempotency: {},
  }
}

/** A row by id, never one that every object inherits. */
export function row<T>(table: Table<T>, id: string): T | undefined {
  return Object.hasOwn(table, id) ? table[id] : undefined
}

/** Puts `next` in place of everything, keeping the object that everybody holds. */
export function replaceState(state: State, next: State): void {
  Object.assign(state, emptyState(), structuredClone(next))
}
