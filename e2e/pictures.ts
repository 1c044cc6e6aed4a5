import { expect, type Page, test } from './support/test'

// Behind `npm run pictures`: the way of a sale, as the README shows it.
test.use({ deviceScaleFactor: 1.5, colorScheme: 'light' })

type Size = { width: number; height: number; scale: 'css' | 'device' }
/** Each a little larger than it is shown, so that it is sharp and still loads at once. */
const wide: Size = { width: 1180, height: 597, scale: 'css' }
const beside: Size = { width: 440, height: 660, scale: 'device' }

const take = async (page: Page, name: string, { scale, ...size }: Size) => {
  await page.setViewportSize(size)
  await page.evaluate(() => scrollTo(0, 0))
  await page.screenshot({ path: `docs/images/${name}.png`, animations: 'disabled', caret: 'hide', scale })
}

test('a sale from the page to the letter', async ({ page, shop }) => {
  // As many seats as a workshop has; the stack for tests has room for all of them.
  await shop.query("update egghead_Product set quantityAvailable = 30 where id = 'prod_claude_code'")
  await shop.signInAs('yearly')
  await expect(async () => {
    await page.goto('/workshop/claude-code')
    await expect(page.getByText('30 seats left')).toBeVisible({ timeout: 1000 })
  }).toPass()
  await take(page, 'workshop', wide)
  await page.getByRole('button', { name: /^Register/ }).click()
  await expect(page.getByTestId('hosted-total')).toBeVisible()
  await take(page, 'flow-payment', beside)
  await shop.pay({ name: 'Grace Hopper', email: 'grace@example.com' })
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
  await take(page, 'flow-confirmation', beside)
  await expect.poll(() => shop.mail('grace@example.com'), { timeout: 20_000 }).toHaveLength(1)
  const response = await fetch(`${shop.stack.inboxUrl}/api/messages`)
  const messages: { html: string; envelope: { to: string[] } }[] = await response.json()
  await page.setContent(
    messages.find(({ envelope }) => envelope.to.includes('grace@example.com'))?.html ?? '',
  )
  await take(page, 'flow-letter', beside)
})
