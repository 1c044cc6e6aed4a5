import type { Locator, Page } from '@playwright/test'
import { expect, type Shop, test } from './support/test'

// What the pages say where nothing can be bought, where something went wrong, and where no script runs.

const notOpen = '/workshop/accessible-interfaces'
const workshop = '/workshop/claude-code'
const foot = (page: Page) => page.locator('[data-slot=foot-bar]')

/** Shows the page as if its offer were another: what the browser asks for is answered so. */
const sellAs = (page: Page, sale: 'sold-out' | 'closed') =>
  page.route('**/offer*', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, json: { ...(await response.json()), sale } })
  })

/** Has the page ask for its offer, as it does when a visitor comes back to it later, until that shows. */
const askUntil = (page: Page, shown: Locator) =>
  expect(async () => {
    await page.clock.fastForward('02:00')
    await page.evaluate(() => dispatchEvent(new Event('visibilitychange')))
    await expect(shown).toBeVisible({ timeout: 3000 })
  }).toPass()

test.describe('on a phone', () => {
  test.use({ viewport: { width: 375, height: 760 } })

  test('nothing of the text lies under the panel where the sale is not open', async ({ page }) => {
    await page.goto(notOpen, { waitUntil: 'networkidle' })
    const last = await page.getByRole('article').getByText('We meet on Zoom.').boundingBox()
    const panel = await page.getByRole('complementary', { name: 'Register' }).boundingBox()
    expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThanOrEqual(panel?.y ?? 0)
  })

  test('the foot tells when the sale opens, and leads down', async ({ page }) => {
    await page.goto(notOpen)
    const link = foot(page).getByRole('link', { name: 'Opens on 15 January' })
    await expect(link).toBeInViewport()
    await link.click()
    await expect(page.getByRole('complementary', { name: 'Register' })).toBeFocused()
    await expect(page.getByRole('link', { name: 'See the other workshops' })).toBeInViewport()
  })

  test('the bar at the foot is named otherwise than the button that it leads to', async ({ page }) => {
    await page.goto(workshop)
    await foot(page).getByRole('link', { name: 'Go to registration · $424' }).click()
    await expect(page.getByRole('complementary', { name: 'Register' })).toBeFocused()
    await expect(page.getByRole('button', { name: 'Register · $424' })).toBeInViewport()
  })

  for (const [sale, words] of [
    ['sold-out', 'All seats are taken'],
    ['closed', 'Registration is closed'],
  ] as const)
    test(`a sale that turns ${sale} is told at the foot and first in the panel, and no price is praised`, async ({
      page,
    }) => {
      await page.clock.install()
      await page.goto(workshop, { waitUntil: 'networkidle' })
      await sellAs(page, sale)
      const link = foot(page).getByRole('link', { name: words, exact: true })
      await askUntil(page, link)
      await expect(link).toBeInViewport()
      const panel = page.getByRole('complementary', { name: 'Register' })
      await expect(panel).toHaveText(/^(All 30 seats are taken|Registration (is )?closed)/)
      await expect(panel).not.toContainText('You save', { useInnerText: true })
      await panel.getByRole('link', { name: 'See the other workshops' }).click()
      await expect(page.getByRole('heading', { name: 'Workshops', level: 1 })).toBeVisible()
    })
})

test('a page that is sold out looks again every minute, and sells once a seat is back', async ({ page }) => {
  await page.clock.install()
  await page.goto(workshop, { waitUntil: 'networkidle' })
  await sellAs(page, 'sold-out')
  const register = page.getByRole('button', { name: /^Register/ })
  await askUntil(page, page.getByText('All 30 seats are taken.'))
  await expect(register).toBeHidden()
  // From here on time passes when it is told to; the jump is one more look.
  await Promise.all([page.waitForResponse('**/offer*'), page.clock.pauseAt(Date.now() + 3_600_000)])
  await page.unroute('**/offer*')
  await page.clock.runFor(61_000)
  await page.clock.resume()
  await expect(register).toBeVisible()
})

test('where the sale is not open, that is said before the price, and there is a way on', async ({ page }) => {
  await page.goto(notOpen)
  const panel = page.getByRole('complementary', { name: 'Register' })
  await expect(panel).toHaveText(/^Registration opens on .*See the other workshops.*¥32,000/s)
})

