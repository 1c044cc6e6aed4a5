import Stripe from 'stripe'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, refusalOf, startHarness } from './harness'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.close())
afterEach(() => harness.control.setFaults({}))

describe('faults', () => {
  it('fail the next requests, on a path, and then no more', async () => {
    harness.control.setFaults({ failNext: { count: 2, status: 503, path: '/checkout/sessions' } })
    expect((await harness.stripe.balance.retrieve()).object).toBe('balance')
    expect((await refusalOf(harness.makeSession())).statusCode).toBe(503)
    expect((await refusalOf(harness.makeSession())).statusCode).toBe(503)
    expect((await harness.makeSession()).status).toBe('open')
  })

  it('slow answers down', async () => {
    harness.control.setFaults({ latencyMs: 120 })
    const started = performance.now()
    await harness.makeSession()
    expect(performance.now() - started).toBeGreaterThan(115)
  })

  it('fail a share of requests', async () => {
    harness.control.setFaults({ failRate: 1 })
    expect((await refusalOf(harness.makeSession())).statusCode).toBe(500)
  })

  it('hang until they are lifted', async () => {
    harness.control.setFaults({ hang: true })
    const refusal = await refusalOf(harness.makeSession({}, { timeout: 60 }))
    expect(refusal).toBeInstanceOf(Stripe.errors.StripeConnectionError)
    harness.control.setFaults({})
    expect((await harness.makeSession()).status).toBe('open')
  })

  it('refuse connections, but never the controls', async () => {
    harness.control.setFaults({ refuse: true })
    expect(await refusalOf(harness.makeSession())).toBeInstanceOf(Stripe.errors.StripeConnectionError)
    const health = await fetch(`${harness.sandbox.url}/_sandbox/health`)
    expect(await health.json()).toEqual({ ok: true })
  })

  it('do the work and lose the answer', async () => {
    const before = (await harness.stripe.checkout.sessions.list()).data.length
    harness.control.setFaults({ failNext: { count: 9, status: 'cut', afterEffect: true, method: 'POST' } })
    await refusalOf(harness.makeSession({}, { idempotencyKey: 'lost' }))
    expect((await harness.stripe.checkout.sessions.list()).data).toHaveLength(before + 1)
  })
})
