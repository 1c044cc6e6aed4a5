import { AxeBuilder } from '@axe-core/playwright'
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

/** What a reset such as Tailwind's takes from every element, in a layer below all that has none. */
const RESET = `@layer base {
  *, ::before, ::after { box-sizing: border-box; margin: 0; padding: 0; border: 0 solid }
  h1, h2, h3 { font-size: inherit; font-weight: inherit }
  a { color: inherit; text-decoration: inherit }
  button, input { font: inherit; color: inherit; background: transparent; border-radius: 0 }
  summary { display: list-item }
}
body { margin: 8px }`

/** How each part of ours looks, in the page's order. */
const looks = (page: Page) =>
  page.locator('main').evaluate((main) =>
    [...main.querySelectorAll<HTMLElement>('[data-slot], [data-slot] :is(a, button, input, h1, p, dt, dd)')]
      .filter((part) => part.checkVisibility())
      .map((part) => {
        const { width, height } = part.getBoundingClientRect()
        const style = getComputedStyle(part)
        const { color, backgroundColor, borderTopWidth, fontSize, fontWeight, padding, textDecorationLine } =
          style
        const of = `${part.tagName} ${part.dataset.slot ?? part.textContent}`
        return [
          of,
          width,
          height,
          color,
          backgroundColor,
          borderTopWidth,
          fontSize,
          fontWeight,
          padding,
          textDecorationLine,
        ].join(' ')
      }),
  )

test("a host's reset takes nothing from the looks of a part", async ({ page, shop }) => {
  await page.goto(shop.stack.hostUrl)
  await expect(page.locator('[data-slot=offer-total]')).toHaveText('$424')
  const sessionId = await buy(page, shop.pay)
  for (const path of ['', `/confirmation?session_id=${sessionId}`]) {
    await page.goto(`${shop.stack.hostUrl}${path}`)
    // Links to calendars come a little later.
    if (path) await expect(page.getByRole('link', { name: 'Outlook' })).toBeVisible()
    else await page.getByText('Have a code?').click()
    const before = await looks(page)
    expect(before.length).toBeGreaterThan(10)
    await page.evaluate((reset) => {
      const style = document.createElement('style')
      style.textContent = reset
      document.head.prepend(style)
    }, RESET)
    expect(await looks(page)).toEqual(before)
  }
})

/** The host's own style sheets say nothing of a scheme: a page is what its visitor's system makes of it. */
for (const scheme of ['light', 'dark'] as const)
  test(`on a ${scheme} host the button has its colours, and every word can be read`, async ({
    page,
    shop,
  }) => {
    await page.goto(shop.stack.hostUrl)
    await page.evaluate((colorScheme) => {
      Object.assign(document.documentElement.style, { colorScheme })
      document.body.style.background = 'Canvas'
    }, scheme)
    const button = page.getByRole('button', { name: /^Register/ })
    // #0b5563 and its counterpart for the dark, as a screen shows them.
    const drawn = await button.evaluate((part) => {
      const canvas = new OffscreenCanvas(1, 1).getContext('2d')
      if (!canvas) throw new Error('there is nothing to draw on')
      canvas.fillStyle = getComputedStyle(part).backgroundColor
      canvas.fillRect(0, 0, 1, 1)
      return [...canvas.getImageData(0, 0, 1, 1).data]
    })
    const [red = 0, green = 0, blue = 0, alpha] = drawn
    expect(alpha).toBe(255)
    if (scheme === 'light') expect([red, green, blue].join()).toBe('11,85,99')
    else expect(green).toBeGreaterThan(180)
    const { violations } = await new AxeBuilder({ page }).withRules(['color-contrast']).analyze()
    expect(
      violations.flatMap(({ nodes }) => nodes.map(({ html, failureSummary }) => [html, failureSummary])),
    ).toEqual([])
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
