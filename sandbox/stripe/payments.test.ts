import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, refusalOf, startHarness, until } from './harness'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.close())

async function paidCharge(): Promise<{ session: string; charge: string; intent: string }> {
  const { id } = await harness.makeSession({ payment_intent_data: { metadata: { source: 'egghead-next' } } })
  await harness.control.pay(id)
  const session = await harness.stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] })
  const intent = session.payment_intent
  if (!intent || typeof intent === 'string' || typeof intent.latest_charge !== 'string')
    throw new Error('not paid')
  return { session: id, charge: intent.latest_charge, intent: intent.id }
}

const last = (type: string) => harness.inbox.findLast((event) => event.type === type)?.data.object

describe('a paid session', () => {
  it('has a charge with the payment intent’s metadata, and says so by events', async () => {
    const { charge: id, session, intent } = await paidCharge()
    const charge = await harness.stripe.charges.retrieve(id, { expand: ['balance_transaction'] })
    expect(charge).toMatchObject({
      status: 'succeeded',
      paid: true,
      amount: 49_900,
      metadata: { source: 'egghead-next' },
      payment_method_details: { type: 'card', card: { country: 'US', last4: '4242' } },
      balance_transaction: { amount: 49_900, fee: 1477, net: 48_423 },
    })
    expect(last('checkout.session.completed')).toMatchObject({
      id: session,
      payment_status: 'paid',
      payment_intent: intent,
      status: 'complete',
    })
    expect(harness.types()).toContain('payment_intent.succeeded')
    const bySession = await harness.stripe.checkout.sessions.list({ payment_intent: intent })
    expect(bySession.data.map((found) => found.id)).toEqual([session])
    const receipt = await fetch(charge.receipt_url ?? '')
    expect(await receipt.text()).toContain('$499.00')
  })

  it('is paid once, however many try at a time', async () => {
    const { id } = await harness.makeSession()
    const results = await Promise.all(Array.from({ length: 8 }, () => harness.control.pay(id)))
    expect(results.map((result) => result.kind).sort()).toEqual([
      'closed',
      'closed',
      'closed',
      'closed',
      'closed',
      'closed',
      'closed',
      'complete',
    ])
    const session = await harness.stripe.checkout.sessions.retrieve(id)
    const charges = await harness.stripe.charges.list({ payment_intent: String(session.payment_intent) })
    expect(charges.data).toHaveLength(1)
  })

  it('is not paid by a declined card, and can be paid with another', async () => {
    const { id } = await harness.makeSession()
    expect(await harness.control.pay(id, { card: '4000000000009995' })).toEqual({
      kind: 'declined',
      code: 'card_declined',
      declineCode: 'insufficient_funds',
      message: 'Your card has insufficient funds. Try a different card.',
    })
    await until(() => harness.types().includes('payment_intent.payment_failed'))
    expect((await harness.stripe.checkout.sessions.retrieve(id)).payment_status).toBe('unpaid')
    expect(await harness.control.pay(id, { card: '4000002500003155', authenticate: false })).toMatchObject({
      kind: 'declined',
    })
    expect(await harness.control.pay(id, { card: '4000002500003155' })).toMatchObject({ kind: 'complete' })
  })

  it('makes a customer only where one is wanted, and keeps the one it has', async () => {
    const guest = await harness.makeSession()
    expect(await harness.control.pay(guest.id)).toMatchObject({ session: { customer: null } })
    const known = await harness.stripe.customers.create({ email: 'known@example.com' })
    const session = await harness.makeSession({ customer: known.id })
    expect(session.customer_details?.email).toBe('known@example.com')
    expect(await harness.control.pay(session.id)).toMatchObject({
      session: { customer: known.id, customer_details: { email: 'known@example.com' } },
    })
  })
})

describe('a delayed payment', () => {
  it('completes unpaid and succeeds later', async () => {
    const { id } = await harness.makeSession()
    expect(await harness.control.pay(id, { delayed: true })).toMatchObject({
      session: { status: 'complete', payment_status: 'unpaid' },
    })
    expect(last('checkout.session.completed')).toMatchObject({ id, payment_status: 'unpaid' })
    await harness.control.settle(id)
    await until(() => harness.types().includes('checkout.session.async_payment_succeeded'))
    expect((await harness.stripe.checkout.sessions.retrieve(id)).payment_status).toBe('paid')
    await expect(harness.control.settle(id)).rejects.toThrow('no payment under way')
  })

  it('fails by itself when its time comes', async () => {
    const { id } = await harness.makeSession()
    await harness.control.pay(id, { delayed: { settlesAfter: 3600, ok: false } })
    await harness.control.advanceClock(3601)
    await until(() => harness.types().includes('checkout.session.async_payment_failed'))
    expect(await harness.stripe.checkout.sessions.retrieve(id)).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
    })
    await harness.control.setClock(0)
  })
})

describe('refunds', () => {
  it('add up, and never go beyond what was paid', async () => {
    const { charge, intent } = await paidCharge()
    await harness.stripe.refunds.create({ charge, amount: 10_000 })
    await until(() => last('charge.refunded') !== undefined)
    expect(last('charge.refunded')).toMatchObject({ amount_refunded: 10_000, refunded: false })
    const beyond = await refusalOf(harness.stripe.refunds.create({ charge, amount: 40_000 }))
    expect(beyond.message).toBe(
      'Refund amount ($400.00) is greater than unrefunded amount on charge ($399.00)',
    )
    await harness.stripe.refunds.create({ payment_intent: intent }, { idempotencyKey: 'rest' })
    await harness.stripe.refunds.create({ payment_intent: intent }, { idempotencyKey: 'rest' })
    await until(() => harness.inbox.filter((event) => event.type === 'charge.refunded').length === 2)
    expect(await harness.stripe.charges.retrieve(charge, { expand: ['refunds'] })).toMatchObject({
      amount_refunded: 49_900,
      refunded: true,
      refunds: { data: [{ amount: 39_900 }, { amount: 10_000 }] },
    })
    expect((await refusalOf(harness.stripe.refunds.create({ charge }))).code).toBe('charge_already_refunded')
  })
})

describe('disputes', () => {
  it('open and close by control, and stop refunds', async () => {
    const { session, charge } = await paidCharge()
    const dispute = harness.control.openDispute({ session })
    expect(dispute).toMatchObject({ charge, amount: 49_900, status: 'needs_response' })
    expect((await harness.stripe.charges.retrieve(charge)).disputed).toBe(true)
    expect((await refusalOf(harness.stripe.refunds.create({ charge }))).code).toBe('charge_disputed')
    harness.control.closeDispute(dispute.id, 'lost')
    await until(() => harness.types().includes('charge.dispute.closed'))
    expect(last('charge.dispute.closed')).toMatchObject({ id: dispute.id, status: 'lost' })
    expect((await harness.stripe.disputes.retrieve(dispute.id)).status).toBe('lost')
  })
})

describe('time', () => {
  it('ends sessions, by the clock and by control', async () => {
    const { id } = await harness.makeSession({ expires_at: Math.floor(Date.now() / 1000) + 31 * 60 })
    const other = await harness.makeSession()
    await harness.control.expire(other.id)
    await harness.control.advanceClock(32 * 60)
    await until(() => harness.types().filter((type) => type === 'checkout.session.expired').length === 2)
    expect((await harness.stripe.checkout.sessions.retrieve(id)).status).toBe('expired')
    expect(await harness.control.pay(id)).toMatchObject({ kind: 'closed', session: { status: 'expired' } })
    await harness.control.setClock(0)
  })
})
