import { expect, test } from './support/test'

/**
 * The plan's own list of cases, as far as no other file has them. Yearly member, nobody signed in, early bird, payment
 * failure and duplicate purchase: sale.spec.ts. Codes and country prices: price.spec.ts. Webhooks lost or late: faults.spec.ts.
 */

test('a viewer without a membership pays the standard price under their own address', async ({
  page,
  shop,
}) => {
  await shop.signInAs('member')
  await page.goto('/workshop/typescript-at-scale')
  await expect(page.getByText('Registering as ada@example.com')).toBeVisible()
  await page.getByRole('button', { name: 'Register · €390' }).click()
  await expect(page.locator('[name=email]')).toHaveValue('ada@example.com')
  await expect(page.getByTestId('hosted-discount')).toHaveCount(0)
  await shop.pay({ email: null })
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
  const bought = await shop.purchases('ada@example.com')
  const ofThis = bought.filter(({ productId }) => productId === 'prod_typescript_at_scale')
  expect(ofThis.map(({ status, totalAmount }) => [status, Number(totalAmount)])).toEqual([['Valid', 390]])
})

test.describe('from a country with a price of its own', () => {
  test.use({ extraHTTPHeaders: { 'x-test-country': 'IN' } })

  test('the sale at that price is recorded as restricted', async ({ page, shop }) => {
    await page.goto('/workshop/claude-code')
    await page.getByRole('button', { name: 'Use the price for India' }).click()
    await page.getByRole('button', { name: 'Register · $199.60' }).click()
    await shop.pay()
    await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
    const bought = await shop.purchases(shop.email)
    expect(bought.map(({ status, totalAmount }) => [status, Number(totalAmount)])).toEqual([
      ['Restricted', 199.6],
    ])
  })
})

test('a country price is refused to whoever asks for it from elsewhere', async ({ page }) => {
  await page.goto('/workshop/claude-code?coupon=PPP_IN')
  await expect(page.locator('[data-slot=offer-code-status]')).not.toBeEmpty()
  await page.getByRole('button', { name: 'Register · $424' }).click()
  await expect(page.getByTestId('hosted-total')).toHaveText('$424.00')
})

test('a bank transfer that fails says so, and nothing was bought', async ({ page, shop }) => {
  await page.goto('/workshop/claude-code')
  await page.getByRole('button', { name: /^Register/ }).click()
  await shop.pay({ method: 'bank' })
  await expect(page.getByRole('heading', { name: 'Your bank is still working on the payment' })).toBeVisible()
  const sessionId = new URL(page.url()).searchParams.get('session_id')
  await shop.sandbox(`/sessions/${sessionId}/settle`, { ok: false })
  await expect(page.getByRole('heading', { name: "The payment didn't go through" })).toBeVisible({
    timeout: 30_000,
  })
  expect(await shop.purchases(shop.email)).toEqual([])
  await page.getByRole('link', { name: 'Try again' }).click()
  await expect(page.getByRole('button', { name: 'Register · $424' })).toBeVisible()
})

test('pressing twice leaves one session behind', async ({ page, context, shop }) => {
  await page.goto('/workshop/typescript-at-scale')
  await page.getByRole('button', { name: /^Register/ }).dblclick()
  await expect(page.getByTestId('hosted-total')).toBeVisible()
  const visitor = (await context.cookies(shop.stack.url)).find(({ name }) => name === 'workshop_visitor')
  const rows = await shop.query('select id from checkout_Session where visitorId = ?', [visitor?.value])
  expect(rows).toHaveLength(1)
})
