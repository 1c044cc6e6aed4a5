import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import * as tables from '@/db/schema'
import { sweepCheckouts } from '@/lib/checkout/sweep'
import { createMailer } from '@/lib/email/transport'
import { deliverDue } from '@/lib/outbox/deliver'
import { type CommerceUnderTest, commerceOn } from '@/sandbox/testing/commerce'
import { openShop, type Shop, someone } from '@/sandbox/testing/shop'
import { expectLedToLink, expectRecordedOnce, openSales, payAll, recover } from './faults.testing'
import { dueEvent, store } from './inbox'
import { work, workDue } from './work'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

let shop: Shop
/** Our clock against the real one, in milliseconds. */
let offset = 0
let deps: CommerceUnderTest

beforeAll(async () => {
  shop = await openShop()
  const { STRIPE_SECRET_KEY = '', STRIPE_API_BASE_URL = '' } = shop.env
  deps = commerceOn(shop, {
    secretKey: STRIPE_SECRET_KEY,
    baseUrl: STRIPE_API_BASE_URL,
    now: () => new Date(Date.now() + offset),
  })
})
afterAll(() => shop.stop())
afterEach(async () => {
  offset = 0
  shop.stripe.setDeliveries({})
  shop.stripe.setFaults({})
  shop.mail.faults.failNext = 0
  await shop.stripe.setClock(0)
})

/** Paid, and nobody has told us. */
async function paidUnheard() {
  const { productId } = await shop.sell()
  const [sale] = await openSales(shop, productId, 1)
  if (!sale) throw new Error('no sale')
  shop.stripe.setDeliveries({ drop: true })
  await payAll(shop, [sale])
  const event = await shop.eventOf(sale.sessionId, 'checkout.session.completed')
  return { productId, sale, event }
}

const expectSoldOnce = async (productId: string) => expect(await shop.purchases(productId)).toHaveLength(1)

describe('the inbox, when our clock jumps', () => {
  const receive = async ({ event }: Awaited<ReturnType<typeof paidUnheard>>) => {
    const status = await store(deps.db, event, deps.now())
    return status === 'pending' ? work(deps, dueEvent({ ...event, payload: event })) : status
  }
  const stateOf = async (id: string) => {
    const [row] = await shop.db.select().from(tables.stripeEvent).where(eq(tables.stripeEvent.id, id))
    return { status: row?.status, attempts: row?.attempts }
  }
  const sweepThrice = async () => {
    for (let time = 0; time < 3; time++) await workDue(deps, { limit: 100, budgetMs: 5000 })
  }

  /** An event that failed once at the right time, and once more a day ahead of it. */
  async function failedAheadOfTime() {
    const unheard = await paidUnheard()
    shop.stripe.setFaults({ failRate: 1 })
    await expect(receive(unheard)).rejects.toThrow()
    offset = DAY
    await sweepThrice()
    // Due by that clock, so it was tried: once, then later and later.
    expect(await stateOf(unheard.event.id)).toEqual({ status: 'pending', attempts: 2 })
    offset = 0
    shop.stripe.setFaults({})
    await sweepThrice()
    expect(await stateOf(unheard.event.id)).toEqual({ status: 'pending', attempts: 2 })
    return unheard
  }

  test('a day ahead and back: a redelivery is worked on at once', async () => {
    const unheard = await failedAheadOfTime()
    expect(await receive(unheard)).toMatchObject({ kind: 'recorded', created: true })
    expect(await receive(unheard)).toBe('processed')
    offset = DAY + HOUR
    await sweepThrice()
    await expectSoldOnce(unheard.productId)
  })

  test('a day ahead and back: without a redelivery it waits for that time, and no longer', async () => {
    const { productId, event } = await failedAheadOfTime()
    offset = DAY + MINUTE
    await sweepThrice()
    expect(await stateOf(event.id)).toEqual({ status: 'processed', attempts: 3 })
    await expectSoldOnce(productId)
  })

  test('a day behind and back: it is due at once', async () => {
    const unheard = await paidUnheard()
    shop.stripe.setFaults({ failRate: 1 })
    offset = -DAY
    await expect(receive(unheard)).rejects.toThrow()
    await sweepThrice()
    expect(await stateOf(unheard.event.id)).toEqual({ status: 'pending', attempts: 1 })
    shop.stripe.setFaults({})
    offset = 0
    await sweepThrice()
    expect(await stateOf(unheard.event.id)).toEqual({ status: 'processed', attempts: 2 })
    await expectSoldOnce(unheard.productId)
  })
})

