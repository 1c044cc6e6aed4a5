import { randomBytes } from 'node:crypto'
import { and, eq, like } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import * as tables from '@/db/schema'
import { someone } from '@/sandbox/testing/shop'
import { fulfill } from './fulfill'
import { fulfillCharge } from './fulfill-charge'
import {
  alarms,
  database,
  deps,
  type Fields,
  gate,
  openWireToStripe,
  paid,
  recorded,
  rowsOf,
  type Sold,
  sandbox,
  sell,
  tellInstead,
} from './wire.testing'

/** What Stripe may say of a session beside the usual: what is missing, more than one, too long, or goes by another name. */

openWireToStripe()

const effectsOf = (name: string, kind: string) =>
  database.db
    .select()
    .from(tables.outbox)
    .where(and(like(tables.outbox.id, `%${name}%`), like(tables.outbox.kind, kind)))

const chargesOf = (identifier: string) =>
  database.db.select().from(tables.merchantCharge).where(eq(tables.merchantCharge.identifier, identifier))

describe('a session of several things', () => {
  const other = async () => (await sell({}, { known: false })).priceId

  test('is a sale of the one that is ours, for all that Stripe took', async () => {
    const ours = await sell()
    const { id } = await paid([{ price: await other() }, { price: ours.priceId, quantity: 3 }])
    const { checkout, purchase } = await recorded(id)
    expect(purchase).toMatchObject({ productId: ours.productId, bulkCouponId: expect.any(String) })
    expect(Number(purchase.totalAmount)).toBe(4 * 499)
    expect(checkout).toMatchObject({ quantity: 3, amountTotal: 4 * 49_900, flags: [] })
  })

  test('though ours is the eleventh line, and a session brings along ten', async () => {
    const ours = await sell()
    const price = await other()
    const { id } = await paid([...Array.from({ length: 10 }, () => ({ price })), { price: ours.priceId }])
    tellInstead(({ line_items: lines }) => {
      const { data } = lines as { data: unknown[] }
      return { line_items: { ...(lines as Fields), data: data.slice(0, 10), has_more: true } }
    })
    expect((await recorded(id)).purchase.productId).toBe(ours.productId)
  })

  test('counts the seats of two lines of the same workshop', async () => {
    const ours = await sell()
    const { id } = await paid([{ price: ours.priceId }, { price: ours.priceId, quantity: 2 }])
    expect((await recorded(id)).checkout.quantity).toBe(3)
  })

  test('is one purchase where two are ours, and a person hears of the other', async () => {
    const [first, second] = [await sell(), await sell()]
    const { id } = await paid([{ price: first.priceId }, { price: second.priceId }])
    const { checkout, purchase } = await recorded(id)
    expect(purchase.productId).toBe(first.productId)
    expect(checkout.flags).toEqual(['several_products'])
    expect(alarms).toMatchObject([{ event: 'sale.several_products', alsoSold: [second.productId] }])
  })
})

describe('what a session lacks', () => {
  test('everything that may be null is left out', async () => {
    const { priceId } = await sell()
    const { id, email } = await paid([{ price: priceId }])
    const bare = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(bare)
        : value !== null && typeof value === 'object'
          ? Object.fromEntries(
              Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, bare(inner)]])),
            )
          : value
    gate.hooks.rewrite = (_, answer) => bare(answer) as Fields
    const { user, checkout } = await recorded(id)
    expect(user.email).toBe(email)
    expect(checkout).toMatchObject({ amountTotal: 49_900, chargeId: expect.stringMatching(/^ch_/) })
  })

  test.each([
    ['no e-mail at all', () => null],
    ['an e-mail longer than any mail server takes', () => `${'a'.repeat(250)}@example.com`],
  ])('%s: recorded, nobody is written to, and a person hears of it', async (_, address) => {
    const { priceId } = await sell()
    const { id } = await paid([{ price: priceId }])
    tellInstead((session) => ({
      customer_details: { ...(session.customer_details as Fields), email: address() },
      customer_email: null,
    }))
    const { checkout, purchase } = await recorded(id)
    expect(checkout.flags).toEqual(['no_address'])
    expect(alarms).toMatchObject([{ event: 'sale.no_address', sessionId: id }])
    sandbox.control.refund({ session: id, amount: 49_900 })
    await fulfill(deps, id)
    expect((await rowsOf(id)).purchase.status).toBe('Refunded')
    expect(await effectsOf(purchase.id, 'email.%')).toEqual([])
  })

  test('its customer: a guest', async () => {
    const { priceId } = await sell()
    const { id } = await paid([{ price: priceId }])
    tellInstead(() => ({ customer: null }))
    const { checkout } = await recorded(id)
    const identifier = `guest_${checkout.chargeId}`
    const { merchantCustomer } = tables
    expect(await database.db.$count(merchantCustomer, eq(merchantCustomer.identifier, identifier))).toBe(1)
  })

  test('its charge, although it is paid: recorded, and completed with the refund that names it', async () => {
    const { priceId } = await sell()
    const { id } = await paid([{ price: priceId }])
    let intent = ''
    tellInstead(({ payment_intent: given }) => {
      intent = String((given as Fields).id)
      return { payment_intent: { ...(given as Fields), latest_charge: null } }
    })
    const before = await recorded(id)
    expect(before.checkout).toMatchObject({ chargeId: null, paymentIntentId: intent })
    expect(before.purchase).toMatchObject({ status: 'Valid', merchantChargeId: null })
    gate.hooks.rewrite = undefined
    const { charge } = sandbox.control.refund({ session: id, amount: 10_000 })
    expect(await fulfillCharge(deps, charge, intent)).toMatchObject({ created: false })
    const after = await rowsOf(id)
    expect(after.checkout).toMatchObject({ chargeId: charge, amountRefunded: 10_000 })
    const [row] = await chargesOf(charge)
    expect(after.purchase).toMatchObject({ stripeChargeId: charge, merchantChargeId: row?.id })
  })
})

