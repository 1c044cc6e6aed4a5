import AxeBuilder from '@axe-core/playwright'
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
  for (const colorScheme of ['light', 'dark'] as const)
    test(`${name} has no accessibility violation (${colorScheme})`, async ({ page }) => {
      await page.emulateMedia({ colorScheme })
      await page.goto(path)
      await page.waitForLoadState('networkidle')
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    })

for (const width of [320, 390, 768, 1280])
  test(`nothing is cut off or pushed aside at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 })
    for (const path of Object.values(pages)) {
      await page.goto(path)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(overflow, path).toBeLessThanOrEqual(0)
    }
  })

test('nothing moves while the workshop page loads', async ({ page }) => {
  await page.addInitScript(() => {
    const shifts: number[] = []
    Object.assign(window, { shifts })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        shifts.push((entry as PerformanceEntry & { value: number }).value)
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await page.goto('/workshop/claude-code')
  await page.waitForLoadState('networkidle')
  const shifts = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts)
  expect(shifts.reduce((sum, shift) => sum + shift, 0)).toBeLessThan(0.005)
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