describe('the outbox, when our clock jumps', () => {
  const deliverThrice = async () => {
    const mailer = createMailer({ smtpUrl: shop.env.SMTP_URL, from: shop.env.EMAIL_FROM ?? '' })
    const { db, now, log } = deps
    for (let time = 0; time < 3; time++)
      await deliverDue({ db, mailer, now, log }, { limit: 100, budgetMs: 5000 })
  }
  const letterOf = async (sessionId: string) => {
    const rows = await shop.db.select().from(tables.outbox)
    const row = rows.find(({ payload }) => payload.sessionId === sessionId)
    return { status: row?.status, attempts: row?.attempts }
  }
  const recorded = async () => {
    const { sale } = await paidUnheard()
    // What sales before this one left is out of the way.
    await deliverThrice()
    await deps.fulfill(sale.sessionId)
    return sale
  }

  test('a day ahead and back: a letter that failed then is sent then, once', async () => {
    const { sessionId, email } = await recorded()
    offset = DAY
    shop.mail.faults.failNext = 1
    await deliverThrice()
    expect(await letterOf(sessionId)).toEqual({ status: 'pending', attempts: 1 })
    offset = 0
    await deliverThrice()
    expect(await letterOf(sessionId)).toEqual({ status: 'pending', attempts: 1 })
    offset = DAY + HOUR
    await deliverThrice()
    expect(await letterOf(sessionId)).toEqual({ status: 'sent', attempts: 2 })
    expect(shop.mailTo(email)).toHaveLength(1)
  })

  test('weeks ahead: nothing is given up for that', async () => {
    const { sessionId, email } = await recorded()
    offset = 20 * DAY
    shop.mail.faults.failNext = 1
    await deliverThrice()
    expect(await letterOf(sessionId)).toEqual({ status: 'pending', attempts: 1 })
    offset += HOUR
    await deliverThrice()
    expect(shop.mailTo(email)).toHaveLength(1)
  })

  test('a day behind and back: it waits until the time is right', async () => {
    const { sessionId, email } = await recorded()
    offset = -DAY
    await deliverThrice()
    expect(await letterOf(sessionId)).toEqual({ status: 'pending', attempts: 0 })
    offset = 0
    await expect
      .poll(async () => {
        await deliverThrice()
        return letterOf(sessionId)
      })
      .toEqual({ status: 'sent', attempts: 1 })
    expect(shop.mailTo(email)).toHaveLength(1)
  })
})

test('a clock that is a day ahead gives no seat away: Stripe says when a session is over', async () => {
  const { productId } = await shop.sell({ capacity: 1 })
  const sessionId = await shop.checkout({ productId })
  offset = DAY
  await sweepCheckouts(deps, { budgetMs: 5000 })
  expect(await shop.checkoutOf(sessionId)).toMatchObject({ status: 'open' })
  expect(await shop.register({ productId })).toMatchObject({ body: { code: 'sold_out' } })
  await shop.stripe.pay(sessionId, { email: someone() })
  await expectSoldOnce(productId)
})

describe("when Stripe's clock and ours are an hour apart", () => {
  test.for([
    { is: 'ahead', hours: 1, refused: { capacity: 5 }, taken: {} },
    { is: 'behind', hours: -1, refused: {}, taken: { capacity: 5 } },
  ])(
    'Stripe $is: what it takes is sold, what it refuses ends at the payment link',
    async ({ hours, refused, taken }) => {
      const [odd, even] = await Promise.all([shop.sell(refused), shop.sell(taken)])
      const early = await openSales(shop, even.productId, 1)
      await shop.stripe.setClock(hours * 3600)
      // A session that would end too soon by Stripe's clock, or too late.
      await expectLedToLink(shop, odd, /^misconfigured$/)
      const sales = [...early, ...(await openSales(shop, even.productId, 2))]

      await payAll(shop, sales)
      await shop.stripe.setClock(0)
      await recover(shop)
      await expectRecordedOnce(shop, even.productId, sales)
      await expect(shop.checkout({ productId: odd.productId })).resolves.toMatch(/^cs_/)
    },
  )
})
