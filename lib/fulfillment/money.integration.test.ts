import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DatabaseHandle, openDatabase } from '@/db/client'
import { migrate } from '@/db/migrate'
import * as tables from '@/db/schema'
import { formatMoney, fromMajor, smallestStep, toMajor } from '@/lib/pricing/money'
import { createTestDatabase, type TestDatabase } from '@/sandbox/testing/database'
import { seedOfRun } from '@/sandbox/testing/random'
import { openShop, type Shop, someone } from '@/sandbox/testing/shop'

const HIGHEST = 1_000_000
const ROWS = 50_000
/** `npm run test:long` takes every amount; otherwise it is one in ten, from one that the seed chooses, and the highest. */
const NTH = process.env.MONEY_AMOUNTS === 'all' ? 1 : 10
const seed = seedOfRun('MONEY_SEED')

describe(`amounts from 0 to 1,000,000 minor units, one in ${NTH} (MONEY_SEED=${seed}), through the column`, () => {
  let database: TestDatabase
  let handle: DatabaseHandle

  beforeAll(async () => {
    database = await createTestDatabase()
    await migrate(database.url)
    handle = openDatabase(database.url)
  })
  afterAll(async () => {
    await handle.close()
    await database.drop()
  })

  const { id, productId, totalAmount } = tables.purchase

  /** Writes amounts through the column of the product's own schema, in rows named after them. */
  async function write(amounts: number[], currency: string): Promise<void> {
    const rows = amounts.map((amount) => {
      const text = totalAmount.mapToDriverValue(toMajor({ amount, currency }))
      return `('${amount}','every','${text}')`
    })
    await handle.db.execute(
      sql`insert into ${tables.purchase} (${sql.identifier(id.name)}, ${sql.identifier(productId.name)}, ${sql.identifier(totalAmount.name)}) values ${sql.raw(rows.join())}`,
    )
  }

  /** The amounts that come back as another one, or as a number that Course Builder would refuse for its decimals. */
  async function differences(currency: string): Promise<string[]> {
    const rows = await handle.db.select({ id, totalAmount }).from(tables.purchase)
    const wrong = rows.filter((row) => {
      const number = Number(row.totalAmount)
      const decimals = number.toString().split('.')[1]?.length ?? 0
      return decimals > 2 || `${fromMajor(`${number}`, currency).amount}` !== row.id
    })
    return wrong.map((row) => `${row.id}: ${row.totalAmount}`)
  }

  test.for(['usd', 'jpy', 'kwd'])('%s: not one difference', { timeout: 240_000 }, async (currency) => {
    const step = smallestStep(currency)
    const amounts = Array.from({ length: HIGHEST / step + 1 }, (_, index) => index * step).filter(
      (amount, index) => index % NTH === seed % NTH || amount === HIGHEST,
    )
    const wrong: string[] = []
    let count = 0
    for (let from = 0; from < amounts.length; from += ROWS) {
      await write(amounts.slice(from, from + ROWS), currency)
      count += await handle.db.$count(tables.purchase)
      wrong.push(...(await differences(currency)))
      await handle.db.execute(sql`truncate table ${tables.purchase}`)
    }
    expect(wrong).toEqual([])
    expect(count).toBe(amounts.length)
    expect(count).toBeGreaterThan(HIGHEST / step / NTH)
  })
})

describe('a sale in', () => {
  let shop: Shop

  beforeAll(async () => {
    shop = await openShop()
  })
  afterAll(() => shop.stop())

  const sales = [
    { currency: 'usd', price: 12_345, quantity: 3 },
    { currency: 'usd', price: 50, quantity: 1 },
    { currency: 'jpy', price: 32_000, quantity: 1 },
    { currency: 'jpy', price: 4999, quantity: 7 },
    { currency: 'kwd', price: 12_340, quantity: 1 },
    { currency: 'kwd', price: 99_990, quantity: 3 },
  ]

  test.for(sales)(
    '$currency, $quantity of $price, is one amount everywhere',
    async ({ currency, price, quantity }) => {
      const { productId, slug } = await shop.sell({ price: { amount: price, currency } })
      const total = { amount: price * quantity, currency }
      const { body } = await shop.send(`/api/workshop/${slug}/offer?quantity=${quantity}`)
      expect(body).toMatchObject({ total })
      await expectEverywhere(await buy(productId, quantity), total)
    },
  )

  test.for([
    { currency: 'jpy', price: 333, percentOff: 50, amount: 166 },
    { currency: 'kwd', price: 12_330, percentOff: 50, amount: 6160 },
  ])(
    '$currency, at $percentOff % off, is what was shown',
    async ({ currency, price, percentOff, amount }) => {
      const code = `OFF_${currency}`.toUpperCase()
      const { productId, slug } = await shop.sell({
        price: { amount: price, currency },
        coupons: { earlyBird: code },
        earlyBirdEndDate: '2099-01-01',
        discounts: [{ code, percentOff }],
      })
      const { body } = await shop.send(`/api/workshop/${slug}/offer`)
      expect(body).toMatchObject({ total: { amount, currency } })
      await expectEverywhere(await buy(productId, 1), { amount, currency })
    },
  )

  async function buy(productId: string, quantity: number) {
    const email = someone()
    return { email, sessionId: await shop.buy({ productId, quantity }, { email }) }
  }

  /** What Stripe took, what is stored, what the page says and what the letter says. */
  async function expectEverywhere(
    { email, sessionId }: { email: string; sessionId: string },
    total: { amount: number; currency: string },
  ) {
    await shop.delivered()
    const session = await shop.client.checkout.sessions.retrieve(sessionId)
    expect({ amount: session.amount_total, currency: session.currency }).toEqual(total)
    const { amountTotal, currency, purchaseId } = await shop.checkoutOf(sessionId)
    expect({ amount: amountTotal, currency }).toEqual(total)
    const [purchase] = await shop.db
      .select()
      .from(tables.purchase)
      .where(eq(tables.purchase.id, purchaseId ?? ''))
    expect(fromMajor(`${Number(purchase?.totalAmount)}`, total.currency)).toEqual(total)
    expect((await shop.status(sessionId)).purchase?.total).toEqual(total)
    await expect.poll(() => shop.mailTo(email), { timeout: 10_000 }).toHaveLength(1)
    const letter = shop.mail.messages().find(({ envelope }) => envelope.to.includes(email))
    expect(letter?.text).toContain(formatMoney(total))
  }
})

describe('an amount that its currency has no coin for', () => {
  let shop: Shop

  beforeAll(async () => {
    shop = await openShop()
  })
  afterAll(() => shop.stop())

  const price = { amount: 12_345, currency: 'kwd' }

  test('is refused before it is ever a price', async () => {
    await expect(shop.sell({ price })).rejects.toThrow(/multiple of ten/)
  })

  test('costs a plain error at checkout where it is one all the same, and is rounded nowhere', async () => {
    const { productId, priceId, slug } = await shop.sell({ price: { ...price, amount: 12_350 } })
    // Not to be had through its API.
    const state = shop.stripe.snapshot()
    const stored = state.prices[priceId]
    if (!stored) throw new Error('the price is not there')
    stored.unit_amount = price.amount
    shop.stripe.restore(state)
    const answer = await shop.register({ productId })
    expect(answer).toMatchObject({ status: 502, body: { code: 'misconfigured' } })
    expect(await shop.checkouts(productId)).toEqual([])
    expect(shop.sessionCalls(priceId)).toEqual([])
    const { body } = await shop.send(`/api/workshop/${slug}/offer`)
    expect(body).not.toHaveProperty('total')
    expect(shop.logs()).toContain('steps of 10')
  })
})
