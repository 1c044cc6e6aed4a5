import { findCustomer } from './customers'
import { applyDiscount, discountProblem, findDiscount, makeDiscount } from './discounts'
import { Refusal } from './errors'
import { newId, randomText } from './ids'
import { makeLineItems } from './line-items'
import { checkStep, formatMoney, isWholeStep, minimumCharge } from './money'
import type { Sandbox } from './sandbox'
import { checkSessionParams, type SessionGiven } from './session-params'
import { row, type SessionNotes } from './state'
import type { WireDiscount, WireLineItem, WireSession } from './wire'

const DAY = 24 * 60 * 60

export function emptyCustomerDetails(email: string | null): NonNullable<WireSession['customer_details']> {
  return {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name: null,
    phone: null,
    tax_exempt: 'none',
    tax_ids: null,
  }
}

/** Stripe takes nothing between zero and its smallest charge. */
export function tooSmall(total: number, currency: string): string | null {
  const minimum = minimumCharge(currency)
  if (total === 0 || total >= minimum) return null
  return `The Checkout Session's total amount due must add up to at least ${formatMoney(minimum, currency)} ${currency}`
}

/** Nor what has more than eight digits. */
function tooLarge(total: number, currency: string): string | null {
  if (total <= LARGEST) return null
  return `The Checkout Session's total amount due must be no more than ${formatMoney(LARGEST, currency)}`
}

const LARGEST = 99_999_999

/** The session's discount as its `discounts` show it: a promotion code without its coupon, as Stripe does. */
export function shownDiscounts(discount: WireDiscount | null): WireSession['discounts'] {
  if (!discount) return []
  const { promotion_code } = discount
  return [{ coupon: promotion_code === null ? discount.source.coupon : null, promotion_code }]
}

/** Puts a discount (or none) on an open session and counts again. */
export function reprice(sandbox: Sandbox, session: WireSession, discount: WireDiscount | null): void {
  const notes = row(sandbox.state.notes, session.id)
  if (!notes) return
  const totals = applyDiscount(sandbox, notes.lineItems, discount)
  notes.discount = discount
  session.discounts = shownDiscounts(discount)
  session.amount_subtotal = totals.subtotal
  session.amount_total = totals.total
  session.total_details = { amount_discount: totals.discount, amount_shipping: 0, amount_tax: 0 }
}

interface Origin {
  paymentLink: string | null
  linkRedirect: string | null
}

/** Makes a session from checked parameters and ready line items: for the API and for payment links. */
export function openSession(
  sandbox: Sandbox,
  given: SessionGiven,
  items: WireLineItem[],
  origin: Origin = { paymentLink: null, linkRedirect: null },
): WireSession {
  const created = sandbox.now()
  const id = newId('session')
  const mode = given.ui_mode ?? 'hosted_page'
  const hosted = mode === 'hosted_page'
  const customer = given.customer ? findCustomer(sandbox, given.customer, 'customer') : null
  const email = customer?.email ?? given.customer_email ?? null
  const currency = items[0]?.currency ?? 'usd'
  const session: WireSession = {
    id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allow_promotion_codes: given.allow_promotion_codes ?? null,
    allowed_payment_method_types: null,
    amount_subtotal: 0,
    amount_total: 0,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: given.cancel_url ?? null,
    client_reference_id: given.client_reference_id ?? null,
    client_secret: hosted ? null : `${id}_secret_${randomText(48)}`,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created,
    currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: customer?.id ?? null,
    customer_account: null,
    customer_creation: customer ? null : (given.customer_creation ?? 'if_required'),
    customer_details: email === null ? null : emptyCustomerDetails(email),
    customer_email: given.customer_email ?? null,
    discounts: [],
    expires_at: given.expires_at ?? created + DAY,
    integration_identifier: null,
    invoice: null,
    invoice_creation: {
      enabled: false,
      invoice_data: {
        account_tax_ids: null,
        custom_fields: null,
        description: null,
        footer: null,
        issuer: null,
        metadata: {},
        rendering_options: null,
      },
    },
    livemode: false,
    locale: null,
    managed_payments: { enabled: false },
    metadata: given.metadata ?? {},
    mode: 'payment',
    origin_context: null,
    payment_intent: null,
    payment_link: origin.paymentLink,
    payment_method_collection: 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    payment_method_types: ['card', 'us_bank_account'],
    payment_status: 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    ...(!hosted && { redirect_on_completion: given.redirect_on_completion ?? 'always' }),
    ...(given.return_url !== undefined && { return_url: given.return_url }),
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: null,
    subscription: null,
    success_url: given.success_url ?? null,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: mode,
    url: hosted ? `${sandbox.baseUrl}/c/pay/${id}` : null,
    wallet_options: null,
  } satisfies WireSession
  const notes: SessionNotes = {
    lineItems: structuredClone(items),
    discount: null,
    paymentIntentMetadata: given.payment_intent_data?.metadata ?? {},
    paymentIntentDescription: given.payment_intent_data?.description ?? null,
    attempt: null,
    challenge: null,
    settlesAt: null,
    settlesWell: true,
    linkRedirect: origin.linkRedirect,
  }
  const [wanted] = given.discounts ?? []
  const chosen = wanted ? findDiscount(sandbox, wanted, 'discounts[0]') : null
  const problem = chosen && discountProblem(sandbox, chosen, { items, currency, customer: session.customer })
  if (problem)
    throw new Refusal(problem.message, {
      param: `discounts[0][${chosen?.code ? 'promotion_code' : 'coupon'}]`,
      ...(problem.code && { code: problem.code }),
    })
  sandbox.state.notes[id] = notes
  reprice(sandbox, session, chosen && makeDiscount(sandbox, chosen, id, session.customer))
  const total = session.amount_total ?? 0
  const small = tooSmall(total, currency)
  const large = tooLarge(total, currency)
  if (small || large || !isWholeStep(total, currency)) delete sandbox.state.notes[id]
  if (large) throw new Refusal(large, { code: 'amount_too_large' })
  if (small) throw new Refusal(small, { code: 'amount_too_small' })
  checkStep(total, currency, 'line_items')
  sandbox.state.sessions[id] = session
  sandbox.changed()
  return session
}

/** `POST /v1/checkout/sessions`. */
export function createSession(sandbox: Sandbox, given: SessionGiven): WireSession {
  checkSessionParams(given, sandbox.now())
  if (given.customer) findCustomer(sandbox, given.customer, 'customer')
  return openSession(sandbox, given, makeLineItems(sandbox, given.line_items ?? []))
}
