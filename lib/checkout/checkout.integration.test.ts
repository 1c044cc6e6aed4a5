import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as tables from '@/db/schema'
import {
  inParallel,
  newVisitor,
  openShop,
  type Shop,
  someone,
  type WorkshopOnSale,
} from '@/sandbox/testing/shop'

let shop: Shop
let workshop: WorkshopOnSale

beforeAll(async () => {
  shop = await openShop()
  workshop = await shop.sell({
    coupons: { earlyBird: 'EB_CHECKOUT' },
    discounts: [
      { code: 'EB_CHECKOUT', amountOff: 7500 },
      { code: 'TAKE20', percentOff: 20, public: true },
    ],
    earlyBirdEndDate: new Date(Date.now() + 10 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10),
  })
})
afterAll(() => shop.stop())

const sessionAtStripe = (id: unknown) =>
  shop.client.checkout.sessions.retrieve(String(id), { expand: ['line_items', 'discounts'] })

describe('a registration', () => {
  test('is answered with a session at Stripe that says everything', async () => {
    const email = someone()
    const before = Math.floor(Date.now() / 1000)
    const answer = await shop.register({
      productId: workshop.productId,
      email,
      quantity: 2,
      attemptId: randomUUID(),
      metadata: { name: 'Ada Lovelace', workshopSlug: 'elsewhere', tier: 'member' },
      price: 1,
    })
    expect(answer.status).toBe(200)
    expect(Object.keys(answer.body).sort()).toEqual(['checkoutUrl', 'sessionId'])
    const session = await sessionAtStripe(answer.body.sessionId)
    expect(session.url).toBe(answer.body.checkoutUrl)
    expect(session).toMatchObject({
      mode: 'payment',
      customer_creation: 'always',
      customer_email: email,
      amount_subtotal: 99_800,
      amount_total: 99_800 - 7500,
      currency: 'usd',
      success_url: `${shop.url}/workshop/${workshop.slug}/confirmation?session_id={CHECKOUT_SESSION_ID}`,
      cancel_url: `${shop.url}/workshop/${workshop.slug}?checkout=cancelled`,
      allow_promotion_codes: null,
    })
    expect(session.line_items?.data).toMatchObject([{ quantity: 2, price: { id: workshop.priceId } }])
    expect(session.expires_at).toBeGreaterThanOrEqual(before + 23 * 60 * 60)
    expect(session.expires_at).toBeLessThanOrEqual(before + 24 * 60 * 60)
    const [row] = await shop.checkouts(workshop.productId)
    expect(session.metadata).toEqual({
      source: 'egghead-next',
      checkoutId: row?.id,
      requestId: expect.stringMatching(/^[\w-]{36}$/),
      bulk: 'true',
      country: 'US',
      productId: workshop.productId,
      product: workshop.title,
      siteName: '127.0.0.1',
      workshopSlug: workshop.slug,
      tier: 'early-bird',
      couponCode: 'EB_CHECKOUT',
      discountType: 'fixed',
      discountAmount: '7500',
      name: 'Ada Lovelace',
      variant: 'session',
    })
    expect(session.client_reference_id).toBe(row?.id)
    const [call] = shop.sessionCalls(workshop.priceId)
    expect(call?.params).toMatchObject({
      metadata: session.metadata,
      payment_intent_data: { metadata: session.metadata },
      discounts: [{ promotion_code: expect.stringMatching(/^promo_/) }],
    })
    expect(row).toMatchObject({
      status: 'open',
      sessionId: session.id,
      amountTotal: 92_300,
      tier: 'early-bird',
    })
  })

  test('holds a limited seat for as short as Stripe allows', async () => {
    const limited = await shop.sell({ capacity: 5 })
    const session = await sessionAtStripe(await shop.checkout({ productId: limited.productId }))
    const minutes = (session.expires_at - Date.now() / 1000) / 60
    expect(minutes).toBeGreaterThan(30)
    expect(minutes).toBeLessThan(31.1)
  })

  test('knows a product by its id at Stripe too', async () => {
    const session = await sessionAtStripe(await shop.checkout({ productId: workshop.stripeProductId }))
    expect(session.metadata?.productId).toBe(workshop.productId)
  })

  test('can be embedded', async () => {
    const answer = await shop.register({ productId: workshop.productId, uiMode: 'embedded' })
    expect(answer.status).toBe(200)
    expect(Object.keys(answer.body).sort()).toEqual(['clientSecret', 'sessionId'])
  })

  test('is told who is signed in, whatever the page sends; a typed address only prefills', async () => {
    const { productId } = workshop
    const grace = newVisitor({ as: 'yearly' })
    const request = { productId, buyer: { email: 'mallory@example.com', member: false, name: 'Mallory' } }
    const known = await sessionAtStripe(await shop.checkout(request, grace))
    expect(known.customer_email).toBe('grace@example.com')
    const typed = await sessionAtStripe(await shop.checkout({ productId, email: 'desk@example.com' }, grace))
    expect(typed.customer_email).toBe('desk@example.com')
    for (const { metadata } of [known, typed]) expect(metadata?.name).toBe('Grace Hopper')
  })
})

