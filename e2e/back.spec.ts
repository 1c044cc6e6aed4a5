import { chromiumLaunchOptions } from '../scripts/chromium.mjs'
import { expect, test } from './support/test'

// A browser that keeps pages for its Back button, as real ones do and tests usually don't.
test.use({
  launchOptions: { ...chromiumLaunchOptions(), ignoreDefaultArgs: ['--disable-back-forward-cache'] },
})

test('a page that the browser kept comes back with a button at rest', async ({ page, shop }) => {
  await page.goto(shop.stack.hostUrl)
  await page.evaluate(() =>
    addEventListener('pageshow', ({ persisted }) => {
      document.documentElement.dataset.kept = String(persisted)
    }),
  )
  await page.getByRole('button', { name: 'Register · $424' }).click()
  await expect(page.getByTestId('hosted-total')).toBeVisible()
  await page.goBack({ waitUntil: 'commit' })
  await expect(page.locator('html')).toHaveAttribute('data-kept', 'true')
  await expect(page.locator('[data-slot=register]')).toHaveAttribute('data-state', 'idle')
  await page.getByRole('button', { name: 'Register · $424' }).click()
  await expect(page.getByTestId('hosted-total')).toBeVisible()
})
