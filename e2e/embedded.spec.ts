import type { Page } from '@playwright/test'
import { expect, test } from './support/test'

/** Stripe.js as far as an embedded page needs it: it frames the page that the sandbox serves for that. */
const stripeJs = (sandboxUrl: string) => `
window.Stripe = Object.assign(() => ({
  _registerWrapper() {},
  createEmbeddedCheckoutPage: async ({ clientSecret }) => {
    const frame = document.createElement('iframe')
    frame.title = 'Stripe'
    frame.style.cssText = 'width:100%;height:640px;border:0'
    frame.src = '${sandboxUrl}/v3-embedded/' + clientSecret.split('_secret_')[0]
    return { mount: (place) => place.append(frame), destroy: () => frame.remove() }
  },
}), { version: 'endive' })`

const serveStripeJs = (page: Page, sandboxUrl: string) =>
  page.route('https://js.stripe.com/**', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: stripeJs(sandboxUrl) }),
  )

test('paid in place: the dialog holds the payment page, and leads to the confirmation', async ({
  page,
  shop,
}) => {
  await serveStripeJs(page, shop.stack.sandboxUrl)
  await page.goto(`${shop.stack.hostUrl}/embedded`)
  await page.getByRole('button', { name: /^Register/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Claude Code from First Prompt to Production' })
  const frame = dialog.frameLocator('iframe')
  await expect(frame.getByTestId('hosted-total')).toHaveText('$424.00')
  await shop.pay({ within: frame })
  await expect(page).toHaveURL(/\/workshop\/claude-code\/confirmation\?session_id=cs_/)
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
  expect(await shop.purchases(shop.email)).toHaveLength(1)
})

test('closing the dialog keeps the checkout: the next press goes on with it', async ({ page, shop }) => {
  await serveStripeJs(page, shop.stack.sandboxUrl)
  await page.goto(`${shop.stack.hostUrl}/embedded`)
  const register = page.getByRole('button', { name: /^Register/ })
  const framed = async () => {
    await register.click()
    const frame = page.getByRole('dialog').locator('iframe')
    await expect(frame).toBeVisible()
    return frame.getAttribute('src')
  }
  const first = await framed()
  await page.keyboard.press('Escape')
  await expect(page.locator('iframe')).toHaveCount(0)
  await expect(register).toBeFocused()
  expect(await framed()).toBe(first)
})

test("with Stripe.js blocked, the sale goes on at Stripe's own page", async ({ page, shop }) => {
  await page.route('https://js.stripe.com/**', (route) => route.abort())
  await page.goto(`${shop.stack.hostUrl}/embedded`)
  await page.getByRole('button', { name: /^Register/ }).click()
  await shop.pay()
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
})

test('Stripe.js that was blocked for a moment is asked for again, and pays in place', async ({
  page,
  shop,
}) => {
  let blocked = 0
  await page.route('https://js.stripe.com/**', (route) => {
    blocked++
    return route.abort()
  })
  await page.goto(`${shop.stack.hostUrl}/embedded`, { waitUntil: 'networkidle' })
  const register = page.getByRole('button', { name: /^Register/ })
  await register.hover()
  await expect.poll(() => blocked).toBeGreaterThan(0)
  await serveStripeJs(page, shop.stack.sandboxUrl)
  await expect(async () => {
    await register.click({ timeout: 1000 })
    await expect(page.getByRole('dialog').locator('iframe')).toBeVisible()
  }).toPass()
})

test('nothing is fetched from Stripe before the visitor shows interest', async ({ page, shop }) => {
  const fetched: string[] = []
  page.on('request', (request) => fetched.push(request.url()))
  await serveStripeJs(page, shop.stack.sandboxUrl)
  await page.goto(`${shop.stack.hostUrl}/embedded`)
  await page.waitForLoadState('networkidle')
  expect(fetched.filter((url) => url.includes('stripe.com'))).toEqual([])
  await page.getByRole('button', { name: /^Register/ }).hover()
  await expect.poll(() => fetched.filter((url) => url.includes('js.stripe.com')).length).toBe(1)
})
