import { expect, test } from './support/test'

const workshop = '/workshop/claude-code'

test.afterEach(async ({ shop }) => {
  await shop.sandbox('/deliveries', {})
  await shop.sandbox('/faults', {})
})

test('a sale whose webhook is lost is confirmed by asking Stripe', async ({ page, shop }) => {
  await shop.sandbox('/deliveries', { drop: true })
  await page.goto(workshop)
  await page.getByRole('button', { name: /^Register/ }).click()
  await shop.pay()
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible({ timeout: 20_000 })
  expect(await shop.purchases(shop.email)).toHaveLength(1)
})

test('Stripe’s API being down leads to the payment link, and says so', async ({ page, shop }) => {
  await page.goto(workshop)
  await shop.sandbox('/faults', { failRate: 1 })
  await page.getByRole('button', { name: /^Register/ }).click()
  await expect(page.getByText('Our checkout is not answering')).toBeVisible()
  await shop.sandbox('/faults', {})
  await page.getByRole('link', { name: 'Go there now' }).click()
  await expect(page.getByTestId('hosted-total')).toBeVisible()
  await shop.pay()
  await expect.poll(() => shop.purchases(shop.email), { timeout: 20_000 }).toHaveLength(1)
})

test('our own address not answering leads to the payment link, with what was typed', async ({
  page,
  shop,
}) => {
  await shop.signInAs('member')
  await page.goto(workshop)
  await page.route('**/api/workshop/checkout', (route) => route.abort())
  await page.getByRole('button', { name: /^Register/ }).click()
  await expect(page.getByText('Our checkout is not answering')).toBeVisible()
  await page.getByRole('link', { name: 'Go there now' }).click()
  await expect(page.getByTestId('hosted-total')).toHaveText('$424.00')
  await expect(page.locator('[name=email]')).toHaveValue('ada@example.com')
})

for (const [price, seconds] of [
  ['the same', 6],
  ['another', 10],
] as const)
  test(`where the payment link asks for ${price} price, there are ${seconds} seconds to stay`, async ({
    page,
  }) => {
    await page.clock.install()
    await page.goto(workshop, { waitUntil: 'networkidle' })
    const code = price === 'the same' ? '?prefilled_promo_code=EARLY_BIRD' : ''
    await page.route('**/api/workshop/checkout', (route) =>
      route.fulfill({
        status: 503,
        json: {
          code: 'unavailable',
          error: 'Down.',
          fallbackUrl: `https://link.test/${code}`,
          requestId: '1',
        },
      }),
    )
    await page.route('https://link.test/**', (route) => route.fulfill({ body: 'The payment link' }))
    // From here on time passes when it is told to.
    await page.clock.pauseAt(Date.now() + 60_000)
    await page.getByRole('button', { name: /^Register/ }).click()
    await expect(page.getByRole('button', { name: 'Stay here' })).toBeVisible()
    await page.clock.runFor(seconds * 1_000 - 500)
    await expect(page.getByRole('button', { name: 'Stay here' })).toBeVisible()
    await page.clock.runFor(1_000)
    await expect(page.getByText('The payment link')).toBeVisible()
  })

test('a page that never opens is waited for twenty seconds, then the button is back', async ({ page }) => {
  await page.clock.install()
  await page.goto(workshop, { waitUntil: 'networkidle' })
  // No page, so that the browser stays where it is.
  await page.route('https://checkout.test/**', (route) => route.fulfill({ status: 204 }))
  await page.route('**/api/workshop/checkout', (route) =>
    route.fulfill({ json: { checkoutUrl: 'https://checkout.test/', sessionId: 'cs_1' } }),
  )
  await page.clock.pauseAt(Date.now() + 60_000)
  const button = page.locator('[data-slot=register]')
  await page.getByRole('button', { name: /^Register/ }).click({ noWaitAfter: true })
  await expect(button).toHaveAttribute('data-state', 'redirecting')
  await page.clock.runFor(19_000)
  await expect(button).toHaveAttribute('data-state', 'redirecting')
  await page.clock.runFor(2_000)
  await expect(button).toHaveAttribute('data-state', 'idle')
})

test('a message from Stripe that comes three times is one sale and one e-mail', async ({ page, shop }) => {
  await shop.sandbox('/deliveries', { copies: 3, shuffleMs: 300 })
  await page.goto(workshop)
  await page.getByRole('button', { name: /^Register/ }).click()
  await shop.pay()
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
  await expect.poll(() => shop.mail(shop.email), { timeout: 20_000 }).toHaveLength(1)
  expect(await shop.purchases(shop.email)).toHaveLength(1)
})

test('asleep in the middle of it: nobody is thrown onto another page on waking', async ({ page }) => {
  await page.clock.install()
  await page.goto(workshop)
  await page.route('**/api/workshop/checkout', async (route) => {
    await page.clock.setSystemTime(Date.now() + 3_600_000)
    await route.abort()
  })
  await page.getByRole('button', { name: /^Register/ }).click()
  await expect(page.getByText('The connection was interrupted, and nothing was charged.')).toBeVisible()
  await page.unroute('**/api/workshop/checkout')
  await page.getByRole('button', { name: /^Register/ }).click()
  await expect(page.getByTestId('hosted-total')).toBeVisible()
})

