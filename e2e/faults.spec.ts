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

test('offline, nothing is sent and the button says what to do', async ({ page, context }) => {
  await page.goto(workshop)
  await context.setOffline(true)
  await page.getByRole('button', { name: /^Register/ }).click()
  await expect(page.getByText("You're offline, and nothing was charged.")).toBeVisible()
  await context.setOffline(false)
  await page.getByRole('button', { name: /^Register/ }).click()
  await expect(page.getByTestId('hosted-total')).toBeVisible()
})
