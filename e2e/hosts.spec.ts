import type { Page } from '@playwright/test'
import { expect, test } from './support/test'

/** Hosts of another make: the Pages Router, another origin, with a QueryClient of their own and without one. */

test.use({ locale: 'en-GB' })

async function buy(page: Page, pay: () => Promise<void>) {
  await expect(page.locator('[data-slot=offer-total]')).toHaveText('$424')
  await page.getByRole('button', { name: 'Register · $424' }).click()
  await pay()
  await expect(page).toHaveURL(/confirmation\?session_id=/)
  return new URL(page.url()).searchParams.get('session_id')
}

test('a Pages Router host without a QueryClient sells a seat and confirms it', async ({ page, shop }) => {
  await page.goto(shop.stack.hostUrl)
  const sessionId = await buy(page, shop.pay)
  await page.goto(`${shop.stack.hostUrl}/confirmation?session_id=${sessionId}`)
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
  await expect(page.locator('[data-slot=status]')).toContainText('$424')
  expect(await shop.purchases(shop.email)).toHaveLength(1)
})

test("a host's own QueryClient holds our query, and the sale goes through", async ({ page, shop }) => {
  await page.goto(`${shop.stack.hostUrl}/own-client`)
  await expect(page.getByRole('status', { name: "In the host's cache" })).toHaveText('["workshop-offer"]')
  await buy(page, shop.pay)
  await expect.poll(() => shop.purchases(shop.email)).toHaveLength(1)
})

test('a code typed on another host changes what is charged', async ({ page, shop }) => {
  await page.goto(shop.stack.hostUrl)
  await page.getByText('Have a code?').click()
  await page.getByLabel('Code').fill('FRIENDS')
  await page.getByRole('button', { name: 'Apply' }).click()
  await page.getByRole('button', { name: 'Register · $399.20' }).click()
  await expect(page.getByTestId('hosted-total')).toHaveText('$399.20')
})

test('a plain host without JavaScript still leads to Stripe', async ({ browser, shop }) => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(shop.stack.hostUrl)
  await page.getByRole('button', { name: 'Register · $499' }).click()
  await expect(page.getByTestId('hosted-total')).toBeVisible()
  await context.close()
})

for (const [name, direction, width, scale] of [
  ['from right to left', 'rtl', 390, 1],
  ['at 320 px', 'ltr', 320, 1],
  ['from right to left at 320 px', 'rtl', 320, 1],
  ['zoomed to 200 %', 'ltr', 640, 2],
] as const)
  test(`nothing is cut off on another host ${name}`, async ({ browser, shop }) => {
    const context = await browser.newContext({
      viewport: { width: width / scale, height: 800 / scale },
      deviceScaleFactor: scale,
      reducedMotion: 'reduce',
    })
    const page = await context.newPage()
    await page.goto(shop.stack.hostUrl)
    await page.evaluate((dir) => {
      document.documentElement.dir = dir
    }, direction)
    await expect(page.locator('[data-slot=offer-total]')).toHaveText('$424')
    await page.getByText('Have a code?').click()
    expect(await cutOff(page)).toEqual([])
    await context.close()
  })

/** What sticks out of the window, or holds more than it shows. */
const cutOff = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main *')]
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect()
        const style = getComputedStyle(element)
        if (width <= 1 || style.clipPath !== 'none') return false
        const hidden = style.overflowX === 'hidden' && element.scrollWidth > element.clientWidth
        return left < -0.5 || right > document.documentElement.clientWidth + 0.5 || hidden
      })
      .map(({ outerHTML }) => outerHTML.slice(0, 120)),
  )