for (const width of [375, 768, 900])
  test(`the bar at the foot goes from edge to edge at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 })
    await page.goto(workshop)
    const box = await foot(page).boundingBox()
    expect(box).toMatchObject({ x: 0, width })
  })

test('in a short window the button can be reached where the panel sticks', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 320 })
  await page.goto(workshop)
  await page.mouse.wheel(0, 400)
  const panel = page.getByRole('complementary', { name: 'Register' })
  const end = () => panel.evaluate((element) => element.getBoundingClientRect().bottom - innerHeight)
  await expect.poll(end).toBeLessThanOrEqual(0)
  await panel.hover()
  await page.mouse.wheel(0, 1000)
  await expect(page.getByRole('button', { name: 'Register · $424' })).toBeInViewport({ ratio: 1 })
})

test('a long word in a title widens neither the list nor the pages at 320 px', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 800 })
  const long = 'Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung'
  for (const path of ['/', workshop, `${workshop}/confirmation`]) {
    await page.goto(path, { waitUntil: 'networkidle' })
    const overflow = await page.evaluate((title) => {
      for (const place of document.querySelectorAll('h1, h2 a, [data-slot=status-workshop]'))
        place.textContent = title
      return document.documentElement.scrollWidth - innerWidth
    }, long)
    expect(overflow, path).toBeLessThanOrEqual(0)
  }
})

test('each title of the list is a target of 44 px', async ({ page }) => {
  await page.goto('/')
  for (const link of await page.getByRole('listitem').getByRole('link').all())
    expect((await link.boundingBox())?.height).toBeGreaterThanOrEqual(44)
})

const happened = (page: Page) => page.locator('[data-slot^=checkout-]')
/** The sign before the words, or `none`. */
const sign = (page: Page) =>
  happened(page).evaluate((element) => {
    const words = element.querySelector('[data-sign]') ?? element
    const { content, inlineSize, maskImage } = getComputedStyle(words, '::before')
    return content === 'none' || Number.parseFloat(inlineSize) < 8 ? 'none' : maskImage
  })

test('an error has its sign, and what is none has none', async ({ page }) => {
  await page.goto(`${workshop}?checkout_error=invalid_request`)
  expect(await sign(page)).toContain('data:image/svg+xml')
  await page.goto(`${workshop}?checkout=cancelled`)
  expect(await sign(page)).toBe('none')
})

for (const code of ['invalid_request', 'sold_out', 'sale_closed', 'sale_not_open', 'misconfigured'])
  test(`after "${code}" the page says that nothing was charged, and what to do`, async ({ page }) => {
    await page.goto(`${workshop}?checkout_error=${code}`)
    await expect(happened(page)).toHaveText(/nothing was charged.*(try again|see the other|come back)/i)
  })

test('where the frame of the page breaks, a page of the same look stands in for it', async ({ page }) => {
  await page.addInitScript(() => {
    IntersectionObserver.prototype.observe = () => {
      throw new Error('This browser is broken')
    }
  })
  await page.goto(workshop)
  await expect(page.getByRole('heading', { name: 'This page could not be shown' })).toBeVisible()
  await expect(page.getByRole('heading')).toHaveCSS('font-family', /sourceSerif|Georgia/i)
  await page.getByRole('link', { name: 'All workshops' }).click()
  await expect(page).toHaveURL(/\/$/)
})

const confirming = async (page: Page, shop: Shop) =>
  page.goto(`${workshop}/confirmation?session_id=${await shop.startCheckout()}`)

test('on paper, a confirmation has nothing to press', async ({ page, shop }) => {
  const id = await shop.startCheckout()
  await shop.sandbox(`/sessions/${id}/pay`, { email: shop.email })
  await page.goto(`${workshop}/confirmation?session_id=${id}`)
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible({ timeout: 20_000 })
  await expect(page.getByText('Add to calendar')).toBeVisible()
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByText('Add to calendar')).toBeHidden()
  await expect(page.getByRole('banner')).toBeHidden()
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('a confirmation that waits says one thing, and its button is a button of ours', async ({
    page,
    shop,
  }) => {
    await confirming(page, shop)
    // Texts within `noscript` are found by their place alone.
    await expect(page.locator('form p')).toHaveText(/^Without JavaScript this page does not look again/)
    await expect(page.getByText('You can stay on this page.')).toBeHidden()
    const button = page.getByRole('button', { name: 'Look again' })
    expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44)
    await expect(button).toHaveCSS('border-radius', '4px')
    await button.click()
    await expect(page).toHaveURL(/session_id=cs_/)
  })
})
