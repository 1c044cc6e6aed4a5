import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, PRODUCT, startHarness } from './harness'

/** The keys of Stripe's own example objects, less those of preview features that the SDK's types don't have. */
const KEYS = {
  session:
    'after_expiration allow_promotion_codes amount_subtotal amount_total automatic_tax billing_address_collection cancel_url client_reference_id client_secret consent consent_collection created currency custom_fields custom_text customer customer_creation customer_details customer_email expires_at id invoice invoice_creation livemode locale metadata mode object payment_intent payment_link payment_method_collection payment_method_configuration_details payment_method_options payment_method_types payment_status phone_number_collection recovered_from saved_payment_method_options setup_intent shipping_address_collection shipping_cost shipping_options status submit_type subscription success_url total_details ui_mode url adaptive_pricing discounts collected_information permissions wallet_options origin_context currency_conversion customer_account integration_identifier managed_payments',
  payment_intent:
    'amount amount_capturable amount_details amount_received application application_fee_amount automatic_payment_methods canceled_at cancellation_reason capture_method client_secret confirmation_method created currency customer description id last_payment_error latest_charge livemode metadata next_action object on_behalf_of payment_method payment_method_configuration_details payment_method_options payment_method_types processing receipt_email review setup_future_usage shipping statement_descriptor statement_descriptor_suffix status transfer_data transfer_group source excluded_payment_method_types customer_account managed_payments',
  charge:
    'amount amount_captured amount_refunded application application_fee application_fee_amount balance_transaction billing_details calculated_statement_descriptor captured created currency customer description disputed failure_balance_transaction failure_code failure_message fraud_details id livemode metadata object on_behalf_of outcome paid payment_intent payment_method payment_method_details receipt_email receipt_number receipt_url refunded review shipping source_transfer statement_descriptor statement_descriptor_suffix status transfer_data transfer_group source',
  customer:
    'address balance created currency default_source delinquent description discount email id invoice_prefix invoice_settings livemode metadata name next_invoice_sequence object phone preferred_locales shipping tax_exempt test_clock',
  product:
    'active created default_price description id images livemode marketing_features metadata name object package_dimensions shippable statement_descriptor tax_code unit_label updated url type',
  price:
    'active billing_scheme created currency custom_unit_amount id livemode lookup_key metadata nickname object product recurring tax_behavior tiers_mode transform_quantity type unit_amount unit_amount_decimal',
  coupon:
    'amount_off created currency duration duration_in_months id livemode max_redemptions metadata name object percent_off redeem_by times_redeemed valid',
  promotion_code:
    'active code created customer expires_at id livemode max_redemptions metadata object restrictions times_redeemed promotion customer_account',
  refund:
    'amount balance_transaction charge created currency destination_details id metadata object payment_intent reason receipt_number source_transfer_reversal status transfer_reversal customer customer_account payment_method',
  event: 'api_version created data id livemode object pending_webhooks request type',
}

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.close())

function missing(object: object, kind: keyof typeof KEYS): string[] {
  return KEYS[kind].split(' ').filter((key) => !(key in object))
}

describe('objects carry every key that Stripe’s do', () => {
  it('sessions, open and complete', async () => {
    const session = await harness.makeSession({ customer_creation: 'always' })
    expect(missing(session, 'session')).toEqual([])
    expect(session).toMatchObject({
      object: 'checkout.session',
      status: 'open',
      payment_status: 'unpaid',
      payment_intent: null,
      ui_mode: 'hosted_page',
      client_secret: null,
      customer: null,
      amount_total: 49_900,
      livemode: false,
    })
    expect(session.id).toMatch(/^cs_test_a1\w{56}$/)
    expect(session.url).toBe(`${harness.sandbox.url}/c/pay/${session.id}`)
    expect(session.expires_at - session.created).toBe(24 * 60 * 60)
    await harness.control.pay(session.id, { email: 'ada@example.com', country: 'IN' })
    const paid = await harness.stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent.latest_charge', 'customer'],
    })
    expect(missing(paid, 'session')).toEqual([])
    expect(paid).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      url: null,
      customer_details: { email: 'ada@example.com', address: { country: 'IN' } },
    })
    const intent = paid.payment_intent
    if (!intent || typeof intent === 'string') throw new Error('not expanded')
    expect(missing(intent, 'payment_intent')).toEqual([])
    const charge = intent.latest_charge
    if (!charge || typeof charge === 'string') throw new Error('not expanded')
    expect(missing(charge, 'charge')).toEqual([])
    expect(charge.receipt_url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/receipts\/ch_/)
    const customer = paid.customer
    if (!customer || typeof customer === 'string') throw new Error('not expanded')
    expect(missing(customer, 'customer')).toEqual([])
    const refund = await harness.stripe.refunds.create({ charge: charge.id })
    expect(missing(refund, 'refund')).toEqual([])
  })

  it('the catalogue, and events', async () => {
    const { stripe } = harness
    expect(missing(await stripe.products.retrieve(PRODUCT), 'product')).toEqual([])
    const price = await stripe.prices.create({ product: PRODUCT, currency: 'EUR', unit_amount: 1250 })
    expect(missing(price, 'price')).toEqual([])
    expect(price).toMatchObject({ currency: 'eur', type: 'one_time' })
    expect(price.unit_amount_decimal?.toString()).toBe('1250')
    const coupon = await stripe.coupons.create({ percent_off: 12.5, duration: 'once' })
    expect(missing(coupon, 'coupon')).toEqual([])
    expect(coupon.percent_off).toBe(12.5)
    const code = await stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: coupon.id },
    })
    expect(missing(code, 'promotion_code')).toEqual([])
    const [event] = (await stripe.events.list({ limit: 1 })).data
    expect(missing(event ?? {}, 'event')).toEqual([])
    expect(event).toMatchObject({ type: 'promotion_code.created', api_version: '2026-10-28.endive' })
    expect(event?.request?.id).toMatch(/^req_/)
  })

  it('the account and the balance, for who asks whether the key works', async () => {
    expect((await harness.stripe.accounts.retrieveCurrent()).id).toMatch(/^acct_/)
    expect((await harness.stripe.balance.retrieve()).livemode).toBe(false)
  })

  it('subscriptions tell their interval', async () => {
    const { stripe, control } = harness
    control.seed({
      customers: [{ id: 'cus_member', email: 'member@example.com' }],
      prices: [
        {
          id: 'price_year',
          product: PRODUCT,
          currency: 'usd',
          unit_amount: 25_000,
          recurring: { interval: 'year' },
        },
      ],
      subscriptions: [{ id: 'sub_member', customer: 'cus_member', price: 'price_year' }],
    })
    const subscription = await stripe.subscriptions.retrieve('sub_member')
    expect(subscription.status).toBe('active')
    expect(subscription.items.data[0]?.plan.interval).toBe('year')
    expect(subscription.items.data[0]?.price.recurring?.interval).toBe('year')
  })
})