test.describe('with all seats taken', () => {
  const seats = (count: number) =>
    `update egghead_Product set quantityAvailable = ${count} where id = 'prod_claude_code'`
  test.afterEach(({ shop }) => shop.query(seats(1000)))

  test('the page says so and sells nothing, and so does the button pressed a moment too late', async ({
    page,
    shop,
  }) => {
    await page.goto(workshop)
    await expect(page.getByRole('button', { name: /^Register/ })).toBeVisible()
    await shop.query(seats(1))
    await page.getByRole('button', { name: /^Register/ }).click()
    await expect(page.getByText('All 30 seats are taken.')).toBeVisible()
    await expect(page.getByRole('button', { name: /^Register/ })).toHaveCount(0)
    await page.reload()
    await expect(page.getByText('All 30 seats are taken.')).toBeVisible()
    await expect(page.getByRole('button', { name: /^Register/ })).toHaveCount(0)
    await expect(page.getByRole('link', { name: /^Register/ })).toHaveCount(0)
  })
})

test('offline, nothing is sent and the button says what to do', async ({ page, context }) => {
  await page.goto(workshop)
  await context.setOffline(true)
  await page.getByRole('button', { name: /^Register/ }).click()
  await expect(page.getByText("You're offline, and nothing was charged.")).toBeVisible()
  await context.setOffline(false)
  await page.getByRole('button', { name: /^Register/ }).click()
  await expect(page.getByTestId('hosted-total')).toBeVisible()
})

test('a refusal is told even where its own code can no longer be fetched', async ({ page }) => {
  await page.goto(workshop, { waitUntil: 'networkidle' })
  await page.route('**/_next/static/**', (route) => route.abort())
  const error = 'All 30 seats are taken.'
  await page.route('**/api/workshop/checkout', (route) =>
    route.fulfill({ status: 409, json: { code: 'sold_out', error, requestId: 'req_1' } }),
  )
  await page.getByRole('button', { name: /^Register/ }).click()
  await expect(page.getByText(error)).toBeVisible()
  await expect(page.locator('[data-slot=register]')).toHaveAttribute('data-error-code', 'sold_out')
})

test('words that could not be fetched once are fetched when they are wanted again', async ({ page }) => {
  await page.goto(workshop, { waitUntil: 'networkidle' })
  // The chunk of a sale that is over, by what it says of one.
  let blocked = 0
  await page.route('**/_next/static/**/*.js', async (route) => {
    const response = await route.fetch()
    if (!(await response.text()).includes('Registration opens on')) return route.fulfill({ response })
    blocked++
    return route.abort()
  })
  await page.route('**/api/workshop/checkout', (route) =>
    route.fulfill({ status: 409, json: { code: 'sold_out', error: 'Too late.', requestId: 'req_1' } }),
  )
  const register = page.getByRole('button', { name: /^Register/ })
  await register.click()
  await expect(page.getByText('Registration is closed.')).toBeVisible()
  expect(blocked).toBeGreaterThan(0)
  await page.unroute('**/_next/static/**/*.js')
  // Whoever comes back to the page may try again.
  await page.evaluate(() => dispatchEvent(new Event('focus')))
  await register.click()
  await expect(page.getByText('All 30 seats are taken.')).toBeVisible()
})

test('what a refusal says stays while the sale goes on, until the price has looked again a minute later', async ({
  page,
}) => {
  await page.clock.install()
  await page.goto(workshop, { waitUntil: 'networkidle' })
  await page.route('**/api/workshop/checkout', (route) =>
    route.fulfill({ status: 409, json: { code: 'sold_out', error: 'Too late.', requestId: 'req_1' } }),
  )
  const looks = () => page.waitForResponse('**/offer*')
  const register = page.getByRole('button', { name: /^Register/ })
  await Promise.all([looks(), register.click()])
  await page.clock.runFor(1_000)
  await expect(page.getByText('All 30 seats are taken.')).toBeVisible()
  await expect(register).toBeHidden()
  await Promise.all([looks(), page.clock.runFor(61_000)])
  await expect(register).toBeVisible()
})

test('a page from before the operator went back to payment links goes there without alarm', async ({
  page,
}) => {
  await page.goto(workshop)
  await page.route('**/api/workshop/checkout', async (route) => {
    const link = await page.evaluate(() => `${location.origin}/`)
    await route.fulfill({
      status: 503,
      json: { code: 'unavailable', reason: 'rollout', error: 'Off.', fallbackUrl: link, requestId: 'req_1' },
    })
  })
  await page.getByRole('button', { name: /^Register/ }).click()
  await expect(page.getByText(/The price there is \$499\./)).toBeVisible()
  await expect(page.getByText(/not answering/)).toHaveCount(0)
  await page.getByRole('link', { name: 'Go there now' }).click()
  await expect(page.getByRole('heading', { name: 'Workshops' })).toBeVisible()
})
