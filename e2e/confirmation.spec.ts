import AxeBuilder from '@axe-core/playwright'
import { expect, type Shop, test } from './support/test'

const confirmation = (sessionId: string) => `/workshop/claude-code/confirmation?session_id=${sessionId}`

const pay = (shop: Shop, id: string, more: object = {}) =>
  shop.sandbox(`/sessions/${id}/pay`, { email: shop.email, ...more })

/** How a checkout comes into each state, and what its page then says. */
const states: Record<string, { heading: string; reach: (shop: Shop, id: string) => Promise<unknown> }> = {
  'not paid yet': { heading: 'Confirming your payment…', reach: async () => undefined },
  confirmed: { heading: "You're in.", reach: (shop, id) => pay(shop, id) },
  'paid by bank': {
    heading: 'Your bank is still working on the payment',
    reach: (shop, id) => pay(shop, id, { delayed: true }),
  },
  failed: {
    heading: "The payment didn't go through",
    reach: async (shop, id) => {
      await pay(shop, id, { delayed: true })
      await shop.sandbox(`/sessions/${id}/settle`, { ok: false })
    },
  },
  expired: {
    heading: 'This checkout has ended',
    reach: (shop, id) => shop.sandbox(`/sessions/${id}/expire`),
  },
  refunded: {
    heading: 'This registration was refunded',
    reach: async (shop, id) => {
      await pay(shop, id)
      await shop.sandbox('/refunds', { session: id })
    },
  },
}

for (const [name, { heading, reach }] of Object.entries(states))
  test(`${name}: nothing stands in anybody's way, in light, dark, and at 320 px`, async ({ page, shop }) => {
    const id = await shop.startCheckout()
    await reach(shop, id)
    await expect(async () => {
      await page.goto(confirmation(id))
      await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible({ timeout: 2000 })
    }).toPass()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    }
    await page.setViewportSize({ width: 320, height: 640 })
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
  })

test('no other site learns of the session, neither while loading nor by a link', async ({
  page,
  context,
  shop,
}) => {
  const id = await shop.startCheckout()
  await pay(shop, id)
  const outside: { url: string; referer: string | undefined }[] = []
  context.on('request', (request) => {
    if (!request.url().startsWith(shop.stack.url))
      outside.push({ url: request.url(), referer: request.headers().referer })
  })
  await context.route(/^https:/, (route) => route.fulfill({ contentType: 'text/html', body: 'elsewhere' }))
  await page.goto(confirmation(id))
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
  await page.waitForLoadState('networkidle')
  expect(outside).toEqual([])
  for (const name of ['Google Calendar', 'Outlook']) {
    const opened = page.waitForEvent('popup')
    await page.getByRole('link', { name }).click()
    const popup = await opened
    await popup.waitForLoadState()
    expect(await popup.evaluate(() => [document.referrer, window.opener])).toEqual(['', null])
  }
  expect(outside.map(({ url }) => new URL(url).hostname)).toEqual(['calendar.google.com', 'outlook.live.com'])
  for (const { url, referer } of outside) {
    expect(decodeURIComponent(url)).not.toContain(id)
    expect(referer).toBeUndefined()
  }
})

test('offline, it says so, and goes on by itself once connected', async ({ page, context, shop }) => {
  const id = await shop.startCheckout()
  await page.goto(confirmation(id))
  await expect(page.getByRole('heading', { name: 'Confirming your payment…' })).toBeVisible()
  await context.setOffline(true)
  await expect(page.getByRole('heading', { name: "You're offline" })).toBeVisible()
  await pay(shop, id)
  await context.setOffline(false)
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible({ timeout: 20_000 })
})

test('offline for so long that it would have given up, it looks at once when it is connected', async ({
  page,
  context,
  shop,
}) => {
  const id = await shop.startCheckout()
  await page.clock.install()
  await page.goto(confirmation(id))
  await expect(page.getByRole('heading', { name: 'Confirming your payment…' })).toBeVisible()
  await context.setOffline(true)
  await expect(page.getByRole('heading', { name: "You're offline" })).toBeVisible()
  for (let minute = 0; minute < 5; minute++) await page.clock.runFor('01:00')
  await pay(shop, id)
  await context.setOffline(false)
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible({ timeout: 5_000 })
})

test('a tab that was asleep while the bank worked catches up when it wakes', async ({ page, shop }) => {
  const id = await shop.startCheckout()
  await pay(shop, id, { delayed: true })
  await page.clock.install()
  await page.goto(confirmation(id))
  await expect(page.getByRole('heading', { name: 'Your bank is still working on the payment' })).toBeVisible()
  await page.clock.pauseAt(Date.now() + 60_000)
  await shop.sandbox(`/sessions/${id}/settle`, { ok: true })
  await page.clock.fastForward('08:00:00')
  await page.clock.resume()
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
})

test('who bought several seats is told where it says how to hand them out', async ({ page, shop }) => {
  const id = await shop.startCheckout(3)
  await page.goto(confirmation(id))
  await expect(page.getByRole('heading', { name: 'Confirming your payment…' })).toBeVisible()
  await pay(shop, id)
  await expect(page.getByText(/^All 3\sseats are yours\. The e‑mail/)).toBeVisible({ timeout: 20_000 })
})

test('where the system draws the colours, buttons keep an edge', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' })
  await page.goto('/workshop/claude-code')
  await expect(page.getByRole('button', { name: /^Register/ })).toHaveCSS('border-top-width', '1px')
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('a registration that there is not is not waited for', async ({ page }) => {
    await page.goto(confirmation('cs_test_unknown'))
    await expect(page.getByRole('heading', { name: "We can't find this registration" })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Check again' })).toBeHidden()
    await expect(page.getByRole('button', { name: 'Look again' })).toBeVisible()
  })
})
