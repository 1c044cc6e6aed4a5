import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './support/test'

const pages = {
  'the list': '/',
  'the workshop': '/workshop/claude-code',
  'the workshop with a code that fails': '/workshop/claude-code?coupon=SPRING',
  'a workshop that is not open': '/workshop/accessible-interfaces',
  'a confirmation without a registration': '/workshop/claude-code/confirmation',
  'a confirmation of nothing we know': '/workshop/claude-code/confirmation?session_id=cs_test_unknown',
  'an unknown address': '/workshop/nothing',
}

for (const [name, path] of Object.entries(pages))
  test(`${name} is accessible in light and dark, and nothing of it is cut off at any width`, async ({
    page,
  }) => {
    await page.goto(path)
    await page.waitForLoadState('networkidle')
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    }
    // 640 is what a window of 1280 has left when it is zoomed to 200 %.
    for (const width of [1280, 768, 640, 390, 320])
      for (const direction of ['ltr', 'rtl']) {
        await page.setViewportSize({ width, height: 800 })
        const overflow = await page.evaluate((dir) => {
          document.documentElement.dir = dir
          return document.documentElement.scrollWidth - window.innerWidth
        }, direction)
        expect(overflow, `${width} px, ${direction}`).toBeLessThanOrEqual(0)
      }
  })

test('with reduced motion, nothing moves by itself', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.route('**/api/workshop/checkout', () => {})
  await page.goto('/workshop/claude-code')
  await page.getByRole('button', { name: /^Register/ }).click()
  await expect(page.getByRole('button', { name: 'Taking you to checkout…' })).toBeVisible()
  const moving = await page.evaluate(() => document.getAnimations().length)
  expect(moving).toBe(0)
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`a page that breaks in the browser says so, and is accessible (${colorScheme})`, async ({ page }) => {
    await page.emulateMedia({ colorScheme })
    await page.addInitScript(() => {
      Intl.DateTimeFormat.prototype.resolvedOptions = () => {
        throw new Error('This browser is broken')
      }
    })
    await page.goto('/workshop/claude-code')
    await expect(page.getByRole('heading', { name: 'This page could not be shown' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  })

/** How far things have moved by themselves since the page began to load, where the text face comes long after the text. */
async function watchShifts(page: Page) {
  await page.route('**/*.woff2', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    await route.continue()
  })
  await page.addInitScript(() => {
    const shifts: number[] = []
    Object.assign(window, { shifts })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        shifts.push((entry as PerformanceEntry & { value: number }).value)
    }).observe({ type: 'layout-shift', buffered: true })
  })
  return async () => {
    // What has come is drawn, and what that moved is known.
    await page.evaluate(async () => {
      await document.fonts.ready
      for (const _ of [1, 2]) await new Promise(requestAnimationFrame)
    })
    const shifts = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts)
    return shifts.reduce((sum, shift) => sum + shift, 0)
  }
}

for (const [width, path] of [
  [1280, '/'],
  [1280, '/workshop/claude-code'],
  [390, '/'],
  [390, '/workshop/claude-code'],
] as const)
  test(`nothing moves while ${path} loads at ${width} px, however late its face comes`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 })
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    const shifted = await watchShifts(page)
    await page.goto(path)
    await page.waitForLoadState('networkidle')
    expect(asked.filter((address) => address.endsWith('.woff2'))).not.toEqual([])
    // The offer is in the page, so that there is none to wait for.
    expect(asked.filter((address) => address.endsWith('/offer'))).toEqual([])
    expect(await shifted()).toBe(0)
  })

for (const width of [1280, 390])
  test(`nothing moves while a host without a server's offer waits for it at ${width} px`, async ({
    page,
    shop,
  }) => {
    await page.setViewportSize({ width, height: 800 })
    await page.route('**/offer*', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1500))
      await route.continue()
    })
    const shifted = await watchShifts(page)
    await page.goto(shop.stack.hostUrl)
    await expect(page.locator('[data-slot=offer-total]')).toHaveText('$424')
    expect(await shifted()).toBe(0)
  })

for (const width of [1280, 390])
  test(`nothing moves from "confirming" to "you're in" at ${width} px`, async ({ page, shop }) => {
    await page.setViewportSize({ width, height: 800 })
    const id = await shop.startCheckout()
    const shifted = await watchShifts(page)
    await page.goto(`/workshop/claude-code/confirmation?session_id=${id}`)
    await expect(page.getByRole('heading', { name: 'Confirming your payment…' })).toBeVisible()
    await shop.sandbox(`/sessions/${id}/pay`, { email: shop.email })
    await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible({ timeout: 20_000 })
    expect(await shifted()).toBe(0)
  })

test('the list tells prices and which sales are open, and each leads to its page', async ({ page }) => {
  await page.goto('/')
  const row = (title: string) => page.getByRole('listitem').filter({ hasText: title })
  await expect(row('Claude Code').locator('[data-slot=list-sale]')).toContainText('$424')
  await expect(row('TypeScript at Scale').locator('[data-slot=list-sale]')).toContainText('€390')
  await expect(row('Accessible Interfaces').locator('[data-slot=list-sale]')).toContainText(
    /Registration opens on \w+ \d+ \w+/,
  )
  await page.getByRole('link', { name: /TypeScript at Scale/ }).click()
  await expect(page.getByRole('button', { name: 'Register · €390' })).toBeVisible()
})

test('an unknown confirmation says so and leads on', async ({ page }) => {
  await page.goto('/workshop/claude-code/confirmation?session_id=cs_test_unknown')
  await expect(page.getByRole('heading', { name: "We can't find this registration" })).toBeVisible()
  await page.getByRole('link', { name: 'Back to the workshop' }).click()
  await expect(page).toHaveURL(/\/workshop\/claude-code$/)
})

test('the confirmation page tells no other site its address', async ({ page }) => {
  const response = await page.goto('/workshop/claude-code/confirmation?session_id=cs_test_unknown')
  expect(response?.headers()['referrer-policy']).toBe('no-referrer')
  expect(response?.headers()['cache-control']).toContain('no-store')
})

test('the demo sign-in changes who one is', async ({ page }) => {
  await page.goto('/workshop/claude-code')
  await page.getByRole('button', { name: 'Grace, a yearly member' }).click()
  await expect(page.getByRole('button', { name: 'Register · $349' })).toBeVisible()
  await page.getByRole('button', { name: 'Nobody' }).click()
  await expect(page.getByRole('button', { name: 'Register · $424' })).toBeVisible()
})
