import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, PRICE, refusalOf, startHarness } from './harness'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
  harness.control.seed({
    coupons: [{ id: 'HALF', percent_off: 50 }],
    promotion_codes: [{ id: 'promo_half', code: 'HALF', promotion: { type: 'coupon', coupon: 'HALF' } }],
    payment_links: [
      {
        id: 'plink_seeded',
        slug: 'test_seeded',
        line_items: [{ price: PRICE, quantity: 1 }],
        allow_promotion_codes: true,
        metadata: { workshop: 'feb' },
      },
    ],
  })
})
afterAll(() => harness.close())

const visit = async (url: string) => {
  const response = await fetch(url, { redirect: 'manual' })
  const id = response.headers.get('Location')?.split('/').at(-1) ?? ''
  return {
    status: response.status,
    session: id ? await harness.stripe.checkout.sessions.retrieve(id) : null,
    response,
  }
}

describe('a payment link', () => {
  it('makes a session of its own for every visit, prefilled from the query', async () => {
    const link = await harness.stripe.paymentLinks.retrieve('plink_seeded')
    expect(link.url).toBe(`${harness.sandbox.url}/b/test_seeded`)
    const query =
      '?prefilled_email=ada%40example.com&prefilled_promo_code=half&client_reference_id=abc-1&utm_source=mail'
    const first = await visit(link.url + query)
    const second = await visit(link.url)
    expect(first.session).toMatchObject({
      payment_link: link.id,
      metadata: { workshop: 'feb' },
      customer_email: 'ada@example.com',
      client_reference_id: 'abc-1',
      amount_total: 24_950,
      allow_promotion_codes: true,
      success_url: null,
    })
    expect(second.session?.id).not.toBe(first.session?.id)
    const { data } = await harness.stripe.checkout.sessions.list({ payment_link: link.id })
    expect(data).toHaveLength(2)
  })

  it('drops in silence what it can’t use', async () => {
    const odd = await visit(
      `${harness.sandbox.url}/b/test_seeded?client_reference_id=a%20b&prefilled_promo_code=undefined&prefilled_email=x`,
    )
    expect(odd.session).toMatchObject({
      client_reference_id: null,
      customer_email: null,
      amount_total: 49_900,
    })
  })

  it('thanks by itself, or sends the buyer on', async () => {
    const { session } = await visit(`${harness.sandbox.url}/b/test_seeded`)
    const pay = (url: string) =>
      fetch(url, {
        method: 'POST',
        body: new URLSearchParams({
          email: 'a@b.co',
          billingName: 'A',
          country: 'US',
          cardNumber: '4242424242424242',
          cardExpiry: '1234',
          cardCvc: '123',
        }),
        redirect: 'manual',
      })
    const url = session?.url ?? ''
    const thanks = (await pay(url)).headers.get('Location') ?? ''
    expect(await (await fetch(new URL(thanks, url))).text()).toContain('Thanks for your payment')
    const link = await harness.stripe.paymentLinks.create({
      line_items: [{ price: PRICE, quantity: 1 }],
      after_completion: {
        type: 'redirect',
        redirect: { url: 'https://shop.test/bought?s={CHECKOUT_SESSION_ID}' },
      },
      payment_intent_data: { metadata: { from: 'link' } },
    })
    const other = await visit(link.url)
    expect((await pay(other.session?.url ?? '')).headers.get('Location')).toBe(
      `https://shop.test/bought?s=${other.session?.id}`,
    )
    const [charge] = (await harness.stripe.charges.list({ limit: 1 })).data
    expect(charge?.metadata).toEqual({ from: 'link' })
  })

  it('can be switched off, and stops at its limit', async () => {
    const link = await harness.stripe.paymentLinks.create({
      line_items: [{ price: PRICE, quantity: 1 }],
      restrictions: { completed_sessions: { limit: 1 } },
    })
    await harness.control.pay(harness.control.openLink(link.id).id)
    expect((await visit(link.url)).status).toBe(410)
    await harness.stripe.paymentLinks.update('plink_seeded', { active: false, inactive_message: 'Sold out.' })
    const closed = await visit(`${harness.sandbox.url}/b/test_seeded`)
    expect([closed.status, await closed.response.text()]).toEqual([410, expect.stringContaining('Sold out.')])
    const active = await harness.stripe.paymentLinks.list({ active: true })
    expect(active.data.map((found) => found.id)).not.toContain('plink_seeded')
    expect((await refusalOf(harness.stripe.paymentLinks.retrieve('plink_x'))).code).toBe('resource_missing')
  })
})
