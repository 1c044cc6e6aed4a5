import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { fromJson } from '@/db/json'
import * as tables from '@/db/schema'
import { newVisitor, openShop, type Shop, someone } from '@/sandbox/testing/shop'
import { jsonLines, runOps } from './testing/run'

// Each command is a process of its own, which takes its time on a small machine.
vi.setConfig({ testTimeout: 180_000 })

let shop: Shop
let productId: string
beforeAll(async () => {
  shop = await openShop()
  productId = (await shop.sell()).productId
})
afterAll(() => shop.stop())

const ops = (...args: string[]) => runOps(args, shop.env)
const report = async () => jsonLines((await ops('report', '--product', productId, '--json')).out)
const userOf = async (email: string) =>
  (await shop.db.select().from(tables.user).where(eq(tables.user.email, email)))[0]

async function bought(email: string, quantity = 1, visitor = newVisitor()) {
  const sessionId = await shop.buy(
    { productId, quantity, email, allowDuplicate: true },
    { email, name: 'Grace Hopper' },
    visitor,
  )
  await shop.delivered()
  return sessionId
}

/** Every table with every row, as text. */
async function everything(): Promise<string> {
  const parts = []
  for (const table of Object.values(tables)) {
    if (typeof table !== 'object') continue
    parts.push(JSON.stringify(await shop.db.select().from(table)))
  }
  return parts.join('\n').toLowerCase()
}

test('a forgotten person is nowhere, their sale still is, and nothing brings them back', async () => {
  const email = someone('forgotten')
  const visitor = newVisitor()
  const sessionId = await bought(email, 1, visitor)
  await shop.register({ productId, email }, visitor)
  const seen = () => shop.db.$count(tables.exposure, eq(tables.exposure.visitorId, visitor.id ?? ''))
  await expect.poll(seen, { timeout: 10_000 }).toBe(1)
  const reported = await report()
  expect(reported).toMatchObject([{ variants: [{ exposures: 1, completions: 1 }] }])
  const before = await shop.checkoutOf(sessionId)
  expect(await everything()).toContain(email)
  const { purchaseId } = before
  const [bill] = await shop.db
    .select()
    .from(tables.purchase)
    .where(eq(tables.purchase.id, purchaseId ?? ''))
  const traces = { ipAddress: '198.51.100.77', city: 'Trondheim', state: 'Trøndelag' }
  await shop.db
    .update(tables.purchase)
    .set(traces)
    .where(eq(tables.purchase.id, purchaseId ?? ''))
  const profile = { image: 'https://faces.example/g.png', emailVerified: new Date(), fields: { bio: 'Navy' } }
  await shop.db
    .update(tables.user)
    .set(profile)
    .where(eq(tables.user.id, bill?.userId ?? ''))

  const dry = await ops('forget', '--email', email)
  expect(dry).toMatchObject({ code: 0, err: '' })
  expect(dry.out).toContain('1 purchase and 2 checkouts')
  expect(dry.out).toContain(before.customerId ?? '-')
  expect(await everything()).toContain(email)

  expect(await ops('forget', '--email', email.toUpperCase(), '--yes')).toMatchObject({ code: 0, err: '' })
  const left = await everything()
  expect(left).not.toContain(email)
  expect(left).not.toContain('grace hopper')
  // Nor is the browser that they bought with, and the figures are what they were.
  expect(left).not.toContain(visitor.id)
  for (const trace of [...Object.values(traces), profile.image, profile.fields.bio])
    expect(left).not.toContain(trace.toLowerCase())
  expect(await shop.checkoutOf(sessionId)).toMatchObject({
    ...{ addressHash: null, url: null, clientSecret: null, params: null, receiptUrl: null },
  })
  expect(await report()).toEqual(reported)
  const kept = await shop.checkoutOf(sessionId)
  for (const key of ['purchaseId', 'amountTotal', 'currency', 'chargeId', 'sessionId'] as const)
    expect(kept[key]).toBe(before[key])

  // A refund, a lost row and a repair later they are still forgotten.
  const [row] = await shop.db
    .select()
    .from(tables.purchase)
    .where(eq(tables.purchase.id, kept.purchaseId ?? ''))
  await shop.db.delete(tables.user).where(eq(tables.user.id, row?.userId ?? ''))
  expect(await ops('reconcile', '--fix')).toMatchObject({ code: 0 })
  shop.stripe.refund({ session: sessionId })
  await shop.delivered()
  const [refunded] = await shop.db
    .select()
    .from(tables.purchase)
    .where(eq(tables.purchase.id, kept.purchaseId ?? ''))
  expect(refunded).toMatchObject({ status: 'Refunded', userId: row?.userId })
  expect((await shop.checkoutOf(sessionId)).receiptUrl).toBeNull()
  // The event that has just come holds what Stripe knows, until it is trimmed; our own rows hold nothing.
  await shop.db.delete(tables.stripeEvent)
  expect(await everything()).not.toContain(email)
  expect(shop.mailTo(email)).toHaveLength(1)
  expect(await ops('forget', '--email', email)).toMatchObject({ code: 2 })
})

