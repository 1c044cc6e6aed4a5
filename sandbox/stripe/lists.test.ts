import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, PRICE, refusalOf, startHarness } from './harness'

let harness: Harness
const made: string[] = []
beforeAll(async () => {
  harness = await startHarness()
  for (let index = 0; index < 5; index += 1)
    made.unshift((await harness.makeSession({ customer_email: `b${index}@example.com` })).id)
})
afterAll(() => harness.close())

const list = (params: Parameters<Harness['stripe']['checkout']['sessions']['list']>[0]) =>
  harness.stripe.checkout.sessions.list(params)
const ids = (page: { data: { id: string }[] }) => page.data.map((session) => session.id)

describe('a list', () => {
  it('is newest first, page by page, both ways', async () => {
    const first = await list({ limit: 2 })
    expect(ids(first)).toEqual(made.slice(0, 2))
    expect(first.has_more).toBe(true)
    const second = await list({ limit: 2, starting_after: made[1] ?? '' })
    expect(ids(second)).toEqual(made.slice(2, 4))
    const third = await list({ limit: 2, starting_after: made[3] ?? '' })
    expect([ids(third), third.has_more]).toEqual([made.slice(4), false])
    expect(ids(await list({ limit: 2, ending_before: made[3] ?? '' }))).toEqual(made.slice(1, 3))
    const all: string[] = []
    for await (const session of list({ limit: 2 })) all.push(session.id)
    expect(all).toEqual(made)
  })

  it('refuses limits and cursors that are none', async () => {
    expect((await refusalOf(list({ limit: 101 }))).param).toBe('limit')
    expect((await refusalOf(list({ starting_after: 'cs_x' }))).code).toBe('resource_missing')
  })

  it('of sessions can be narrowed down', async () => {
    const [newest = '', second = ''] = made
    await harness.control.expire(newest)
    expect(ids(await list({ status: 'expired' }))).toEqual([newest])
    expect(ids(await list({ customer_details: { email: 'b3@example.com' } }))).toEqual([second])
    const { created } = await harness.stripe.checkout.sessions.retrieve(second)
    expect(ids(await list({ created: { gt: created + 60 } }))).toEqual([])
    expect(ids(await list({ created: { gte: created - 60, lte: created + 60 } }))).toHaveLength(5)
  })

  it('of events can be narrowed down by type and time', async () => {
    const { data } = await harness.stripe.events.list({
      types: ['checkout.session.expired', 'price.created'],
    })
    expect(data.map((event) => event.type)).toEqual(['checkout.session.expired', 'price.created'])
    const [event] = data
    expect((await harness.stripe.events.retrieve(event?.id ?? '')).type).toBe('checkout.session.expired')
    expect(
      (await harness.stripe.events.list({ type: 'checkout.session.*', created: { gt: 9e9 } })).data,
    ).toEqual([])
  })
})

describe('expand', () => {
  it('reaches through lists and hidden fields', async () => {
    const [id = ''] = made
    const session = await harness.stripe.checkout.sessions.retrieve(id, {
      expand: ['line_items', 'line_items.data.price.product', 'total_details.breakdown'],
    })
    expect(session.line_items?.data[0]).toMatchObject({
      quantity: 1,
      amount_total: 49_900,
      price: { id: PRICE, product: { name: 'Claude Code workshop' } },
    })
    expect((await harness.stripe.checkout.sessions.retrieve(id)).line_items).toBeUndefined()
    const page = await list({ limit: 1, expand: ['data.line_items'] })
    expect(page.data[0]?.line_items?.data).toHaveLength(1)
  })

  it('refuses what is nothing to expand, and what is too deep', async () => {
    const [id = ''] = made
    const get = (path: string) => harness.stripe.checkout.sessions.retrieve(id, { expand: [path] })
    expect((await refusalOf(get('nothing'))).message).toBe('This property cannot be expanded (nothing).')
    expect((await refusalOf(get('a.b.c.d.e'))).message).toContain('more than 4 levels')
  })
})