describe('the same attempt', () => {
  test('is the same session, however often it is sent, and one call to Stripe', async () => {
    const { productId, priceId } = await shop.sell()
    const visitor = newVisitor()
    const request = { productId, attemptId: randomUUID() }
    const first = await shop.checkout(request, visitor)
    expect(await shop.checkout(request, visitor)).toBe(first)
    expect(await shop.checkout(request, visitor)).toBe(first)
    expect(shop.sessionCalls(priceId)).toHaveLength(1)
  })

  test('is the same session when it comes ten times at once', async () => {
    const { productId, priceId } = await shop.sell()
    const visitor = newVisitor()
    const request = { productId, attemptId: randomUUID() }
    const sessions = await inParallel(Array(10).fill(request), 10, (same) => shop.checkout(same, visitor))
    expect(new Set(sessions).size).toBe(1)
    expect(await shop.checkouts(productId)).toHaveLength(1)
    expect(new Set(shop.sessionCalls(priceId).map((call) => call.idempotencyKey)).size).toBe(1)
  })

  test('is the same session on a first visit, when no click carries a cookie yet', async () => {
    const { productId } = await shop.sell()
    const request = { productId, attemptId: randomUUID() }
    const sessions = await inParallel([{}, {}, {}], 3, (nobody) => shop.checkout(request, nobody))
    expect(new Set(sessions).size).toBe(1)
  })

  test('is the same session when it comes to two servers while Stripe takes its time', async () => {
    const { productId } = await shop.sell()
    const servers = [shop.url, await shop.addServer()]
    const visitor = newVisitor()
    const request = { productId, attemptId: randomUUID() }
    shop.stripe.setFaults({ latencyMs: 300 })
    const answers = await inParallel([...servers, ...servers, ...servers], 6, (server) =>
      shop.register(request, visitor, {}, server),
    )
    shop.stripe.setFaults({})
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200))
    expect(new Set(answers.map(({ body }) => body.sessionId)).size).toBe(1)
    const { data } = await shop.client.checkout.sessions.list({ limit: 100 })
    expect(data.filter(({ metadata }) => metadata?.productId === productId)).toHaveLength(1)
  })

  test('is another session for another visitor, another quantity or another attempt', async () => {
    const { productId } = await shop.sell()
    const visitor = newVisitor()
    const attemptId = randomUUID()
    const sessions = [
      await shop.checkout({ productId, attemptId }, visitor),
      await shop.checkout({ productId, attemptId }, newVisitor()),
      await shop.checkout({ productId, attemptId, quantity: 2 }, visitor),
      await shop.checkout({ productId }, visitor),
    ]
    expect(new Set(sessions).size).toBe(4)
  })

  test('gets a new session once the first is over', async () => {
    const { productId } = await shop.sell()
    const visitor = newVisitor()
    const request = { productId, attemptId: randomUUID() }
    const first = await shop.checkout(request, visitor)
    await shop.stripe.expire(first)
    await shop.delivered()
    const second = await shop.checkout(request, visitor)
    expect(second).not.toBe(first)
    expect((await sessionAtStripe(second)).status).toBe('open')
  })
})

