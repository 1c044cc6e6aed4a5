import { expect, type Page, test } from './support/test'

// Behind `npm run pictures`: the way of a sale, as the README shows it.
test.use({ deviceScaleFactor: 1.5, colorScheme: 'light' })

const take = async (page: Page, name: string, width: number, height: number) => {
  await page.setViewportSize({ width, height })
  await page.screenshot({ path: `docs/images/${name}.png`, animations: 'disabled', caret: 'hide' })
}

test('a sale from the page to the letter', async ({ page, shop }) => {
  // As many seats as a workshop has; the stack for tests has room for all of them.
  await shop.query("update egghead_Product set quantityAvailable = 30 where id = 'prod_claude_code'")
  await shop.signInAs('yearly')
  await expect(async () => {
    await page.goto('/workshop/claude-code')
    await expect(page.getByText('30 seats left')).toBeVisible({ timeout: 1000 })
  }).toPass()
  await take(page, 'workshop', 1180, 640)
  await page.getByRole('button', { name: /^Register/ }).click()
  await expect(page.getByTestId('hosted-total')).toBeVisible()
  await take(page, 'flow-payment', 600, 820)
  await shop.pay({ name: 'Grace Hopper' })
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
  await take(page, 'flow-confirmation', 600, 820)
  await expect.poll(() => shop.mail(shop.email), { timeout: 20_000 }).toHaveLength(1)
  const response = await fetch(`${shop.stack.inboxUrl}/api/messages`)
  const messages: { html: string; envelope: { to: string[] } }[] = await response.json()
  await page.setContent(messages.find(({ envelope }) => envelope.to.includes(shop.email))?.html ?? '')
  await take(page, 'flow-letter', 600, 820)
})
