import { expect, type Page, test } from './support/test'

// Behind `npm run pictures`: the way of a sale, as the README shows it.
test.use({ viewport: { width: 600, height: 820 }, deviceScaleFactor: 1.5, colorScheme: 'light' })

const take = (page: Page, name: string) =>
  page.screenshot({ path: `docs/images/${name}.png`, animations: 'disabled', caret: 'hide' })

test('a sale from the page to the letter', async ({ page, shop }) => {
  await page.goto('/workshop/claude-code')
  const button = page.getByRole('button', { name: /^Register/ })
  await page.setViewportSize({ width: 1200, height: 820 })
  await take(page, 'workshop')
  await page.setViewportSize({ width: 600, height: 820 })
  await button.click()
  await expect(page.getByTestId('hosted-total')).toBeVisible()
  await take(page, 'flow-payment')
  await shop.pay({ name: 'Ada Lovelace' })
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
  await page.waitForLoadState('networkidle')
  await take(page, 'flow-confirmation')
  await expect.poll(() => shop.mail(shop.email), { timeout: 20_000 }).toHaveLength(1)
  const response = await fetch(`${shop.stack.inboxUrl}/api/messages`)
  const messages: { html: string; envelope: { to: string[] } }[] = await response.json()
  await page.setContent(messages.find(({ envelope }) => envelope.to.includes(shop.email))?.html ?? '')
  await take(page, 'flow-letter')
})