test('somebody whose address only looks alike is left alone, and so is whoever answers questions', async () => {
  const tag = someone('ann').split('@')[0] ?? ''
  const [ann, joann, accented] = [
    `${tag}@example.com`,
    `jo${tag}@example.com`,
    `${tag.replace('a', 'á')}@example.com`,
  ]
  // None of them typed it on the page, which takes no accent.
  for (const email of [joann, accented, ann]) await shop.buy({ productId }, { email, name: 'Ann' })
  await shop.delivered()
  const letter = { workshop: { replyTo: ann }, sale: { email: joann } }
  await shop.db.insert(tables.outbox).values([
    { id: `waits:${joann}`, kind: 'email.confirmation', payload: { email: joann }, status: 'dead' },
    { id: `names:${joann}`, kind: 'email.refund', payload: letter, status: 'dead' },
    { id: `waits:${ann}`, kind: 'email.confirmation', payload: { email: ann }, status: 'dead' },
  ])
  expect(await ops('forget', '--email', ann, '--yes')).toMatchObject({ code: 0, err: '' })
  const statusOf = async (id: string) =>
    (await shop.db.select().from(tables.outbox).where(eq(tables.outbox.id, id)))[0]?.status
  expect(await statusOf(`waits:${ann}`)).toBe('cancelled')
  expect([await statusOf(`waits:${joann}`), await statusOf(`names:${joann}`)]).toEqual(['dead', 'dead'])
  const emails = (await shop.checkouts(productId)).map(({ email }) => email)
  expect(emails).toContain(joann)
  expect(emails).toContain(accented)
  expect(emails).not.toContain(ann)

  // The one whom the table takes for another is written under another name, and found all the same.
  expect(await ops('forget', '--email', accented, '--yes')).toMatchObject({ code: 0, err: '' })
  expect(await everything()).not.toContain(accented)
  const purchases = await shop.db
    .select()
    .from(tables.purchase)
    .where(eq(tables.purchase.productId, productId))
  expect(purchases.length).toBeGreaterThan(2)
  await shop.db
    .delete(tables.outbox)
    .where(sql`${tables.outbox.id} like 'waits:%' or ${tables.outbox.id} like 'names:%'`)
})

test('an address that changes takes everything along', async () => {
  const [from, to] = [someone('old'), someone('new')]
  await bought(from)
  const before = await userOf(from)
  await shop.db
    .update(tables.user)
    .set({ emailVerified: new Date() })
    .where(eq(tables.user.id, before?.id ?? ''))
  // A letter about a refund names its buyer deeper than a confirmation does.
  const waits = { kind: 'email.refund', nextAttemptAt: new Date('2037-01-01') } as const
  await shop.db.insert(tables.outbox).values([
    { ...waits, id: `refund:${from}`, payload: { sale: { email: from } } },
    { ...waits, id: `dead:${from}`, payload: { sale: { email: from.toUpperCase() } }, status: 'dead' },
    { ...waits, id: `sent:${from}`, payload: { sale: { email: from } }, status: 'sent' },
    { ...waits, id: `confirmation:${from}`, payload: { email: from }, kind: 'email.confirmation' },
  ])
  expect(await ops('move', '--from', from, '--to', to)).toMatchObject({ code: 0 })
  expect((await userOf(from))?.id).toBe(before?.id)
  expect(await ops('move', '--from', from, '--to', to, '--yes')).toMatchObject({ code: 0, err: '' })
  // Nobody has shown yet that the new one is theirs.
  expect(await userOf(to)).toMatchObject({ id: before?.id, emailVerified: null })
  expect(await userOf(from)).toBeUndefined()
  const payloadOf = async (id: string) =>
    fromJson(
      (
        await shop.db
          .select()
          .from(tables.outbox)
          .where(eq(tables.outbox.id, `${id}:${from}`))
      )[0]?.payload,
    )
  expect(await payloadOf('refund')).toEqual({ sale: { email: to } })
  expect(await payloadOf('dead')).toEqual({ sale: { email: to } })
  expect(await payloadOf('confirmation')).toEqual({ email: to })
  // What was sent went where it went.
  expect(await payloadOf('sent')).toEqual({ sale: { email: from } })
  expect(await everything()).toContain(`personal (${to})`)
})

test('where somebody has the new address, what was bought becomes theirs', async () => {
  const [from, to] = [someone('from'), someone('to')]
  const bulk = await bought(from, 3)
  await bought(from)
  await bought(to)
  const [owner, target] = [await userOf(from), await userOf(to)]
  const { out, code } = await ops('move', '--from', from, '--to', to, '--yes', '--json')
  expect(code).toBe(0)
  expect(jsonLines(out)).toEqual([
    { how: 'merged', purchases: 2, userId: target?.id, leftUserId: owner?.id, written: true },
  ])
  const [rows] = await shop.db.execute(sql`
    select count(distinct p.id) as purchases, count(distinct p.userId) as users, count(distinct p.organizationId) as homes,
      count(distinct m.userId) as members, count(distinct c.userId) as charged
    from egghead_Purchase p join egghead_OrganizationMembership m on m.id = p.organizationMembershipId
      join egghead_MerchantCharge c on c.id = p.merchantChargeId where p.userId = ${target?.id}`)
  expect(rows).toEqual([{ purchases: 3, users: 1, homes: 1, members: 1, charged: 1 }])
  const [elsewhere] = await shop.db.execute(sql`
    select p.id from egghead_Purchase p join egghead_MerchantSession s on s.id = p.merchantSessionId
      left join egghead_Coupon c on c.id = p.bulkCouponId
    where p.userId = ${target?.id} and (s.organizationId <> p.organizationId or c.organizationId <> p.organizationId)`)
  expect(elsewhere).toEqual([])
  expect((await shop.checkoutOf(bulk)).email).toBe(to)
  expect((await ops('reconcile', '--json')).code).toBe(0)
})

test('wrong addresses are wrong usage', async () => {
  expect(await ops('forget', '--email', 'nobody')).toMatchObject({
    code: 2,
    err: expect.stringContaining('e-mail address'),
  })
  expect(await ops('move', '--from', 'a@example.com', '--to', 'a@example.com')).toMatchObject({ code: 2 })
  expect(await ops('move', '--from', someone(), '--to', someone())).toMatchObject({ code: 2 })
})
