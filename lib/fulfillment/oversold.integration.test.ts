import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { outbox } from '@/db/schema'
import { openShop, type Shop, someone } from '@/sandbox/testing/shop'

let shop: Shop

beforeAll(async () => {
  shop = await openShop({ OVERSOLD: 'refund' })
})
afterAll(() => shop.stop())
afterEach(() => {
  shop.stripe.setFaults({})
  shop.stripe.setDeliveries({})
})

/** A workshop whose only seat is gone, and somebody who pays for one through its payment link. */
async function sellOneTooMany() {
  const { productId, paymentLinkId } = await shop.sell({ capacity: 1 })
  await shop.buy({ productId })
  const email = someone()
  const { id } = shop.stripe.openLink(paymentLinkId)
  await shop.stripe.pay(id, { email })
  return { productId, email, sessionId: id }
}

const refundsOf = async (sessionId: string) => {
  const { chargeId } = await shop.checkoutOf(sessionId)
  const { data } = await shop.client.refunds.list({ charge: chargeId ?? '' })
  return data
}

/** Lets the scheduler run until the sale is what it should become; what is due later is due now. */
async function untilStatus(sessionId: string, status: string) {
  const reached = async () => {
    await shop.makeDue('failed')
    await shop.cron('outbox')
    return (await shop.status(sessionId)).status
  }
  await expect.poll(reached, { timeout: 20_000, interval: 200 }).toBe(status)
}

/** What an address has got, after the scheduler has run once more. */
async function lettersTo(address: string) {
  await shop.cron('outbox')
  return shop.mailTo(address)
}

const refundCalls = () =>
  shop.stripe.requests().filter(({ method, path }) => method === 'POST' && path === '/v1/refunds')

describe('money taken after the last seat, with OVERSOLD=refund', () => {
  test('goes back once, and the buyer is told why and nothing else', async () => {
    const { productId, email, sessionId } = await sellOneTooMany()
    await untilStatus(sessionId, 'refunded')
    await shop.delivered()
    await shop.cron('outbox')
    expect(await refundsOf(sessionId)).toMatchObject([{ amount: 49_900, status: 'succeeded' }])
    await expect.poll(() => lettersTo(email), { timeout: 20_000 }).toHaveLength(1)
    expect(shop.mailTo(email)[0]).toMatch(/^The workshop was full, and you get your money back: Workshop /)
    expect(await shop.checkoutOf(sessionId)).toMatchObject({
      flags: ['oversold', 'refunding'],
      status: 'refunded',
      amountRefunded: 49_900,
    })
    const statuses = (await shop.purchases(productId)).map(({ status }) => status)
    expect(statuses.sort()).toEqual(['Refunded', 'Valid'])
    expect(shop.logs()).toContain('"event":"sale.oversold"')
  })

  test('is still under way while Stripe gives nothing back, and nobody is told that they are in', async () => {
    shop.stripe.setFaults({ failNext: { count: 1000, status: 500, path: '/v1/refunds', method: 'POST' } })
    const { sessionId, email } = await sellOneTooMany()
    await expect.poll(() => refundCalls().length, { timeout: 10_000 }).toBeGreaterThan(0)
    expect((await shop.status(sessionId)).status).toBe('processing')
    expect(shop.mailTo(email)).toEqual([])
    shop.stripe.setFaults({})
    await untilStatus(sessionId, 'refunded')
    expect(await refundsOf(sessionId)).toHaveLength(1)
  })

  test('is one refund when Stripe made it and its answer was cut off', async () => {
    shop.stripe.setFaults({
      failNext: { count: 1, status: 'cut', path: '/v1/refunds', method: 'POST', afterEffect: true },
    })
    const { sessionId, email } = await sellOneTooMany()
    await untilStatus(sessionId, 'refunded')
    expect(await refundsOf(sessionId)).toHaveLength(1)
    await shop.delivered()
    await shop.cron('outbox')
    await expect.poll(() => lettersTo(email), { timeout: 20_000 }).toHaveLength(1)
  })

  test('is told though no webhook of the refund ever comes', async () => {
    shop.stripe.setDeliveries({ drop: ['charge.refunded'] })
    const { sessionId, email } = await sellOneTooMany()
    await untilStatus(sessionId, 'refunded')
    await expect.poll(() => lettersTo(email), { timeout: 20_000 }).toHaveLength(1)
  })

  test('that a person has given back already is not given back again', async () => {
    shop.stripe.setDeliveries({ hold: true })
    const { productId, paymentLinkId } = await shop.sell({ capacity: 1 })
    await shop.buy({ productId })
    const { id } = shop.stripe.openLink(paymentLinkId)
    await shop.stripe.pay(id, { email: someone() })
    shop.stripe.refund({ session: id })
    shop.stripe.clearRequests()
    shop.stripe.setDeliveries({})
    await shop.stripe.flush()
    await untilStatus(id, 'refunded')
    expect(refundCalls()).toEqual([])
  })

  test('that Stripe refuses to give back is an alarm, and waits for a person', async () => {
    shop.stripe.setFaults({ failNext: { count: 1000, status: 500, path: '/v1/refunds', method: 'POST' } })
    const { sessionId } = await sellOneTooMany()
    const { purchaseId } = await shop.checkoutOf(sessionId)
    const effect = async () => {
      const [row] = await shop.db
        .select()
        .from(outbox)
        .where(eq(outbox.id, `oversold:${purchaseId}`))
      return row
    }
    await expect.poll(async () => (await effect())?.lastError, { timeout: 10_000 }).toBeTruthy()
    await shop.db
      .update(outbox)
      .set({ payload: { chargeId: 'ch_nobody', sessionId, purchaseId } })
      .where(eq(outbox.id, `oversold:${purchaseId}`))
    shop.stripe.setFaults({})
    const status = async () => {
      await shop.makeDue()
      await shop.cron('outbox')
      return (await effect())?.status
    }
    await expect.poll(status, { timeout: 20_000, interval: 200 }).toBe('dead')
    expect(shop.logs()).toContain('refused for good')
    expect((await shop.status(sessionId)).status).toBe('processing')
  })

  test('is kept and welcomed where OVERSOLD is flag', async () => {
    await shop.restart({ OVERSOLD: 'flag' })
    try {
      const { sessionId, email } = await sellOneTooMany()
      await shop.delivered()
      await shop.cron('outbox')
      await expect.poll(() => lettersTo(email), { timeout: 20_000 }).toHaveLength(1)
      expect(shop.mailTo(email)[0]).toMatch(/^You're in/)
      expect(await refundsOf(sessionId)).toEqual([])
      expect((await shop.checkoutOf(sessionId)).flags).toEqual(['oversold'])
    } finally {
      await shop.restart()
    }
  })
})