test("a visitor's new session replaces and expires their open one", async () => {
  const { productId } = await shop.sell({ capacity: 1 })
  const visitor = newVisitor()
  const first = await shop.checkout({ productId }, visitor)
  const second = await shop.checkout({ productId }, visitor)
  expect((await sessionAtStripe(first)).status).toBe('expired')
  expect((await sessionAtStripe(second)).status).toBe('open')
})

test('of two that overlap the later one stays, whichever is answered last', async () => {
  const { productId, priceId } = await shop.sell()
  const visitor = newVisitor()
  shop.stripe.setFaults({ latencyMs: 600 })
  const slow = shop.checkout({ productId }, visitor)
  await expect.poll(() => shop.sessionCalls(priceId)).toHaveLength(1)
  shop.stripe.setFaults({})
  const later = await shop.checkout({ productId }, visitor)
  const earlier = await slow
  await expect.poll(async () => (await sessionAtStripe(earlier)).status).toBe('expired')
  expect((await sessionAtStripe(later)).status).toBe('open')
})

test('a price that Course Builder has changed is sold at by the next buyer', async () => {
  const { productId, priceId, slug } = await shop.sell()
  const offer = () => shop.send(`/api/workshop/${slug}/offer`)
  expect((await offer()).body).toMatchObject({ total: { amount: 49_900 } })
  // A sale at the old price, so that it is remembered where the next one is made.
  await shop.checkout({ productId })
  // As its editor does it: the new price in force, the old one switched off, here and at Stripe.
  const old = await shop.client.prices.retrieve(priceId)
  const next = await shop.client.prices.create({
    product: String(old.product),
    currency: 'usd',
    unit_amount: 59_900,
  })
  const { merchantPrice } = tables
  const [row] = await shop.db.select().from(merchantPrice).where(eq(merchantPrice.identifier, priceId))
  await shop.db.update(merchantPrice).set({ status: 0 }).where(eq(merchantPrice.identifier, priceId))
  if (!row) throw new Error('it has no price')
  await shop.db.insert(merchantPrice).values({ ...row, id: `mpr_${next.id}`, identifier: next.id, status: 1 })
  await shop.client.prices.update(priceId, { active: false })
  await shop.checkout({ productId })
  expect((await shop.checkouts(productId)).at(-1)).toMatchObject({ status: 'open', amountTotal: 59_900 })
  // What was known of it is forgotten with that refusal: the page shows the price that the next buyer pays.
  expect((await offer()).body).toMatchObject({ total: { amount: 59_900 } })
})

test("a code that was asked for is still there after Back on Stripe's page", async () => {
  const { productId, slug } = workshop
  expect(await sessionAtStripe(await shop.checkout({ productId, couponCode: 'TAKE20' }))).toMatchObject({
    cancel_url: `${shop.url}/workshop/${slug}?checkout=cancelled&coupon=TAKE20`,
  })
})

test('of eight that are begun at once one stays', async () => {
  const { productId } = await shop.sell()
  const visitor = newVisitor()
  const sessions = await Promise.all(Array.from({ length: 8 }, () => shop.checkout({ productId }, visitor)))
  expect(new Set(sessions).size).toBe(8)
  const open = async () =>
    (await Promise.all(sessions.map(sessionAtStripe))).filter(({ status }) => status === 'open').length
  await expect.poll(open, { timeout: 5000 }).toBe(1)
  const held = (await shop.checkouts(productId)).filter(({ status }) => status === 'open')
  expect(held).toHaveLength(1)
})

describe('a workshop whose sale is over', () => {
  test('is said to be, though its price can not be had any more, and names no payment link', async () => {
    const { productId, priceId } = await shop.sell({
      closeEnrollment: new Date(Date.now() - 60_000).toISOString(),
    })
    await shop.client.prices.update(priceId, { active: false })
    const { status, body } = await shop.register({ productId })
    expect([status, body.code]).toEqual([409, 'sale_closed'])
    expect(body).not.toHaveProperty('fallbackUrl')
  })
})

