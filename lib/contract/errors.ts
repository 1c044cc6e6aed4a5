import type { ErrorCode, ErrorDetails } from './types'

type Entry = { status: number; sentence: string }

/** Every code that an answer may carry, its HTTP status and what it says when nobody knows better words. */
export const errorCatalogue = {
  invalid_request: { status: 400, sentence: 'Something in this request is not as it should be.' },
  invalid_coupon: {
    status: 400,
    sentence: "This code doesn't work for this workshop. You can register without it or try another one.",
  },
  coupon_not_eligible: {
    status: 400,
    sentence: 'This price is not open to you. You can register at the regular price.',
  },
  unauthorized: { status: 401, sentence: 'This address needs a valid key.' },
  forbidden_origin: { status: 403, sentence: 'This page may not start a checkout here.' },
  not_found: { status: 404, sentence: 'There is nothing at this address.' },
  product_not_found: { status: 404, sentence: "We don't know this workshop." },
  session_not_found: { status: 404, sentence: "We can't find this registration." },
  method_not_allowed: { status: 405, sentence: "This address doesn't take that method." },
  already_purchased: { status: 409, sentence: 'You already have a seat.' },
  sold_out: { status: 409, sentence: 'All seats are taken.' },
  sale_not_open: { status: 409, sentence: 'Registration is not open yet.' },
  sale_closed: { status: 409, sentence: 'Registration is closed.' },
  payload_too_large: { status: 413, sentence: 'This request is too large.' },
  unsupported_media_type: { status: 415, sentence: 'Send JSON or a form.' },
  rate_limited: {
    status: 429,
    sentence: 'That was many tries in a short time. Wait a moment, then try again.',
  },
  stripe_error: {
    status: 502,
    sentence: 'Stripe is not answering right now. Nothing was charged; try again in a moment.',
  },
  misconfigured: {
    status: 502,
    sentence: 'Checkout is not set up correctly for this workshop. Nothing was charged; we have been told.',
  },
  unavailable: {
    status: 503,
    sentence: 'Our checkout is not answering right now. Nothing was charged; try again in a moment.',
  },
  internal: {
    status: 500,
    sentence: 'Something went wrong on our side. Nothing was charged; try again in a moment.',
  },
} as const satisfies Record<ErrorCode, Entry>

export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && Object.hasOwn(errorCatalogue, value)

const FAULTS: ReadonlySet<ErrorCode> = new Set(['stripe_error', 'misconfigured', 'unavailable', 'internal'])

/** What went wrong with us, or with Stripe, and not with what was asked for: a way to pay all the same is looked for. */
export const isFault = (error: unknown): boolean =>
  !(error instanceof CheckoutError) || (FAULTS.has(error.code) && !error.isSwitch)

/** The one error that may reach a caller. Everything else is masked as `internal`. */
export class CheckoutError extends Error {
  override readonly name = 'CheckoutError'
  readonly code: ErrorCode
  readonly details: ErrorDetails
  /** Headers of the answer, beside the body. */
  readonly headers: Record<string, string>

  constructor(
    code: ErrorCode,
    options: {
      message?: string
      details?: ErrorDetails
      headers?: Record<string, string>
      cause?: unknown
    } = {},
  ) {
    super(
      options.message ?? errorCatalogue[code].sentence,
      options.cause === undefined ? {} : { cause: options.cause },
    )
    this.code = code
    this.details = options.details ?? {}
    this.headers = options.headers ?? {}
  }

  get status(): number {
    return errorCatalogue[this.code].status
  }

  /** The rollout has this visitor pay by link: told with a 5xx, so that every client goes there, and no failure in log, metric or guard. */
  get isSwitch(): boolean {
    return this.details.reason === 'rollout'
  }
}
