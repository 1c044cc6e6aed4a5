import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Harness, PRICE, refusalOf, startHarness } from './harness'

let harness: Harness
beforeEach(async () => {
  harness = await startHarness()
})
afterEach(() => harness.close())

describe('an idempotency key', () => {
  it('makes a second request the first one', async () => {
    const first = await harness.makeSession({}, { idempotencyKey: 'attempt-1' })
    const second = await harness.makeSession({}, { idempotencyKey: 'attempt-1' })
    expect(second.id).toBe(first.id)
    expect(second.lastResponse.headers['idempotent-replayed']).toBe('true')
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined()
    expect((await harness.stripe.checkout.sessions.list()).data).toHaveLength(1)
  })

  it('is refused with other parameters', async () => {
    await harness.makeSession({}, { idempotencyKey: 'k' })
    const refusal = await refusalOf(
      harness.makeSession({ customer_email: 'a@b.co' }, { idempotencyKey: 'k' }),
    )
    expect(refusal.rawType).toBe('idempotency_error')
    expect(refusal.statusCode).toBe(400)
    expect(refusal.message).toContain('same parameters they were first used with')
  })

  it('is in use while its first request is under way', async () => {
    harness.control.setFaults({ latencyMs: 100 })
    const first = harness.makeSession({}, { idempotencyKey: 'k' })
    const second = await refusalOf(harness.makeSession({}, { idempotencyKey: 'k' }))
    expect([second.statusCode, second.code]).toEqual([409, 'idempotency_key_in_use'])
    expect(second.headers?.['stripe-should-retry']).toBe('true')
    // The SDK waits and asks again, where it may.
    const third = await harness.makeSession({}, { idempotencyKey: 'k', maxNetworkRetries: 3 })
    expect(third.id).toBe((await first).id)
  })

  it('keeps a failure that came after the work, and replays it', async () => {
    const { control, stripe } = harness
    control.setFaults({ failNext: { count: 1, status: 500, afterEffect: true, path: '/checkout/sessions' } })
    const first = await refusalOf(harness.makeSession({}, { idempotencyKey: 'k' }))
    expect(first.statusCode).toBe(500)
    const second = await refusalOf(harness.makeSession({}, { idempotencyKey: 'k' }))
    expect(second.statusCode).toBe(500)
    expect(second.headers?.['idempotent-replayed']).toBe('true')
    expect((await stripe.checkout.sessions.list()).data).toHaveLength(1)
    expect((await harness.makeSession({}, { idempotencyKey: 'k2' })).status).toBe('open')
  })

  it('finds the work done when only the answer was lost', async () => {
    const { control, stripe } = harness
    control.setFaults({ failNext: { count: 1, status: 'cut', afterEffect: true, method: 'POST' } })
    // The SDK sends again by itself after a closed connection, with the same key.
    const session = await harness.makeSession({}, { idempotencyKey: 'k', maxNetworkRetries: 1 })
    expect(session.lastResponse.headers['idempotent-replayed']).toBe('true')
    expect((await stripe.checkout.sessions.list()).data).toHaveLength(1)
  })

  it('is not spent by a request that was malformed, nor by one turned away for now', async () => {
    const { control } = harness
    await refusalOf(harness.makeSession({ customer_email: 'ada' }, { idempotencyKey: 'k' }))
    control.setFaults({ failNext: { count: 1, status: 429 } })
    const limited = await refusalOf(harness.makeSession({}, { idempotencyKey: 'k' }))
    expect(limited.statusCode).toBe(429)
    expect((await harness.makeSession({}, { idempotencyKey: 'k' })).status).toBe('open')
  })

  it('keeps a refusal that needed a look inside, and is forgotten after a day', async () => {
    const { control, stripe } = harness
    const params = { line_items: [{ price: 'price_later', quantity: 1 }] }
    await refusalOf(harness.makeSession(params, { idempotencyKey: 'k' }))
    const { product } = await stripe.prices.retrieve(PRICE)
    control.seed({ prices: [{ id: 'price_later', product, currency: 'usd', unit_amount: 900 }] })
    const replayed = await refusalOf(harness.makeSession(params, { idempotencyKey: 'k' }))
    expect(replayed.headers?.['idempotent-replayed']).toBe('true')
    await control.advanceClock(25 * 60 * 60)
    expect((await harness.makeSession(params, { idempotencyKey: 'k' })).amount_total).toBe(900)
  })
})