test('a first visit leaves a cookie that no script can read, a second one none', async () => {
  const { productId } = await shop.sell()
  const first = await shop.register({ productId }, {})
  const cookie = first.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^workshop_visitor=[a-f0-9]{32}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/)
  const id = /=([a-f0-9]{32})/.exec(cookie)?.[1] ?? ''
  const second = await shop.register({ productId }, { id })
  expect(second.headers.get('set-cookie')).toBeNull()
})

test('the same attempt of somebody who has signed in meanwhile is a checkout of their own', async () => {
  const { productId } = await shop.sell()
  const [attemptId, visitor] = [randomUUID(), newVisitor()]
  const first = await shop.checkout({ productId, attemptId }, visitor)
  const second = await shop.checkout({ productId, attemptId }, { ...visitor, as: 'yearly' })
  expect(second).not.toBe(first)
})

describe('a form without JavaScript', () => {
  const submit = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    shop.send('/api/workshop/checkout', { method: 'POST', headers, body: new URLSearchParams(fields) })

  test('goes on to the payment link where Stripe fails', async () => {
    const { productId, paymentLink } = await shop.sell()
    shop.stripe.setFaults({ failNext: { count: 9, status: 503 } })
    const { status, headers } = await submit({ productId, email: 'ada@example.com' })
    shop.stripe.setFaults({})
    expect(status).toBe(303)
    expect(headers.get('location')).toMatch(`${paymentLink}?prefilled_email=ada%40example.com`)
  })

  test('goes to the registration that its viewer has', async () => {
    const { productId, slug } = await shop.sell()
    const sessionId = await shop.buy({ productId }, {}, newVisitor({ as: 'member' }))
    const { headers } = await submit({ productId }, { Cookie: 'workshop_demo_viewer=member' })
    const page = `${shop.url}/workshop/${slug}/confirmation?session_id=${sessionId}`
    expect(headers.get('location')).toBe(`${page}&checkout_error=already_purchased`)
  })

  test('never goes where its fields point', async () => {
    const { headers } = await submit({ productId: 'prod_x', 'metadata.workshopSlug': '//evil.example/' })
    expect(headers.get('location')).toBe(`${shop.url}/?checkout_error=product_not_found`)
  })

  test('goes on to Stripe', async () => {
    const { status, headers } = await submit({
      productId: workshop.productId,
      email: '',
      quantity: '3',
      couponCode: 'TAKE20',
      attemptId: randomUUID(),
      'metadata.name': 'Ada',
    })
    expect(status).toBe(303)
    expect(headers.get('cache-control')).toBe('private, no-store')
    expect(headers.get('set-cookie')).toMatch(/^workshop_visitor=[a-f0-9]{32};/)
    const row = (await shop.checkouts(workshop.productId)).at(-1)
    expect(headers.get('location')).toBe(row?.url)
    expect(row).toMatchObject({ quantity: 3, amountTotal: (3 * 49_900 * 80) / 100 })
  })

  test.for(['a-workshop', 'ai-day~10447', 'größe', 'v1.2_x'])(
    'comes back to its page with what is wrong: %s',
    async (slug) => {
      const { status, headers } = await submit({
        productId: workshop.productId,
        couponCode: 'NOSUCHCODE',
        'metadata.workshopSlug': slug,
      })
      expect(status).toBe(303)
      expect(headers.get('location')).toBe(
        `${shop.url}/workshop/${encodeURIComponent(slug)}?checkout_error=invalid_coupon`,
      )
    },
  )

  test.for(['..', '.', '', '//elsewhere.example', 'a b/../c?d#e'])(
    'and to the list where what is named is no page: %j',
    async (slug) => {
      const { headers } = await submit({
        productId: workshop.productId,
        couponCode: 'NOSUCHCODE',
        'metadata.workshopSlug': slug,
      })
      expect(headers.get('location')).toBe(`${shop.url}/?checkout_error=invalid_coupon`)
    },
  )
})