describe('what is longer or odder than a column', () => {
  test('a name of 256 characters, each of four bytes; metadata of 500', async () => {
    const { priceId } = await sell()
    const { id } = await paid([{ price: priceId }], `${'x'.repeat(64)}@${'y'.repeat(180)}.example`)
    tellInstead((session) => ({
      customer_details: { ...(session.customer_details as Fields), name: '🥚'.repeat(256) },
      metadata: {
        ...(session.metadata as Fields),
        ip_address: '1'.repeat(500),
        variant: 'v'.repeat(500),
        buyerCountry: 'United States',
        checkoutId: 'x'.repeat(500),
      },
    }))
    const { user, checkout, purchase } = await recorded(id)
    // As Course Builder counts: in UTF-16's units.
    expect(user.name).toBe('🥚'.repeat(127))
    expect(user.email).toHaveLength(253)
    expect(checkout.variant).toBe('v'.repeat(64))
    expect(checkout.country).not.toBe('United States')
    expect(purchase.ipAddress).toBe('1'.repeat(191))
  })

  test('two people whose addresses the database takes for one', async () => {
    const { priceId } = await sell()
    const name = randomBytes(4).toString('hex')
    const addresses = [`jose.${name}@example.com`, `josé.${name}@example.com`, `JOSÉ.${name}@EXAMPLE.com `]
    const [plain, accented, again] = await Promise.all(
      addresses.map(async (email) => {
        const { id } = await paid([{ price: priceId }])
        return { id, email }
      }),
    )
    const buyers: string[] = []
    for (const sale of [plain, accented, again]) {
      if (!sale) continue
      tellInstead((session) => ({
        customer_details: { ...(session.customer_details as Fields), email: sale.email },
      }))
      const { user, checkout } = await recorded(sale.id)
      expect(checkout.email).toBe(sale.email.trim())
      buyers.push(user.id)
    }
    expect(buyers[1]).not.toBe(buyers[0])
    expect(buyers[2]).toBe(buyers[1])
    const [second] = await database.db
      .select()
      .from(tables.user)
      .where(eq(tables.user.id, buyers[1] ?? ''))
    // An address that Course Builder's reader takes for one.
    expect(second?.email).toMatch(/^[0-9a-f]{32}@unknown\.invalid$/)
  })

  test.each(['İstanbul', 'STRAẞE', 'ﬁnn', 'ǆ', '日本', '"john doe"'])(
    'the address %s@… twice: one user',
    async (local) => {
      const { priceId } = await sell()
      const email = `${local}.${randomBytes(4).toString('hex')}@example.com`
      const ids: string[] = []
      for (const spelled of [email, email.toLowerCase()]) {
        const { id } = await paid([{ price: priceId }])
        tellInstead((session) => ({
          customer_details: { ...(session.customer_details as Fields), email: spelled },
        }))
        ids.push((await recorded(id)).user.id)
      }
      expect(ids[1]).toBe(ids[0])
    },
  )
})

describe('a code that stands for a coupon of another name', () => {
  async function throughLink(sold: Sold, code: string) {
    const { id: coupon } = await deps.stripe.coupons.create({ percent_off: 40, duration: 'once' })
    await deps.stripe.promotionCodes.create({ code, promotion: { type: 'coupon', coupon } })
    const links = Object.values(sandbox.control.snapshot().paymentLinks)
    const { id: link } = links.find(({ url }) => url === sold.paymentLink) ?? { id: '' }
    const { id } = sandbox.control.openLink(link, { prefilled_promo_code: code })
    await sandbox.control.pay(id, { email: someone('code') })
    return recorded(id)
  }

  test("at a country's price: restricted, and flagged", async () => {
    const code = `IN${randomBytes(4).toString('hex').toUpperCase()}`
    const { purchase, checkout } = await throughLink(await sell({ coupons: { ppp: { IN: code } } }), code)
    expect(Number(purchase.totalAmount)).toBe(299.4)
    expect(purchase.status).toBe('Restricted')
    expect(checkout.flags).toEqual(['coupon_without_claim'])
  })

  test("at a member's: flagged", async () => {
    const code = `M${randomBytes(4).toString('hex').toUpperCase()}`
    const { purchase, checkout } = await throughLink(await sell({ coupons: { member: code } }), code)
    expect(purchase.status).toBe('Valid')
    expect(checkout.flags).toEqual(['coupon_without_claim'])
  })
})
