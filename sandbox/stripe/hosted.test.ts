import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, PRICE, PRODUCT, startHarness } from './harness'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness({ appUrl: 'https://shop.test' })
  harness.control.seed({
    coupons: [
      { id: 'HALF', percent_off: 50 },
      { id: 'ALL', percent_off: 100 },
      { id: 'NEARLY', amount_off: 49_880, currency: 'usd' },
    ],
    promotion_codes: [
      { id: 'promo_half', code: 'HALF', promotion: { type: 'coupon', coupon: 'HALF' } },
      { id: 'promo_nearly', code: 'NEARLY', promotion: { type: 'coupon', coupon: 'NEARLY' } },
    ],
  })
})
afterAll(() => harness.close())

const CARD = {
  email: 'ada@example.com',
  cardNumber: '4242 4242 4242 4242',
  cardExpiry: '12 / 34',
  cardCvc: '123',
  billingName: 'Ada Lovelace',
  country: 'GB',
}
const post = (url: string, fields: Record<string, string>) =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
const pageOf = async (params: Parameters<Harness['makeSession']>[0] = {}) => {
  const session = await harness.makeSession(params)
  return { session, url: session.url ?? '' }
}

describe('the hosted page', () => {
  it('shows the order and asks for what is needed', async () => {
    const { url } = await pageOf({
      customer_email: 'ada@example.com',
      line_items: [{ price: PRICE, quantity: 3 }],
    })
    const text = await (await fetch(url)).text()
    for (const name of ['email', 'cardNumber', 'cardExpiry', 'cardCvc', 'billingName', 'country'])
      expect(text).toContain(`name="${name}"`)
    expect(text).toContain('value="ada@example.com"')
    expect(text).toContain('Qty 3, $499.00 each')
    expect(text).toContain('Pay $1,497.00')
    expect(text).toContain('data-testid="hosted-payment-submit-button"')
    expect(text).toContain('data-testid="hosted-back" href="https://shop.test/workshop"')
    expect(text).toContain('no real card is charged')
    expect(text).not.toContain('name="promotionCode"')
  })

  it('takes the card and sends the buyer on once the webhook has answered', async () => {
    const { session, url } = await pageOf()
    const response = await post(url, CARD)
    expect(response.status).toBe(303)
    expect(response.headers.get('Location')).toBe(`https://shop.test/thanks?session_id=${session.id}`)
    expect(harness.inbox.at(-1)).toMatchObject({
      type: 'checkout.session.completed',
      data: { object: { id: session.id } },
    })
    const paid = await harness.stripe.checkout.sessions.retrieve(session.id)
    expect(paid.customer_details).toMatchObject({
      email: 'ada@example.com',
      name: 'Ada Lovelace',
      address: { country: 'GB' },
    })
  })

  it('pays once when it is sent twice', async () => {
    const { session, url } = await pageOf()
    const responses = await Promise.all([post(url, CARD), post(url, CARD)])
    expect(responses.map((response) => response.status)).toEqual([303, 303])
    const { payment_intent } = await harness.stripe.checkout.sessions.retrieve(session.id)
    expect((await harness.stripe.charges.list({ payment_intent: String(payment_intent) })).data).toHaveLength(
      1,
    )
  })

  const WRONG: [string, Record<string, string>, number, string][] = [
    [
      'insufficient funds',
      { cardNumber: '4000000000009995' },
      402,
      'Your card has insufficient funds. Try a different card.',
    ],
    ['a decline', { cardNumber: '4000000000000002' }, 402, 'Your card was declined.'],
    ['an expired card', { cardNumber: '4000000000000069' }, 402, 'Your card has expired.'],
    ['a number that is none', { cardNumber: '4242424242424241' }, 422, 'Your card number is invalid.'],
    ['no number', { cardNumber: '' }, 422, 'Your card number is incomplete.'],
    ['a date gone by', { cardExpiry: '01 / 20' }, 422, 'Your card’s expiration date is in the past.'],
    ['a date that is none', { cardExpiry: '13 / 34' }, 422, 'Your card’s expiration date is incomplete.'],
    ['a short code', { cardCvc: '12' }, 422, 'Your card’s security code is incomplete.'],
    ['no e-mail', { email: 'ada' }, 422, 'Your email is incomplete.'],
    ['no name', { billingName: '' }, 422, 'Enter the name on your card.'],
  ]
  for (const [name, fields, status, sentence] of WRONG)
    it(`says what is wrong with ${name}`, async () => {
      const { session, url } = await pageOf()
      const response = await post(url, { ...CARD, ...fields })
      const text = await response.text()
      expect(response.status).toBe(status)
      expect(text).toContain(sentence)
      expect(text).not.toContain('value="4')
      expect((await harness.stripe.checkout.sessions.retrieve(session.id)).status).toBe('open')
    })

  it('asks for 3-D Secure, and takes either answer', async () => {
    const { session, url } = await pageOf()
    const asked = await post(url, { ...CARD, cardNumber: '4000002500003155' })
    const challenge = new URL(asked.headers.get('Location') ?? '', url).href
    expect(await (await fetch(challenge)).text()).toContain('data-testid="hosted-3ds-complete"')
    const failed = await post(challenge, { answer: 'fail' })
    expect(await failed.text()).toContain('unable to authenticate')
    await post(url, { ...CARD, cardNumber: '4000002500003155' })
    expect((await post(challenge, { answer: 'complete' })).status).toBe(303)
    expect((await harness.stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe('paid')
  })

  it('takes codes where it may, and takes them off again', async () => {
    const { session, url } = await pageOf({ allow_promotion_codes: true })
    expect(await (await fetch(url)).text()).toContain('name="promotionCode"')
    const wrong = await post(`${url}/promotion`, { promotionCode: 'NOPE' })
    expect([wrong.status, await wrong.text()]).toEqual([
      422,
      expect.stringContaining('This code is invalid.'),
    ])
    expect(await (await post(`${url}/promotion`, { promotionCode: 'nearly' })).text()).toContain(
      'smallest amount',
    )
    await post(`${url}/promotion`, { promotionCode: ' half ' })
    expect(await (await fetch(url)).text()).toContain('HALF (50% off)')
    expect((await harness.stripe.checkout.sessions.retrieve(session.id)).amount_total).toBe(24_950)
    await post(`${url}/promotion`, { action: 'remove' })
    expect((await harness.stripe.checkout.sessions.retrieve(session.id)).amount_total).toBe(49_900)
  })

  it('asks for no card when nothing is to pay', async () => {
    const { session, url } = await pageOf({ discounts: [{ coupon: 'ALL' }] })
    const text = await (await fetch(url)).text()
    expect(text).not.toContain('cardNumber"')
    expect(text).toContain('Complete order')
    expect((await post(url, { email: 'free@example.com', country: 'US' })).status).toBe(303)
    expect((await harness.stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe(
      'no_payment_required',
    )
  })

  it('takes a bank transfer that comes later', async () => {
    const { session, url } = await pageOf()
    await post(url, { email: 'ada@example.com', billingName: 'Ada', country: 'US', method: 'bank' })
    expect(await harness.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
    })
  })

  it('locks the e-mail of a known customer', async () => {
    const customer = await harness.stripe.customers.create({ email: 'locked@example.com' })
    const { session, url } = await pageOf({ customer: customer.id })
    expect(await (await fetch(url)).text()).toMatch(/value="locked@example\.com"[^>]*readonly/)
    await post(url, { ...CARD, email: 'other@example.com' })
    expect((await harness.stripe.checkout.sessions.retrieve(session.id)).customer_details?.email).toBe(
      'locked@example.com',
    )
  })

  it('says so when a session is over', async () => {
    const { session, url } = await pageOf()
    await harness.control.expire(session.id)
    const expired = await (await fetch(url)).text()
    expect(expired).toContain('has expired')
    expect(expired).toContain('href="https://shop.test/workshop"')
    const paid = await pageOf()
    await harness.control.pay(paid.session.id)
    expect(await (await fetch(paid.url)).text()).toContain('This order is complete')
    expect((await fetch(`${harness.sandbox.url}/c/pay/cs_nope`)).status).toBe(404)
  })

  it('escapes what others wrote', async () => {
    const { url } = await pageOf({
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 900, product_data: { name: '<b>&' } } },
      ],
    })
    expect(await (await fetch(url)).text()).toContain('&lt;b&gt;&amp;')
  })
})