describe('the price shown is the price charged', () => {
  const declared = 'prod_claude_code'
  const visitors = {
    standard: { productId: 'prod_typescript_at_scale', slug: 'typescript-at-scale', visitor: {} },
    'early-bird': { productId: declared, slug: 'claude-code', visitor: {} },
    'early-bird-member': { productId: declared, slug: 'claude-code', visitor: { as: 'yearly' as const } },
    member: {
      productId: 'prod_typescript_at_scale',
      slug: 'typescript-at-scale',
      visitor: { as: 'yearly' as const },
    },
    ppp: { productId: declared, slug: 'claude-code', visitor: { country: 'IN' }, couponCode: 'PPP_IN' },
    code: { productId: declared, slug: 'claude-code', visitor: {}, couponCode: 'FRIENDS' },
  }

  test.for(Object.entries(visitors))('%s', async ([tier, { productId, slug, visitor, ...code }]) => {
    const query = new URLSearchParams({ quantity: '1', ...code })
    const offer = await shop.send(`/api/workshop/${slug}/offer?${query}`, {
      headers: {
        ...('as' in visitor && { Cookie: `workshop_demo_viewer=${visitor.as}` }),
        ...('country' in visitor && { 'X-Client-Country': visitor.country }),
      },
    })
    expect(offer.status).toBe(200)
    expect(offer.body).toMatchObject({ tier, sale: 'open' })
    const session = await sessionAtStripe(await shop.checkout({ productId, ...code }, newVisitor(visitor)))
    expect(offer.body).toMatchObject({
      base: { amount: session.amount_subtotal, currency: session.currency },
      discount: { amount: session.total_details?.amount_discount, currency: session.currency },
      total: { amount: session.amount_total, currency: session.currency },
    })
  })
})

test('a code that cannot be used leaves the offer as it would be without it, and says why', async () => {
  const { status, body } = await shop.send('/api/workshop/claude-code/offer?couponCode=MEMBER')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    tier: 'early-bird',
    problem: { code: 'coupon_not_eligible', error: expect.stringContaining('yearly members') },
  })
})

test('the link beside an offer carries the code that the offer was made from, not one that can not be used', async () => {
  const { slug } = workshop
  const { body } = await shop.send(`/api/workshop/${slug}/offer?couponCode=BOGUS`)
  expect(body).toMatchObject({ tier: 'early-bird', problem: { code: 'invalid_coupon' } })
  const link = new URL(String(body.fallbackUrl))
  expect(link.searchParams.get('prefilled_promo_code')).not.toBe('BOGUS')
})

// Last: what fails here counts for the guard.
test('an attempt leaves nothing to be paid that no row knows, where the first try failed and the second did not', async () => {
  const { productId, priceId } = await shop.sell({ capacity: 1 })
  const visitor = newVisitor()
  const request = { productId, attemptId: randomUUID() }
  shop.stripe.setFaults({
    latencyMs: 300,
    failNext: { count: 1, status: 429, path: '/v1/checkout/sessions', method: 'POST' },
  })
  const first = shop.register(request, visitor)
  await expect.poll(() => shop.sessionCalls(priceId)).toHaveLength(1)
  const answers = await Promise.all([first, shop.register(request, visitor)])
  shop.stripe.setFaults({})
  const open = async () => {
    const { data } = await shop.client.checkout.sessions.list({ limit: 100 })
    return data.filter(({ metadata, status }) => metadata?.productId === productId && status === 'open')
  }
  const told = answers.flatMap(({ status, body }) => (status === 200 ? [body.sessionId] : []))
  expect((await open()).map(({ id }) => id)).toEqual(told)
  const rows = await shop.checkouts(productId)
  for (const id of told) expect(rows.map(({ sessionId }) => sessionId)).toContain(id)
  // The seat is theirs all the same.
  const again = await shop.checkout(request, visitor)
  expect((await open()).map(({ id }) => id)).toEqual([again])
})
