import type { ErrorCode, ErrorDetails } from './types'

type Entry = { status: number; sentence: string }

/** Every code that an answer may carry, its HTTP status and what it says when nobody knows better words. */
export const errorCatalogue = {
  invalid_request: {
    status: 400,
    sentence: 'What reached us was incomplete, and nothing was charged. Reload this page, then try again.',
  },
  invalid_coupon: {
    status: 400,
    sentence: "This code doesn't work for this workshop. You can register without it or try another one.",
  },
  coupon_not_eligible: {
    status: 400,
    sentence: 'This price is not open to you. You can register at the regular price.',
  },
  unauthorized: { status: 401, sentence: 'This address needs a valid key.' },
  forbidden_origin: {
    status: 403,
    sentence:
      "You can't register from this page, and nothing was charged. Open the workshop's own page and register there.",
  },
  not_found: { status: 404, sentence: 'There is nothing at this address.' },
  product_not_found: {
    status: 404,
    sentence: "We don't know this workshop, and nothing was charged. Choose one from the list of workshops.",
  },
  session_not_found: {
    status: 404,
    sentence:
      "We can't find this registration. If you have paid, nothing is lost: the confirmation comes by e\u2011mail.",
  },
  method_not_allowed: { status: 405, sentence: "This address doesn't take that method." },
  already_purchased: {
    status: 409,
    sentence:
      'You already have a seat, so nothing was charged. The e\u2011mail that confirmed it leads to your registration.',
  },
  sold_out: {
    status: 409,
    sentence: 'All seats are taken, and nothing was charged. Try again later, or see the other workshops.',
  },
  sale_not_open: {
    status: 409,
    sentence: 'Registration is not open yet, and nothing was charged. Come back once it is.',
  },
  sale_closed: {
    status: 409,
    sentence: 'Registration is closed, and nothing was charged. See the other workshops.',
  },
  payload_too_large: {
    status: 413,
    sentence: 'More was sent than we can read, and nothing was charged. Reload this page, then try again.',
  },
  unsupported_media_type: { status: 415, sentence: 'Send JSON or a form.' },
  rate_limited: {
    status: 429,
    sentence: 'That was many tries in a short time. Nothing was charged; wait a moment, then try again.',
  },
  stripe_error: {
    status: 502,
    sentence: 'Stripe is not answering right now. Nothing was charged; try again in a moment.',
  },
  misconfigured: {
    status: 502,
    sentence:
      'This workshop cannot be paid for right now, and we have been told. Nothing was charged; try again later.',
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