describe('the embedded page', () => {
  it('is framed, and tells the page around it', async () => {
    const session = await harness.stripe.checkout.sessions.create({
      mode: 'payment',
      ui_mode: 'embedded_page',
      line_items: [{ price: PRICE, quantity: 1 }],
      return_url: 'https://shop.test/back?session_id={CHECKOUT_SESSION_ID}',
    })
    expect(session).toMatchObject({
      url: null,
      client_secret: expect.stringMatching(/^cs_test_\w+_secret_\w+$/),
    })
    const page = `${harness.sandbox.url}/v3-embedded/${session.id}`
    expect(await (await fetch(page)).text()).toContain(`action="/c/pay/${session.id}?embedded=1"`)
    const done = await post(`${harness.sandbox.url}/c/pay/${session.id}?embedded=1`, CARD)
    expect(await done.text()).toContain(`https://shop.test/back?session_id=${session.id}`)
  })
})

describe('the home page', () => {
  it('shows what is inside, with its objects', async () => {
    const { session } = await pageOf()
    const text = await (await fetch(harness.sandbox.url)).text()
    expect(text).toContain(`/object/${session.id}`)
    const object = await (await fetch(`${harness.sandbox.url}/object/${PRODUCT}`)).text()
    expect(object).toContain('Claude Code workshop')
    expect((await fetch(`${harness.sandbox.url}/object/nope`)).status).toBe(404)
    const pressed = await post(`${harness.sandbox.url}/_sandbox/sessions/${session.id}/expire`, {})
    expect([pressed.status, pressed.headers.get('Location')]).toEqual([303, '/'])
    expect((await harness.stripe.checkout.sessions.retrieve(session.id)).status).toBe('expired')
  })
})
